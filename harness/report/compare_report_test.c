/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>

#include "report/compare_rig.h"

static const char hostile[] =
	"<script>alert(1)</script> ::error::x %0A @team #1 [a](b) https://e.example www.e.example "
	"| `c` \x1b]0;t\x07 \xff\n::stop-commands::x\r\n## heading";

static void add_hostile(struct fixture *f)
{
	_autofree_ char *dir = NULL;
	int64_t boot;

	assert_int_equal(store_add_boot(f->store[1], f->cell[1], &boot, &dir, NULL), 0);
	assert_int_equal(store_set_boot_fact(f->store[1], boot, "hello.release", hostile, NULL), 0);
	assert_int_equal(store_add_event(f->store[1], boot, "crash-unattributed", hostile, NULL),
			 0);
	for (int a = 0; a < VERDICT_COUNT; a++) {
		for (int b = 0; b < VERDICT_COUNT; b++) {
			_autofree_ char *name = xasprintf("%s %d %d", hostile, a, b);

			add(f, 0, name, (enum verdict)a, hostile);
			add(f, 1, name, (enum verdict)b, hostile);
		}
	}
	expect_failure(f, 1, "*", "fail", "2001-01-01");
	expect_failure(f, 1, "only b", hostile, "2001-01-01");
	add(f, 0, "only a", VERDICT_PASS, hostile);
	add(f, 1, "only b", VERDICT_FAIL, hostile);
	compare(f);
}

static void hostile_in_every_format(void **state)
{
	struct fixture *f = *state;

	add_hostile(f);
	for (size_t i = 0; compare_formats[i]; i++) {
		const char *name = compare_formats[i]->name;
		size_t n = 0;
		_autofree_ char *text =
			report_as(f, name,
				  (struct compare_report_options){
					  .gate = true, .verbose = true, .links = "../run x"},
				  &n);

		assert_true(n > 500);
		assert_int_equal(strlen(text), n);
		assert_null(strchr(text, '\033'));
		assert_null(strchr(text, '\r'));
		assert_null(strstr(text, "\n::stop-commands"));
		assert_null(strstr(text, "\n## heading"));
		if (strcmp(name, "markdown") == 0 || strcmp(name, "junit") == 0)
			assert_null(strstr(text, "<script"));
		if (strcmp(name, "markdown") == 0) {
			assert_null(strstr(text, "https://"));
			assert_null(strstr(text, "www."));
			assert_null(strstr(text, "@team"));
		}
	}
}

static void json_parses(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	json_error_t error;
	json_t *j;
	size_t n;

	add_hostile(f);
	text = report_as(f, "json", (struct compare_report_options){.gate = true}, &n);
	j = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!j)
		fail_msg("%s at %d", error.text, error.position);
	assert_int_equal(json_integer_value(json_object_get(j, "exit_status")), 1);
	assert_int_equal(json_array_size(json_object_get(j, "cases")), f->c.n_rows);
	json_decref(j);
}

static void annotations(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *path = path_join(f->dir, "summary.md");
	_cleanup_(strbuf_release) struct strbuf summary = STRBUF_INIT(1 << 20);
	unsigned int n[3] = {0};
	size_t len;

	for (int i = 0; i < 30; i++) {
		_autofree_ char *name = xasprintf("a,b:%d%%", i), *lost = xasprintf("l%d", i);

		add(f, 0, name, VERDICT_PASS, NULL);
		add(f, 1, name, VERDICT_FAIL, "100% wrong: a, b");
		add(f, 0, lost, VERDICT_PASS, NULL);
		add(f, 1, lost, VERDICT_LOST, "gone");
	}
	compare(f);
	assert_int_equal(file_write_atomic(path, "before\n", 7, 0644, NULL), 0);
	text = report_as(f, "github",
			 (struct compare_report_options){.gate = true, .summary = path}, &len);
	assert_non_null(strstr(text, "::error title=regression%3A a%2Cb%3A0%25 (probes · "
				     "static)::fail, in the baseline pass. 100%25 wrong: a, b\n"));
	assert_non_null(
		strstr(text, "::error title=harness::and 22 more, in the step's summary\n"));
	for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		n[0] += strncmp(line, "::error ", 8) == 0;
		n[1] += strncmp(line, "::warning ", 10) == 0;
		n[2]++;
	}
	assert_int_equal(n[0], 10);
	assert_int_equal(n[1], 9);
	assert_int_equal(n[2], 19);
	assert_int_equal(file_read(path, &summary, NULL), 0);
	assert_int_equal(strncmp(strbuf_str(&summary), "before\n### harness gate: failed: 30 ", 36),
			 0);
}

