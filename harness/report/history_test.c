/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "report/history.h"
#include "report/history_report.h"
#include "report/report.h"

struct fixture {
	char *dir;
	unsigned int n_runs;
	struct history h;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->dir = xstrdup("/tmp/history_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	history_init(&f->h);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	history_release(&f->h);
	rm_rf(f->dir, NULL);
	free(f->dir);
	free(f);
	return 0;
}

static void add_case(struct store *s, int64_t cell, const char *name, char mark)
{
	struct store_result r = {.cell = cell, .name = name, .reason = "so it was"};

	switch (mark) {
	case '.':
		r.verdict = VERDICT_PASS;
		break;
	case 's':
		r.verdict = VERDICT_SKIP;
		break;
	case '?':
		r.verdict = VERDICT_LOST;
		break;
	case 'T':
		r.verdict = VERDICT_TIMEOUT;
		break;
	case 'C':
		r.verdict = VERDICT_CRASH;
		break;
	case 'x':
		r.verdict = VERDICT_XFAIL;
		break;
	default:
		r.verdict = VERDICT_FAIL;
		break;
	}
	if (mark != ' ')
		assert_int_equal(store_add_result(s, &r, NULL), 0);
	if (mark != '~')
		return;
	r.attempt = 2;
	r.verdict = VERDICT_PASS;
	assert_int_equal(store_add_result(s, &r, NULL), 0);
}

static int64_t add_cell(struct store *s, const char *role)
{
	struct store_cell c = {.role = role,
			       .kernel = "kernel.elf",
			       .target = "qemu",
			       .profile = "",
			       .lane = "static",
			       .scenario = "probes"};

	assert_int_equal(store_add_cell(s, &c, NULL), 0);
	return c.id;
}

/* A run at hour, of a kernel named by a letter; case "x" has the mark, "also" passes. */
static void add_run(struct fixture *f, unsigned int hour, char kernel, char mark)
{
	_autofree_ char *dir = xasprintf("%s/run%u", f->dir, f->n_runs++);
	_autofree_ char *wall = xasprintf("%llu", (unsigned long long)hour * 3600 * SEC);
	char sha[2] = {kernel};
	struct store *s;
	int64_t cell;

	assert_int_equal(store_create(dir, &s, NULL), 0);
	cell = add_cell(s, "kut");
	add_case(s, cell, "x", mark);
	add_case(s, cell, "also", '.');
	assert_int_equal(store_set_fact(s, "kernel.sha256", sha, NULL), 0);
	assert_int_equal(store_set_fact(s, "begin.wall_us", wall, NULL), 0);
	assert_int_equal(store_set_fact(s, "state", "finished", NULL), 0);
	store_close(s);
}

/* One run a letter; a kernel each, from the letters of kernels. */
static const struct history_case *judge(struct fixture *f, const char *kernels, const char *marks)
{
	struct err err = ERR_INIT;

	for (unsigned int i = 0; marks[i]; i++)
		add_run(f, i + 1, kernels[i], marks[i]);
	if (history_add(&f->h, f->dir, &err) < 0)
		fail_msg("%s", err.text);
	history_finish(&f->h, 0);
	assert_int_equal(f->h.n_runs, strlen(marks));
	for (size_t i = 0; i < f->h.n_cases; i++)
		if (strcmp(f->h.cases[i].name, "x") == 0)
			return &f->h.cases[i];
	fail_msg("no case");
	return NULL;
}

static void standings(void **state)
{
	static const struct {
		const char *kernels, *marks;
		enum history_standing want;
		size_t last, first, between;
	} rows[] = {
		{"abcd", "....", HISTORY_STABLE, 0, 0, 0},
		{"abcd", "FFTC", HISTORY_ALWAYS_BAD, 0, 0, 0},
		{"abcd", "..FF", HISTORY_BAD, 1, 2, 0},
		{"abcd", ".?sF", HISTORY_BAD, 0, 3, 2},
		{"abcdef", ".F.CT ", HISTORY_BAD, 2, 3, 0},
		{"abcd", "FF..", HISTORY_FIXED, 1, 2, 0},
		{"abcd", "F?? ", HISTORY_ALWAYS_BAD, 0, 0, 0},
		{"abcd", "s?? ", HISTORY_NO_VERDICT, 0, 0, 0},
		{"abcd", ".xx?", HISTORY_BAD, 0, 1, 0},
		{"aaaa", ".F..", HISTORY_FLAKED, 0, 0, 0},
		{"abcd", "...~", HISTORY_FLAKED, 0, 0, 0},
		{"aabb", ".F..", HISTORY_FLAKED, 0, 0, 0},
		{"aabb", ".FFF", HISTORY_BAD, 0, 1, 0},
		{"aaaa", "..FF", HISTORY_FLAKED, 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct history_case *k;
		void *f;

		setup(&f);
		k = judge(f, rows[i].kernels, rows[i].marks);
		if (k->standing != rows[i].want || k->last != rows[i].last ||
		    k->first != rows[i].first || k->unknown_between != rows[i].between)
			fail_msg("%s: %s, %zu to %zu, %zu between", rows[i].marks,
				 history_standing_name(k->standing), k->last, k->first,
				 k->unknown_between);
		teardown(&f);
	}
}

static void flake_rate(void **state)
{
	const struct history_case *k = judge(*state, "aaaaaaaaaab", "....F....FF");
	struct rate want = rate_wilson(2, 10, RATE_Z_95);

	/* The last run is of another kernel, which only ever failed: no part of the rate. */
	assert_int_equal(k->standing, HISTORY_BAD);
	assert_int_equal(k->samples, 10);
	assert_int_equal(k->samples_bad, 2);
	assert_true(k->rate.low == want.low && k->rate.high == want.high);
}

static void by_time_not_by_name(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *trend = NULL;

	add_run(f, 9, 'c', 'F');
	add_run(f, 2, 'a', '.');
	add_run(f, 5, 'b', '.');
	assert_int_equal(history_add(&f->h, f->dir, NULL), 0);
	history_finish(&f->h, 0);
	trend = history_trend(&f->h, &f->h.cases[0], 100);
	assert_string_equal(trend, "..F");
	assert_string_equal(f->h.cases[0].name, "x");
	assert_string_equal(f->h.cases[0].reason, "so it was");
	assert_string_equal(f->h.runs[f->h.cases[0].last].sha256, "b");
	assert_string_equal(f->h.runs[f->h.cases[0].first].sha256, "c");
}

static void only_the_newest(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < 5; i++)
		add_run(f, i, 'a' + (char)i, i == 0 ? 'F' : '.');
	assert_int_equal(history_add(&f->h, f->dir, NULL), 0);
	history_finish(&f->h, 3);
	assert_int_equal(f->h.n_runs, 3);
	assert_int_equal(f->h.n[HISTORY_STABLE], 2);
}

/* More cases than the first table holds, and the reference beside the kernel under test. */
static void many_cases(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *dir = xasprintf("%s/big", f->dir);
	struct store *s;
	int64_t cell[2];

	assert_int_equal(store_create(dir, &s, NULL), 0);
	cell[0] = add_cell(s, "kut");
	cell[1] = add_cell(s, "reference");
	for (int i = 0; i < 3000; i++) {
		_autofree_ char *name = xasprintf("case%d", i);

		add_case(s, cell[i & 1], name, i % 3 ? '.' : 'F');
	}
	add_case(s, cell[0], "both", 'F');
	add_case(s, cell[1], "both", '.');
	store_close(s);
	assert_int_equal(history_add(&f->h, f->dir, NULL), 0);
	history_finish(&f->h, 0);
	assert_int_equal(f->h.n_cases, 3002);
	assert_int_equal(f->h.n[HISTORY_ALWAYS_BAD], 1001);
	assert_int_equal(f->h.n[HISTORY_STABLE], 2001);
}

static void damage(struct fixture *f, const char *name, const void *data, size_t n)
{
	_autofree_ char *dir = path_join(f->dir, name), *db = path_join(dir, "run.db");

	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(file_write_atomic(db, data, n, 0644, NULL), 0);
}

static void damaged_runs_are_named(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *db = NULL, *empty = path_join(f->dir, "no-run"),
			*file = path_join(f->dir, "file"), *text = NULL;
	size_t n = 0;
	FILE *out;

	add_run(f, 1, 'a', '.');
	add_run(f, 2, 'a', '.');
	db = xasprintf("%s/run1/run.db", f->dir);
	assert_int_equal(truncate(db, 5000), 0);
	damage(f, "garbage", "this is no database at all", 26);
	damage(f, "empty", "", 0);
	assert_int_equal(mkdir(empty, 0755), 0);
	assert_int_equal(file_write_atomic(file, "x", 1, 0644, NULL), 0);
	assert_int_equal(history_add(&f->h, f->dir, NULL), 0);
	history_finish(&f->h, 0);
	assert_int_equal(f->h.n_runs, 1);
	assert_int_equal(f->h.damaged.n, 3);
	assert_non_null(strstr(f->h.damaged.v[0], "empty: "));
	assert_non_null(strstr(f->h.damaged.v[1], "garbage: "));
	assert_non_null(strstr(f->h.damaged.v[2], "run1: "));
	assert_int_equal(f->h.no_runs, 1);
	out = open_memstream(&text, &n);
	assert_int_equal(
		history_report(&f->h, "text", out, &(struct history_report_options){0}, NULL), 0);
	fclose(out);
	assert_non_null(strstr(text, "passed over, damaged (3):"));
	assert_int_equal(history_add(&f->h, "/nonexistent", NULL), -ENOENT);
}

static void a_report_in_place_of_a_folder(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *json = path_join(f->dir, "x.json"), *dir = NULL;
	FILE *out;

	add_run(f, 1, 'a', '~');
	dir = xasprintf("%s/run0", f->dir);
	out = fopen(json, "we");
	assert_int_equal(report_write(dir, "json", out, NULL, NULL), 0);
	fclose(out);
	assert_int_equal(history_add(&f->h, json, NULL), 0);
	history_finish(&f->h, 0);
	assert_int_equal(f->h.n_runs, 1);
	assert_int_equal(f->h.n[HISTORY_FLAKED], 1);
	assert_int_equal(f->h.cases[0].samples, 2);
	assert_string_equal(f->h.runs[0].sha256, "a");
}

static char *tell(struct fixture *f, const char *format, const struct strv *only, size_t *ret_n)
{
	const struct history_report_options opts = {.verbose = true, .only = only};
	struct err err = ERR_INIT;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_n);

