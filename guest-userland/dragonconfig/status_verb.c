/* SPDX-License-Identifier: MIT */
/*
 * status: cloud-init's contract for those who wait for a machine: words and exit status (0 done or
 * under way, 1 error, 2 done with recoverable errors), and --wait.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "status.h"
#include "tree.h"
#include "verb.h"
#include "wire/jsonw.h"

#define FILE_MAX (1u << 20)
#define PAUSE_MS 250

/* Of cloud-init's words for it those that fit. */
#define BOOT_CODE(a) ((a)->is_disabled ? "disabled-by-kernel-command-line" : "enabled-by-sysvinit")

struct answer {
	struct tree *file;
	const struct tree_node *v1; /* NULL: there is none yet */
	bool is_disabled, is_begun, is_over;
	size_t errors, warnings;
	time_t updated;
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

static void answer_release(struct answer *a)
{
	tree_free(a->file);
	*a = (struct answer){0};
}

static time_t time_of(const struct tree_node *stage, const char *what)
{
	const char *text = tree_get_text(stage, what);

	return text ? (time_t)strtoll(text, NULL, 10) : 0;
}

static struct answer look(void)
{
	_autofree_ char *result = path_join(STATUS_DIR, "result.json");
	struct answer a = {.file = read_json("status.json")};

	a.is_disabled = status_is_disabled();
	a.is_begun = a.file != NULL;
	a.is_over = a.is_disabled || file_exists(result);
	a.v1 = a.file ? tree_get(tree_root(a.file), "v1") : NULL;
	for (size_t i = 0; a.v1 && a.v1->kind == TREE_MAP && i < a.v1->n; i++) {
		const struct tree_node *stage = a.v1->items[i];
		time_t start = time_of(stage, "start"), end = time_of(stage, "finished");

		a.errors += count(tree_get(stage, "errors"));
		a.warnings += count(tree_get(stage, "recoverable_errors"));
		a.updated = end > a.updated ? end : start > a.updated ? start : a.updated;
	}
	return a;
}

static const char *word(const struct answer *a)
{
	if (a->is_disabled)
		return "disabled";
	if (!a->is_begun)
		return "not started";
	if (!a->is_over)
		return "running";
	return a->errors ? "error" : "done";
}

static const char *extended(const struct answer *a)
{
	if (a->is_begun && a->errors)
		return a->is_over ? "error - done" : "error - running";
	if (a->is_begun && a->warnings)
		return a->is_over ? "degraded done" : "degraded running";
	return word(a);
}

/* As mail has it. */
static const char *date(time_t at, char text[100])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;

	*text = '\0';
	if (at && gmtime_r(&at, &tm))
		snprintf(text, 100, "%.3s, %02d %.3s %d %02d:%02d:%02d +0000",
			 days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
			 tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return text;
}

/* What all stages say under that name. */
static void take_texts(const struct answer *a, const char *name, struct strv *to)
{
	for (size_t i = 0; a->v1 && a->v1->kind == TREE_MAP && i < a->v1->n; i++) {
		const struct tree_node *said = tree_get(a->v1->items[i], name);

		tree_texts(said, to);
		tree_texts(tree_get(said, "WARNING"), to);
	}
}

static int to_stdout(void *arg, const char *data, size_t n)
{
	return fwrite(data, 1, n, stdout) == n ? 0 : -EIO;
}

static void write_texts(struct jsonw *w, const char *key, const struct strv *texts)
{
	jsonw_begin_array(w, key);
	for (size_t i = 0; i < texts->n; i++)
		jsonw_string(w, NULL, texts->v[i]);
	jsonw_end_array(w);
}

static void tell_json(const struct answer *a, const struct strv *errors,
		      const struct strv *warnings)
{
	char text[100], cloud[STATUS_CLOUD_MAX];
	const char *source = tree_get_text(a->v1, "datasource");
	struct jsonw w;

	jsonw_init(&w, (struct sink){to_stdout, NULL}, true);
	jsonw_begin_object(&w, NULL);
	jsonw_string(&w, "boot_status_code", BOOT_CODE(a));
	jsonw_string(&w, "datasource", status_cloud(source, cloud));
	jsonw_string(&w, "detail", source ? source : "");
	write_texts(&w, "errors", errors);
	jsonw_string(&w, "extended_status", extended(a));
	jsonw_string(&w, "last_update", date(a->updated, text));
	jsonw_begin_object(&w, "recoverable_errors");
	if (warnings->n)
		write_texts(&w, "WARNING", warnings);
	jsonw_end_object(&w);
	jsonw_string(&w, "stage", tree_get_text(a->v1, "stage"));
	jsonw_string(&w, "status", word(a));
	jsonw_end_object(&w);
	jsonw_finish(&w);
}

static void tell_texts(const char *what, const struct strv *texts, const char *none)
{
	printf("%s:%s\n", what, texts->n ? "" : none);
	for (size_t i = 0; i < texts->n; i++)
		printf("\t- %s\n", texts->v[i]);
}

static void tell(const struct answer *a, bool json, bool full)
{
	_cleanup_(strv_release) struct strv errors = STRV_INIT, warnings = STRV_INIT;
	const char *source = tree_get_text(a->v1, "datasource");
	char text[100];

	take_texts(a, "errors", &errors);
	take_texts(a, "recoverable_errors", &warnings);
	if (json) {
		tell_json(a, &errors, &warnings);
		return;
	}
	printf("status: %s\n", word(a));
	if (!full)
		return;
	printf("extended_status: %s\nboot_status_code: %s\nlast_update: %s\ndetail: %s\n",
	       extended(a), BOOT_CODE(a), date(a->updated, text), source ? source : "");
	tell_texts("errors", &errors, " []");
	tell_texts("recoverable_errors", &warnings, " {}");
}

static int run(int argc, char **argv)
{
	bool wait = false, json = false, full = false;
	_cleanup_(answer_release) struct answer a = {0};

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
	for (a = look(); wait && !a.is_over; a = look()) {
		answer_release(&a);
		poll(NULL, 0, PAUSE_MS);
	}
	tell(&a, json, full);
	return a.errors ? 1 : a.is_over && a.warnings ? 2 : 0;
}

const struct verb verb_status = {
	.name = "status",
	.usage = "status [--wait] [--long] [--format json]",
	.brief = "how far the configuration is, as cloud-init tells it",
	.run = run,
};