static void markdown(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *dir = NULL, *text = NULL;
	int64_t boot;
	struct store_result r = {.cell = f->cell[1],
				 .name = "bad",
				 .verdict = VERDICT_CRASH,
				 .reason = "panic: x",
				 .console_from = 10,
				 .console_to = 20};
	size_t n;

	assert_int_equal(store_add_boot(f->store[1], f->cell[1], &boot, &dir, NULL), 0);
	r.boot = boot;
	assert_int_equal(store_add_result(f->store[1], &r, NULL), 0);
	add(f, 0, "bad", VERDICT_PASS, NULL);
	add(f, 0, "better", VERDICT_FAIL, "no");
	add(f, 1, "better", VERDICT_PASS, NULL);
	compare(f);
	text = report_as(f, "markdown",
			 (struct compare_report_options){.gate = true, .links = "../my runs/b"},
			 &n);
	assert_int_equal(strncmp(text, "### harness gate: failed: 1 regression\n", 39), 0);
	assert_non_null(strstr(text, "\n#### Regressions (1)\n\n| case |"));
	assert_non_null(strstr(
		text,
		"| <code>bad</code> | <code>probes · static</code> | pass | crash <code>panic: "
		"x</code> | [console](../my%20runs/b/cells/1/boot1/console.log) |\n"));
	assert_non_null(strstr(text, "\n<details><summary>Progress (1)</summary>\n\n| case |"));
	assert_true(strstr(text, "Regressions") < strstr(text, "Progress"));
}

static void markdown_fits_a_comment(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *whole = NULL, *long_reason = xcalloc(1, 4000);
	size_t n, all;

	memset(long_reason, '<', 3000);
	for (int i = 0; i < 1000; i++) {
		_autofree_ char *name = xasprintf("%.200s%d", long_reason, i);

		add(f, 0, name, VERDICT_PASS, NULL);
		add(f, 1, name, VERDICT_FAIL, long_reason);
	}
	compare(f);
	text = report_as(f, "markdown", (struct compare_report_options){.gate = true}, &n);
	assert_in_range(n, 1000, 60000);
	assert_non_null(strstr(text, "more.\n"));
	whole = report_as(f, "markdown",
			  (struct compare_report_options){.gate = true, .verbose = true}, &all);
	assert_true(all > 1000000);
}

static unsigned int count(const char *text, const char *word)
{
	unsigned int n = 0;

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		n++;
	return n;
}

static void junit_counts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *head = NULL;
	size_t n;

	add_hostile(f);
	text = report_as(f, "junit", (struct compare_report_options){.gate = true}, &n);
	head = xasprintf("tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
			 count(text, "<testcase "), count(text, "<failure "),
			 count(text, "<error "), count(text, "<skipped "));
	assert_int_equal(count(text, head), 2);
	assert_int_equal(count(text, "<testcase "), f->c.n_rows + 1);
	assert_non_null(
		strstr(text, "<testcase classname=\"gate\" name=\"gate\">\n      <failure "));
}

static void refusals(void **state)
{
	struct fixture *f = *state;
	const struct compare_report_options opts = {.summary = "/nonexistent/x"};
	struct report_side side = {0};
	struct err err = ERR_INIT;
	_autofclose_ FILE *full = fopen("/dev/full", "we");

	add(f, 0, "a", VERDICT_PASS, NULL);
	compare(f);
	assert_int_equal(compare_report(&f->c, "pdf", stdout, &opts, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(report_side_load("/nonexistent/y", &side, &err), -ENOENT);
	assert_int_equal(report_side_load(f->dir, &side, &err), -ENOENT);
	for (size_t i = 0; full && compare_formats[i]; i++) {
		clearerr(full);
		assert_true(compare_report(&f->c, compare_formats[i]->name, full, &opts, &err) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hostile_in_every_format, setup, teardown),
		cmocka_unit_test_setup_teardown(json_parses, setup, teardown),
		cmocka_unit_test_setup_teardown(annotations, setup, teardown),
		cmocka_unit_test_setup_teardown(markdown, setup, teardown),
		cmocka_unit_test_setup_teardown(markdown_fits_a_comment, setup, teardown),
		cmocka_unit_test_setup_teardown(junit_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
