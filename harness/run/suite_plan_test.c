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
#include "base/sha256.h"
#include "run/suite_plan.h"

static char dir[] = "/tmp/suite-plan-XXXXXX";

static void write_file(const char *name, const char *text, mode_t mode)
{
	_autofree_ char *path = path_join(dir, name);
	_autofree_ char *parent = strndup(path, (size_t)(path_base(path) - path) - 1);

	assert_int_equal(mkdir_p(parent, NULL), 0);
	assert_int_equal(file_write_atomic(path, text, strlen(text), mode, NULL), 0);
}

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	write_file("timers/posix_timers", "#!/bin/sh\n", 0755);
	write_file("timers/helper", "#!/bin/sh\n", 0755);
	write_file("timers/settings", "timeout=0\n", 0644);
	write_file("testcases/bin/open01", "#!/bin/sh\n. tst_test.sh\n", 0755);
	write_file("testcases/bin/racer", "#!/bin/sh\n", 0755);
	write_file("runtest/one", "open01 open01 -a\nopen02 open01 | cat\n", 0644);
	write_file("runtest/two",
		   "a racer -t 5\nb racer\nc open01\nd racer | open01\ne not_there\n"
		   "f racer -x\ng open01 | racer\nh racer\n",
		   0644);
	return 0;
}

static int teardown(void **state)
{
	return rm_rf(dir, NULL);
}

static int make(struct suite_request *req, struct suite_plan *ret_plan)
{
	struct err err = ERR_INIT;

	req->dir = dir;
	if (!req->format)
		req->format = "auto";
	return suite_plan_make(req, ret_plan, &err);
}

/* The caller frees. */
static char *text_of(const struct suite_plan *p)
{
	char *text = calloc(p->text.n + 1, 1);

	rewind(p->text.file);
	assert_int_equal(fread(text, 1, p->text.n + 1, p->text.file), p->text.n);
	return text;
}

static enum suite_choice ask(struct suite_plan *p, const char *program)
{
	const char *where;

	return suite_select_ask(&p->select, program, NULL, &where);
}

static void a_runtest_line_begins_beside_the_programs(void **state)
{
	_cleanup_(suite_plan_release) struct suite_plan p = {0};
	struct suite_request req = {.format = "ltp", .runtest = "one"};
	_autofree_ char *text = NULL;
	char hex[65];

	assert_int_equal(make(&req, &p), 0);
	text = text_of(&p);
	data_sha256(text, p.text.n, hex);
	assert_string_equal(p.text.sha256, hex);
	assert_string_equal(text, "open01\tltp\t60000\ta\t/suite/root/testcases/bin\t"
				  "/suite/root/testcases/bin/open01\t-a\n"
				  "open02\tltp\t60000\ta\t/suite/root/testcases/bin\t"
				  "/bin/sh\t-c\topen01 | cat\n");
}

/* Those that do not know LTP's words tell by their exit status. */
static void a_program_of_ltp_without_its_library(void **state)
{
	static const char *const want[] = {"a\texit\t60000\t-", "b\texit\t", "c\tltp\t60000\ta",
					   "d\tltp\t",		"e\tltp\t",  "f\texit\t",
					   "g\tltp\t",		"h\texit\t"};
	_cleanup_(suite_plan_release) struct suite_plan p = {0}, exit_plan = {0};
	struct suite_request req = {.format = "ltp", .runtest = "two"};
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	_autofree_ char *text = NULL, *exit_text = NULL;

	assert_int_equal(make(&req, &p), 0);
	text = text_of(&p);
	strv_split(&lines, text, "\n");
	assert_int_equal(lines.n, ARRAY_SIZE(want));
	for (size_t i = 0; i < lines.n; i++)
		assert_true(strncmp(lines.v[i], want[i], strlen(want[i])) == 0);
	req.format = "exit";
	assert_int_equal(make(&req, &exit_plan), 0);
	exit_text = text_of(&exit_plan);
	assert_null(strstr(exit_text, "ltp"));
}

/* Names are told apart however many there are; a file that is no text ends. */
static void a_runtest_file_that_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{"twice", "two tests have the name x4711"},
		{"/dev/zero", "no text, or too long"},
		{"runtest", "cannot read the runtest file"},
		{"gone", "cannot read the runtest file"},
	};
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(1u << 20);

	for (int i = 0; i < 9000; i++)
		strbuf_addf(&text, "x%d open01\n", i);
	strbuf_addstr(&text, "x4711 open01\n");
	write_file("runtest/twice", strbuf_str(&text), 0644);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autofree_ char *inside = path_join(dir, rows[i][0]);
		struct suite_request req = {
			.dir = dir,
			.format = "ltp",
			.runtest = strcmp(rows[i][0], "runtest") == 0 ? inside : rows[i][0]};
		struct suite_plan p;
		struct err err = ERR_INIT;

		assert_true(suite_plan_make(&req, &p, &err) < 0);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.text, rows[i][1]));
	}
}