	if (history_report(&f->h, format, out, &opts, &err) < 0)
		fail_msg("%s", err.text);
	fclose(out);
	return text;
}

static const char hostile[] =
	"<script>x</script> https://e.example @team | \x1b[31m\xff\n## h\n::e::";

static void formats_and_hostile_text(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *dir = path_join(f->dir, "hostile");
	struct store *s;
	int64_t cell;

	for (unsigned int i = 0; i < 4; i++)
		add_run(f, i + 1, (char)('a' + i), ".F.F"[i]);
	assert_int_equal(store_create(dir, &s, NULL), 0);
	cell = add_cell(s, "kut");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		_autofree_ char *name = xasprintf("%s%d", hostile, v);
		struct store_result r = {
			.cell = cell, .name = name, .verdict = (enum verdict)v, .reason = hostile};

		assert_int_equal(store_add_result(s, &r, NULL), 0);
	}
	assert_int_equal(store_set_fact(s, "kernel.sha256", hostile, NULL), 0);
	store_close(s);
	assert_int_equal(history_add(&f->h, f->dir, NULL), 0);
	history_finish(&f->h, 0);
	for (size_t i = 0; history_formats[i]; i++) {
		size_t n = 0;
		_autofree_ char *text = tell(f, history_formats[i]->name, NULL, &n);

		assert_true(n > 500);
		assert_null(strchr(text, '\033'));
		assert_null(strstr(text, "\n## h"));
		assert_null(strstr(text, "\n::e"));
		if (strcmp(history_formats[i]->name, "markdown") == 0) {
			assert_null(strstr(text, "<script"));
			assert_null(strstr(text, "https://"));
			assert_null(strstr(text, "@team"));
		}
	}
}

