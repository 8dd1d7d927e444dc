/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "run/suite_select.h"

static char dir[] = "/tmp/suite-select-XXXXXX";

static int setup(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	return rm_rf(dir, NULL);
}

static char *write_list(const char *name, const char *text)
{
	char *path = path_join(dir, name);

	assert_int_equal(file_write_atomic(path, text, strlen(text), 0644, NULL), 0);
	return path;
}

static enum suite_choice ask(struct suite_select *s, const char *program, const char *test)
{
	const char *where = NULL;
	enum suite_choice choice = suite_select_ask(s, program, test, &where);

	assert_int_equal(choice == SUITE_BLOCKED, where != NULL);
	return choice;
}

static void names_comments_and_wildcards(void **state)
{
	_cleanup_(suite_select_release) struct suite_select s = {0};
	_autofree_ char *allow =
		write_list("allow", "# all\n\n open_test # why\nsub/dir_*\r\nA.b\nx:C.*");
	_autofree_ char *block = write_list("block", "A.c\nopen_test:A.d\n");

	assert_int_equal(suite_select_load(&s.allow, allow, NULL), 0);
	assert_int_equal(suite_select_load(&s.block, block, NULL), 0);
	assert_int_equal(s.allow.n, 4);
	assert_int_equal(ask(&s, "open_test", NULL), SUITE_RUN);
	assert_int_equal(ask(&s, "deep/open_test", NULL), SUITE_RUN);
	assert_int_equal(ask(&s, "open_test2", NULL), SUITE_OUT);
	assert_int_equal(ask(&s, "sub/dir_1", NULL), SUITE_RUN);
	assert_int_equal(ask(&s, "other", "A.b"), SUITE_RUN);
	assert_int_equal(ask(&s, "other", "A.z"), SUITE_OUT);
	assert_int_equal(ask(&s, "x", "C.any"), SUITE_RUN);
	assert_int_equal(ask(&s, "y", "C.any"), SUITE_OUT);
	assert_int_equal(ask(&s, "open_test", "A.c"), SUITE_BLOCKED);
	assert_int_equal(ask(&s, "open_test", "A.d"), SUITE_BLOCKED);
	assert_int_equal(ask(&s, "deep/open_test", "A.d"), SUITE_BLOCKED);
	assert_true(suite_select_may(&s, "x"));
	for (size_t i = 0; i < s.allow.n; i++)
		assert_true(s.allow.v[i].met);
}

static void a_folder_of_lists(void **state)
{
	_cleanup_(suite_select_release) struct suite_select s = {0};
	_autofree_ char *sub = path_join(dir, "lists");
	_autofree_ char *list = NULL;
	const char *where = NULL;

	assert_int_equal(mkdir_p(sub, NULL), 0);
	list = write_list("lists/open_test", "# by us\nA.b\nB.*\n");
	assert_int_equal(suite_select_load(&s.block, sub, NULL), 0);
	assert_int_equal(suite_select_ask(&s, "open_test", "B.x", &where), SUITE_BLOCKED);
	assert_string_equal(where, "open_test:3");
	assert_int_equal(ask(&s, "close_test", "A.b"), SUITE_RUN);
	assert_int_equal(ask(&s, "open_test", NULL), SUITE_RUN);
	assert_true(suite_select_may(&s, "open_test"));
}

static void an_empty_list_allows_nothing(void **state)
{
	_cleanup_(suite_select_release) struct suite_select s = {0};
	_autofree_ char *allow = write_list("none", "# nothing\n");
	struct err err = ERR_INIT;

	assert_int_equal(suite_select_load(&s.allow, allow, NULL), 0);
	assert_int_equal(ask(&s, "a", NULL), SUITE_OUT);
	assert_false(suite_select_may(&s, "a"));
	assert_true(suite_select_load(&s.allow, "/no/such/list", &err) < 0);
	assert_int_equal(err.kind, ERR_USAGE);
}

static void written_and_read(void **state)
{
	_cleanup_(suite_select_release) struct suite_select s = {0}, t = {0};
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	_autofree_ char *block = write_list("block2", "a*\n");

	assert_int_equal(suite_select_load(&s.block, block, NULL), 0);
	s.filter = strdup("*b*");
	s.shard = 2;
	s.shards = 3;
	suite_select_write(&s, &lines);
	for (size_t i = 0; i < lines.n; i++)
		assert_true(suite_select_read(&t, lines.v[i]));
	assert_int_equal(ask(&t, "ab", NULL), SUITE_BLOCKED);
	assert_int_equal(ask(&t, "b", NULL), SUITE_RUN);
	assert_int_equal(ask(&t, "c", NULL), SUITE_OUT);
	assert_int_equal(t.shards, 3);
	assert_false(suite_select_read(&t, "nonsense\tx"));
}

/* A test that only its program knows is asked for by running the program. */
static void a_filter_with_a_test(void **state)
{
	_cleanup_(suite_select_release) struct suite_select s = {0};

	s.filter = strdup("prog:inner/test");
	assert_int_equal(ask(&s, "prog", NULL), SUITE_RUN);
	assert_int_equal(ask(&s, "prog", "inner/test"), SUITE_RUN);
	assert_int_equal(ask(&s, "prog", "other"), SUITE_OUT);
	assert_int_equal(ask(&s, "other", NULL), SUITE_OUT);
}

static void kselftest_names(void **state)
{
	_cleanup_(suite_select_release) struct suite_select s = {0};
	_autofree_ char *allow = write_list("ks", "timers:posix_timers\nsub/dir:a*\nx:A.b\n");

	assert_int_equal(suite_select_load(&s.allow, allow, NULL), 0);
	assert_int_equal(ask(&s, "timers/posix_timers", NULL), SUITE_RUN);
	assert_int_equal(ask(&s, "timers/other", NULL), SUITE_OUT);
	assert_int_equal(ask(&s, "posix_timers", NULL), SUITE_OUT);
	assert_int_equal(ask(&s, "sub/dir/ab", NULL), SUITE_RUN);
	assert_int_equal(ask(&s, "x", "A.b"), SUITE_RUN);
	assert_true(suite_select_may(&s, "timers/posix_timers"));
	assert_false(suite_select_may(&s, "timers/other"));
	for (size_t i = 0; i < s.allow.n; i++)
		assert_true(s.allow.v[i].met);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kselftest_names),   cmocka_unit_test(names_comments_and_wildcards),
		cmocka_unit_test(a_folder_of_lists), cmocka_unit_test(an_empty_list_allows_nothing),
		cmocka_unit_test(written_and_read),  cmocka_unit_test(a_filter_with_a_test),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
