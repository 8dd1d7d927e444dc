/* SPDX-License-Identifier: MIT */
/* query: one of the words that scripts ask for, "v1.instance_id" or "instance_id"; --all: all. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strv.h"
#include "instance_data.h"
#include "tree.h"
#include "verb.h"

#define FILE_MAX (1u << 20)

static const struct tree_node *walk(const struct tree_node *from, const struct strv *names)
{
	for (size_t i = 0; i < names->n; i++)
		from = tree_get(from, names->v[i]);
	return from;
}

/* A list is told line by line. */
static int tell(const struct tree_node *root, const char *path)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT, texts = STRV_INIT;
	const struct tree_node *node;

	strv_split(&names, path, ".");
	node = walk(root, &names);
	if (!node)
		node = walk(tree_get(root, "v1"), &names);
	if (tree_text(node))
		strv_push(&texts, tree_text(node));
	else if (node && node->kind == TREE_LIST)
		tree_texts(node, &texts);
	else
		return -ENOENT;
	for (size_t i = 0; i < texts.n; i++)
		puts(texts.v[i]);
	return 0;
}

static int run(int argc, char **argv)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	struct tree *all;
	int r = 0;

	if (argc != 2)
		return EXIT_BAD_USAGE;
	if (file_read(INSTANCE_DATA, &sb, NULL) < 0) {
		fputs("dragonconfig: nothing is known yet: there is no " INSTANCE_DATA "\n",
		      stderr);
		return 1;
	}
	all = tree_parse(strbuf_str(&sb), sb.len, &problems);
	if (strcmp(argv[1], "--all") == 0)
		fputs(strbuf_str(&sb), stdout);
	else
		r = tell(tree_root(all), argv[1]);
	tree_free(all);
	if (r < 0)
		fprintf(stderr, "dragonconfig: nothing of that name is known here: %s\n", argv[1]);
	return r < 0 ? 1 : 0;
}

const struct verb verb_query = {
	.name = "query",
	.usage = "query NAME | --all",
	.brief = "what is known of this machine: cloud_id, instance_id, local_hostname, …",
	.run = run,
};