static void what_the_formats_say(void **state)
{
	struct fixture *f = *state;
	_cleanup_(strv_release) struct strv only = STRV_INIT;
	_autofree_ char *text = NULL, *json = NULL, *md = NULL;
	json_error_t error;
	json_t *j, *k;
	size_t n;

	judge(f, "aabc", "..FF");
	strv_push(&only, "x");
	text = tell(f, "text", &only, &n);
	assert_non_null(strstr(text, "Bad now, good before (1)\n  [..FF]  x  probes · static\n"
				     "          last good   run 2  kernel.elf a  "));
	assert_non_null(strstr(text, "          first bad   run 3  kernel.elf b  "));
	assert_null(strstr(text, "also"));
	json = tell(f, "json", NULL, &n);
	j = json_loadb(json, n, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(j);
	k = json_array_get(json_object_get(j, "cases"), 0);
	assert_int_equal(json_integer_value(json_object_get(k, "first_bad")), 2);
	assert_string_equal(json_string_value(json_object_get(k, "trend")), "..FF");
	assert_int_equal(json_array_size(json_object_get(j, "runs")), 4);
	json_decref(j);
	md = tell(f, "markdown", NULL, &n);
	assert_non_null(strstr(md, "### harness history: 1 bad, 1 stable\n"));
	assert_non_null(strstr(md, "first bad 1970-01-01T03:00:00Z "));
}

static void refusals(void **state)
{
	struct fixture *f = *state;
	const struct history_report_options opts = {0};
	_autofclose_ FILE *full = fopen("/dev/full", "we");
	struct err err = ERR_INIT;

	judge(f, "a", ".");
	assert_int_equal(history_report(&f->h, "html", stdout, &opts, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	for (size_t i = 0; full && history_formats[i]; i++) {
		clearerr(full);
		assert_int_equal(history_report(&f->h, history_formats[i]->name, full, &opts, &err),
				 -ENOSPC);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standings),
		cmocka_unit_test_setup_teardown(flake_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(by_time_not_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_newest, setup, teardown),
		cmocka_unit_test_setup_teardown(many_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_runs_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_report_in_place_of_a_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(formats_and_hostile_text, setup, teardown),
		cmocka_unit_test_setup_teardown(what_the_formats_say, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