/* One line of the plan, or "". The caller frees. */
static char *line_of(const struct suite_plan *p, const char *name)
{
	_autofree_ char *text = text_of(p);
	const char *at = strstr(text, name);

	return at ? strndup(at, strcspn(at, "\n")) : strdup("");
}

static void expect_limit(const char *settings, int64_t limit_s, const char *want, int64_t sum)
{
	_cleanup_(suite_plan_release) struct suite_plan p = {0};
	struct suite_request req = {
		.format = "kselftest", .limit_s = limit_s, .filter = "timers/*"};
	_autofree_ char *line = NULL, *path = path_join(dir, "timers/settings");

	if (settings)
		write_file("timers/settings", settings, 0644);
	else
		unlink(path);
	if (!want) {
		assert_int_not_equal(make(&req, &p), 0);
		return;
	}
	assert_int_equal(make(&req, &p), 0);
	line = line_of(&p, "timers/posix_timers");
	assert_true(strncmp(line, want, strlen(want)) == 0);
	/* Of two elsewhere too, which have no settings, and of two in timers. */
	assert_int_equal(p.limit_s, sum);
}

static void the_settings_of_a_collection_limit_its_tests(void **state)
{
#define LINE "timers/posix_timers\tkselftest\t"
	expect_limit("# slow\ntimeout=150\n", 0, LINE "600000\t", 2 * 60 + 2 * 600);
	expect_limit("timeout=150 \t", 0, LINE "600000\t", 2 * 60 + 2 * 600);
	expect_limit("#timeout=150\nother=3\n", 0, LINE "60000\t", 4 * 60);
	expect_limit(NULL, 0, LINE "60000\t", 4 * 60);
	/* None, yet one that hangs has to end. */
	expect_limit("timeout=0\n", 0, LINE "3600000\t", 2 * 60 + 2 * 3600);
	/* The user knows better. */
	expect_limit("timeout=150\n", 7, LINE "7000\t", 4 * 7);
	expect_limit("timeout=\n", 0, NULL, 0);
	expect_limit("timeout=-1\n", 0, NULL, 0);
	expect_limit("timeout=10m\n", 0, NULL, 0);
	expect_limit("timeout=99999999999999999999\n", 0, NULL, 0);
	expect_limit("timeout=0\n", 0, LINE "3600000\t", 2 * 60 + 2 * 3600);
#undef LINE
}

static void an_installed_kselftest_names_its_tests(void **state)
{
	_cleanup_(suite_plan_release) struct suite_plan all = {0}, native = {0}, own = {0},
							found = {0};
	_autofree_ char *line = NULL;
	struct suite_request req = {.format = "kselftest"};

	assert_int_equal(make(&req, &all), 0);
	assert_int_equal(ask(&all, "timers/helper"), SUITE_RUN);
	write_file("kselftest-list.txt", "timers:posix_timers\n", 0644);
	assert_int_equal(make(&req, &native), 0);
	assert_int_equal(ask(&native, "timers/posix_timers"), SUITE_RUN);
	assert_int_equal(ask(&native, "timers/helper"), SUITE_OUT);
	assert_int_equal(ask(&native, "testcases/bin/open01"), SUITE_OUT);
	/* Its exit status 4 is a skip, whether or not the user names the format. */
	req.format = "auto";
	assert_int_equal(make(&req, &found), 0);
	line = line_of(&found, "timers/posix_timers");
	assert_true(strncmp(line, "timers/posix_timers\tkselftest\t", 30) == 0);
	/* A list of the user's stands for it. */
	write_file("mine", "timers:help*\n", 0644);
	_autofree_ char *mine = path_join(dir, "mine");
	strv_push(&req.allow, mine);
	assert_int_equal(make(&req, &own), 0);
	strv_release(&req.allow);
	assert_int_equal(ask(&own, "timers/posix_timers"), SUITE_OUT);
	assert_int_equal(ask(&own, "timers/helper"), SUITE_RUN);
}

static void variables_are_names_and_one_line(void **state)
{
	static const char *const bad[] = {"A",	   "=b",     "1A=b",  "A B=c",
					  "A=b\n", "A=b\tc", "A-B=c", ""};
	_cleanup_(suite_plan_release) struct suite_plan good = {0};
	struct suite_request req = {.runtest = "one"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct suite_plan p = {0};

		strv_push(&req.env, bad[i]);
		assert_int_not_equal(make(&req, &p), 0);
		strv_release(&req.env);
	}
	strv_push(&req.env, "A_1=b c=d");
	strv_push(&req.env, "EMPTY=");
	assert_int_equal(make(&req, &good), 0);
	assert_non_null(strstr(good.command, "--env='A_1=b c=d' --env='EMPTY='"));
	strv_release(&req.env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_runtest_file_that_is_refused),
		cmocka_unit_test(a_runtest_line_begins_beside_the_programs),
		cmocka_unit_test(a_program_of_ltp_without_its_library),
		cmocka_unit_test(the_settings_of_a_collection_limit_its_tests),
		cmocka_unit_test(an_installed_kselftest_names_its_tests),
		cmocka_unit_test(variables_are_names_and_one_line),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
