/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

struct parsed {
	struct tree *tree;
	const struct tree_node *root;
	struct problems problems;
};

static struct parsed parse(const char *text)
{
	struct parsed p = {.problems = PROBLEMS_INIT};

	p.tree = tree_parse(text, strlen(text), &p.problems);
	p.root = tree_root(p.tree);
	return p;
}

static void release(struct parsed *p)
{
	problems_release(&p->problems);
	tree_free(p->tree);
}

static void values_have_kinds_and_lines(void **state)
{
	_cleanup_(release) struct parsed p =
		parse("#cloud-config\nname: a\nlist:\n  - 1\n  - \"2\"\nmap: {x: yes}\nnone:\n");
	const struct tree_node *list = tree_get(p.root, "list");
	int64_t number;
	bool flag;

	assert_int_equal(p.problems.n, 0);
	assert_string_equal(tree_get_text(p.root, "name"), "a");
	assert_int_equal(tree_get(p.root, "name")->line, 2);
	assert_int_equal(list->kind, TREE_LIST);
	assert_int_equal(list->n, 2);
	assert_true(tree_int(list->items[0], &number));
	assert_int_equal(number, 1);
	assert_true(list->items[0]->plain);
	assert_false(list->items[1]->plain);
	assert_int_equal(list->items[1]->line, 5);
	assert_true(tree_bool(tree_get(tree_get(p.root, "map"), "x"), &flag));
	assert_true(flag);
	assert_int_equal(tree_get(p.root, "none")->kind, TREE_NULL);
	assert_null(tree_get(p.root, "nothing"));
}

static void words_of_yaml_1_1(void **state)
{
	_cleanup_(release) struct parsed p = parse("[yes, No, ON, off, true, \"yes\", \"true\", "
						   "maybe, 12, -3, 1x, 9999999999999999999]");
	static const int flags[] = {1, 0, 1, 0, 1, -1, 1, -1, -1};
	int64_t number;
	bool flag;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		bool is = tree_bool(p.root->items[i], &flag);

		assert_int_equal(is ? flag : -1, flags[i]);
	}
	assert_true(tree_int(p.root->items[9], &number));
	assert_int_equal(number, -3);
	assert_false(tree_int(p.root->items[10], &number));
	assert_false(tree_int(p.root->items[11], &number));
}

static void json_is_read_too(void **state)
{
	_cleanup_(release) struct parsed p =
		parse("{\"uuid\": \"83679162-1378-4288-a2d4-70e13ec132aa\", \"keys\": [{\"data\": "
		      "\"a\\nb\"}], \"n\": null}");

	assert_int_equal(p.problems.n, 0);
	assert_string_equal(tree_get_text(tree_get(p.root, "keys")->items[0], "data"), "a\nb");
	assert_int_equal(tree_get(p.root, "n")->kind, TREE_NULL);
}

static void dashes_are_underscores_in_keys(void **state)
{
	_cleanup_(release) struct parsed p = parse("ssh-authorized-keys: [a]\n");

	assert_non_null(tree_get(p.root, "ssh_authorized_keys"));
	assert_null(tree_get(p.root, "ssh_authorized"));
	assert_null(tree_get(p.root, "ssh_authorized_keys_x"));
}

static void the_last_of_two_equal_keys_counts(void **state)
{
	_cleanup_(release) struct parsed p = parse("a: 1\nb: 2\na: 3\n");

	assert_string_equal(tree_get_text(p.root, "a"), "3");
	assert_int_equal(p.root->n, 2);
	assert_int_equal(p.problems.n, 1);
	assert_false(p.problems.list[0].error);
	assert_int_equal(p.problems.list[0].line, 3);
}

static void an_alias_stands_for_its_anchor(void **state)
{
	_cleanup_(release) struct parsed p = parse("a: &x [1, 2]\nb: *x\n");

	assert_int_equal(tree_get(p.root, "b")->n, 2);
}

struct refused {
	const char *text, *why;
	unsigned int line;
};

static void what_is_refused(void **state)
{
	static const struct refused table[] = {
		{"a: [1, 2\nb: 3\n", "expected", 2},
		{"a:\n\t- b\n", "token", 2},
		{"a: \xff\xfe\n", "UTF-8", 1},
		{"a: *x\n", "alias", 1},
		{"a: &x [*x]\n", "alias", 1},
		{"? [a]\n: b\n", "word", 1},
		{"a: 1\n---\nb: 2\n", "second document", 2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(release) struct parsed p = parse(table[i].text);

		assert_int_equal(p.root->kind, TREE_NULL);
		assert_int_equal(p.problems.errors, 1);
		if (!strstr(p.problems.list[0].text, table[i].why))
			fail_msg("\"%s\": %s", table[i].text, p.problems.list[0].text);
		assert_int_equal(p.problems.list[0].line, table[i].line);
	}
}

static void bombs_do_not_go_off(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TREE_SIZE_MAX);
	_cleanup_(release) struct parsed deep = {0}, wide = {0};

	strbuf_addstr(&sb, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 20; i++)
		strbuf_addf(&sb, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i,
			    i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	wide = parse(strbuf_str(&sb));
	assert_int_equal(wide.root->kind, TREE_NULL);
	assert_non_null(strstr(wide.problems.list[0].text, "too many"));
	strbuf_reset(&sb);
	for (int i = 0; i < 5000; i++)
		strbuf_addch(&sb, '[');
	deep = parse(strbuf_str(&sb));
	assert_int_equal(deep.root->kind, TREE_NULL);
	assert_non_null(strstr(deep.problems.list[0].text, "deep"));
}

static void a_map_of_too_many_members(void **state)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TREE_SIZE_MAX);
	_cleanup_(release) struct parsed p = {0};

	for (int i = 0; i <= TREE_MEMBERS_MAX; i++)
		strbuf_addf(&sb, "k%d: v\n", i);
	p = parse(strbuf_str(&sb));
	assert_int_equal(p.problems.errors, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_have_kinds_and_lines),
		cmocka_unit_test(words_of_yaml_1_1),
		cmocka_unit_test(json_is_read_too),
		cmocka_unit_test(dashes_are_underscores_in_keys),
		cmocka_unit_test(the_last_of_two_equal_keys_counts),
		cmocka_unit_test(an_alias_stands_for_its_anchor),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(bombs_do_not_go_off),
		cmocka_unit_test(a_map_of_too_many_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
