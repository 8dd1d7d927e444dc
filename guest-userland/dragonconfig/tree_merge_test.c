/* SPDX-License-Identifier: MIT */
#include "tree_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static void write_node(struct strbuf *sb, const struct tree_node *node)
{
	switch (node->kind) {
	case TREE_NULL:
		strbuf_addstr(sb, "~");
		break;
	case TREE_SCALAR:
		strbuf_addstr(sb, node->text);
		break;
	case TREE_LIST:
		strbuf_addstr(sb, "[");
		for (size_t i = 0; i < node->n; i++) {
			strbuf_addstr(sb, i ? "," : "");
			write_node(sb, node->items[i]);
		}
		strbuf_addstr(sb, "]");
		break;
	case TREE_MAP:
		strbuf_addstr(sb, "{");
		for (size_t i = 0; i < node->n; i++) {
			strbuf_addf(sb, "%s%s:", i ? "," : "", node->keys[i]->text);
			write_node(sb, node->items[i]);
		}
		strbuf_addstr(sb, "}");
	}
}

struct row {
	const char *base, *over, *how, *expected;
};

static void check(const struct row *row)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(10000);
	struct tree *base = tree_parse(row->base, strlen(row->base), &problems);
	struct tree *over = tree_parse(row->over, strlen(row->over), &problems);
	struct tree *both = tree_merge(tree_root(base), tree_root(over), row->how, &problems);

	assert_int_equal(problems.n, 0);
	write_node(&sb, tree_root(both));
	assert_string_equal(strbuf_str(&sb), row->expected);
	tree_free(both);
	tree_free(over);
	tree_free(base);
}

#define APPEND "list(append)+dict(recurse_array,recurse_dict)+str(append)"

static void what_comes_out(void **state)
{
	static const struct row table[] = {
		/* Without a word the later document's keys replace. */
		{"a: 1\nb: [1]\n", "b: [2]\nc: 3\n", NULL, "{a:1,b:[2],c:3}"},
		{"a: {x: 1}\n", "a: {y: 2}\n", NULL, "{a:{y:2}}"},
		{"", "a: 1\n", NULL, "{a:1}"},
		{"a: 1\n", "", NULL, "{a:1}"},
		/* Named ways. */
		{"b: [1]\n", "b: [2]\n", APPEND, "{b:[1,2]}"},
		{"b: [1]\n", "b: [2]\n", "list(prepend)+dict(recurse_array)", "{b:[2,1]}"},
		{"a: {x: 1, l: [1]}\n", "a: {y: 2, l: [2]}\n", APPEND, "{a:{x:1,l:[1,2],y:2}}"},
		{"b: [1, 2]\n", "b: [9]\n", "list(replace)+dict(recurse_array)", "{b:[9,2]}"},
		{"b: [1]\n", "b: [2]\n", "dict(no_replace)+list(append)", "{b:[1]}"},
		{"s: a\n", "s: b\n", "dict(recurse_str)+str(append)", "{s:ab}"},
		/* What the document says goes before its header. */
		{"b: [1]\n", "merge_how: 'dict(replace)'\nb: [2]\n", APPEND,
		 "{b:[2],merge_how:dict(replace)}"},
		{"b: [1]\n",
		 "merge_type:\n- {name: list, settings: [append]}\n"
		 "- {name: dict, settings: [recurse_list]}\nb: [2]\n",
		 NULL,
		 "{b:[1,2],merge_type:[{name:list,settings:[append]},{name:dict,settings:[recurse_"
		 "list]}]}"},
		/* Both spellings are one key. */
		{"ssh-keys: 1\n", "ssh_keys: 2\n", NULL, "{ssh_keys:2}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(&table[i]);
}

static void a_way_that_cannot_be_read_is_told(void **state)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	struct tree *empty = tree_new();
	struct tree *both = tree_merge(tree_root(empty), tree_root(empty), "list(app", &problems);

	assert_int_equal(problems.n, 1);
	tree_free(both);
	tree_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_out),
		cmocka_unit_test(a_way_that_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
