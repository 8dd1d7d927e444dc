/* SPDX-License-Identifier: MIT */
/*
 * status: cloud-init's contract for those who wait for a machine: words and exit status (0 done or
 * under way, 1 error, 2 done with recoverable errors), and --wait.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "status.h"
#include "tree.h"
#include "verb.h"

#define FILE_MAX (1u << 20)
#define PAUSE_MS 250

struct answer {
	bool begun, over;
	size_t errors, warnings;
	char source[300];
};

static size_t count(const struct tree_node *node)
{
	size_t n = 0;

	if (node && node->kind == TREE_LIST)
		return node->n;
	for (size_t i = 0; node && node->kind == TREE_MAP && i < node->n; i++)
		n += count(node->items[i]);
	return n;
}

static struct tree *read_json(const char *name)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	_autofree_ char *path = path_join(STATUS_DIR, name);

	if (file_read(path, &sb, NULL) < 0)
		return NULL;
	return tree_parse(strbuf_str(&sb), sb.len, &problems);
}

static struct answer look(void)
{
	struct tree *status = read_json("status.json"), *result = read_json("result.json");
	struct answer a = {.begun = status != NULL, .over = result != NULL};
	const struct tree_node *v1 = status ? tree_get(tree_root(status), "v1") : NULL;

	for (size_t i = 0; v1 && v1->kind == TREE_MAP && i < v1->n; i++) {
		a.errors += count(tree_get(v1->items[i], "errors"));
		a.warnings += count(tree_get(v1->items[i], "recoverable_errors"));
	}
	if (tree_get_text(v1, "datasource"))
		snprintf(a.source, sizeof(a.source), "%s", tree_get_text(v1, "datasource"));
	tree_free(status);
	tree_free(result);
	return a;
}

static const char *word(const struct answer *a)
{
	if (!a->begun)
		return "not started";
	if (!a->over)
		return "running";
	return a->errors ? "error" : "done";
}

static const char *extended(const struct answer *a)
{
	if (a->begun && a->errors)
		return a->over ? "error - done" : "error - running";
	if (a->begun && a->warnings)
		return a->over ? "degraded done" : "degraded running";
	return word(a);
}

static int tell(const struct answer *a, bool json, bool full)
{
	if (json)
		printf("{\"status\": \"%s\", \"extended_status\": \"%s\", \"errors\": %zu, "
		       "\"recoverable_errors\": %zu}\n",
		       word(a), extended(a), a->errors, a->warnings);
	else
		printf("status: %s\n", word(a));
	if (full && !json)
		printf("extended_status: %s\ndetail: %s\n", extended(a), a->source);
	if (a->errors)
		return 1;
	return a->over && a->warnings ? 2 : 0;
}

static int run(int argc, char **argv)
{
	bool wait = false, json = false, full = false;
	struct answer a;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--wait") == 0 || strcmp(argv[i], "-w") == 0) {
			wait = true;
		} else if (strcmp(argv[i], "--long") == 0 || strcmp(argv[i], "-l") == 0) {
			full = true;
		} else if (strcmp(argv[i], "--format=json") == 0 ||
			   (strcmp(argv[i], "--format") == 0 && i + 1 < argc &&
			    strcmp(argv[i + 1], "json") == 0)) {
			json = true;
			i += argv[i][8] == '\0';
		} else {
			return EXIT_BAD_USAGE;
		}
	}
	a = look();
	for (; wait && !a.over; a = look())
		poll(NULL, 0, PAUSE_MS);
	return tell(&a, json, full);
}

const struct verb verb_status = {
	.name = "status",
	.usage = "status [--wait] [--long] [--format json]",
	.brief = "how far the configuration is, as cloud-init tells it",
	.run = run,
};
