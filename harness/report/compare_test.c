/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#include "report/compare_rig.h"
#include "report/report.h"

/* The whole table, spelt out once more: r regression, u unknowable, m missing, f flaky, n new,
 * p progress, c changed, = same, space: no row; and what each does to the gate. */
static void every_pair_of_levels(void **state)
{
	static const char levels[] = "-?s.~FC";
	static const char *const table[] = {
		/*      - ? s . ~ F C */
		/* - */ " nnnfnn", /* ? */ "munnfuu", /* s */ "mu=pfnr", /* . */ "muu=frr",
		/* ~ */ "mfffffr", /* F */ "mucpf=r", /* C */ "mucpfp=",
	};
	static const char *const gates[] = {
		/* - */ "0000000", /* ? */ "0000033", /* s */ "0000001", /* . */ "3330011",
		/* ~ */ "3000001", /* F */ "3300001", /* C */ "3300000",
	};
	static const char letters[] = "rXumfcnp=";

	for (size_t i = 0; i < 7; i++) {
		for (size_t j = 0; j < 7; j++) {
			void *f;

			if (!i && !j)
				continue;
			setup(&f);
			add_level(f, 0, "x", levels[i]);
			add_level(f, 1, "x", levels[j]);
			add(f, 0, "other", VERDICT_PASS, NULL);
			add(f, 1, "other", VERDICT_PASS, NULL);
			compare(f);
			if (letters[row(f, "x")->change] != table[i][j] ||
			    row(f, "x")->gate != gates[i][j] - '0')
				fail_msg("%c to %c: %s, gate %d", levels[i], levels[j],
					 compare_change_name(row(f, "x")->change),
					 row(f, "x")->gate);
			teardown(&f);
		}
	}
}

static void verdict_of_the_gate(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	compare(f);
	assert_int_equal(f->c.status, 0);
	add(f, 0, "b", VERDICT_PASS, NULL);
	compare(f);
	assert_int_equal(f->c.status, 3);
	add(f, 0, "c", VERDICT_PASS, NULL);
	add(f, 1, "c", VERDICT_FAIL, "no");
	compare(f);
	assert_int_equal(f->c.status, 1);
	assert_int_equal(f->c.reasons.n, 2);
	assert_string_equal(f->c.reasons.v[0], "1 regression");
	assert_int_equal(f->c.ran_a, 3);
	assert_int_equal(f->c.ran_b, 2);
	assert_string_equal(f->c.rows[0].name, "c");
}

/* A failing case that is skipped now is no regression, and still one that did not run. */
static void fewer_cases_is_no_pass(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	add(f, 0, "b", VERDICT_FAIL, "no");
	add(f, 1, "b", VERDICT_SKIP, "not here");
	compare(f);
	expect(f, "b", COMPARE_CHANGED, 0, "skipped now");
	assert_int_equal(f->c.status, 3);
	assert_non_null(strstr(f->c.reasons.v[0], "fewer"));
}

static void a_run_that_did_not_end(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	finish(f);
	assert_int_equal(store_set_fact(f->store[1], "state", "interrupted", NULL), 0);
	compare_only(f, NULL);
	assert_int_equal(f->c.status, 3);
	assert_int_equal(store_set_fact(f->store[1], "state", "finished", NULL), 0);
	assert_int_equal(store_set_cell_fact(f->store[1], f->cell[1], "planned", "2", NULL), 0);
	compare_only(f, NULL);
	assert_int_equal(f->c.status, 3);
	assert_non_null(strstr(f->c.reasons.v[0], "planned"));
	assert_int_equal(store_set_fact(f->store[0], "state", "interrupted", NULL), 0);
	compare_only(f, NULL);
	assert_non_null(strstr(f->c.notes.v[0], "baseline is interrupted"));
}

static void nothing_at_all(void **state)
{
	struct fixture *f = *state;

	compare(f);
	assert_int_equal(f->c.status, 3);
	assert_int_equal(f->c.n_rows, 0);
}

static void crash_in_one_attempt_is_not_flaky(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_CRASH, "panic");
	add_attempt(f, 1, f->cell[1], "a", 2, VERDICT_PASS, NULL, NULL);
	compare(f);
	expect(f, "a", COMPARE_REGRESSION, 1, NULL);
}

static void words_and_crashes(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "numbers", VERDICT_FAIL, "seen 4 of 10 at 0xffff80001234");
	add(f, 1, "numbers", VERDICT_FAIL, "seen 12 of 10 at 0xffff8000abcd");
	add(f, 0, "words", VERDICT_FAIL, "saw EPERM");
	add(f, 1, "words", VERDICT_FAIL, "saw EBADF");
	add(f, 0, "verdict", VERDICT_FAIL, "slow");
	add(f, 1, "verdict", VERDICT_TIMEOUT, "slow");
	add_attempt(f, 0, f->cell[0], "frames", 1, VERDICT_CRASH, "panic: x", "aaaa");
	add_attempt(f, 1, f->cell[1], "frames", 1, VERDICT_CRASH, "panic: x", "bbbb");
	add_attempt(f, 0, f->cell[0], "print", 1, VERDICT_CRASH, "panic: y", "cccc");
	add_attempt(f, 1, f->cell[1], "print", 1, VERDICT_CRASH, "panic: other words", "cccc");
	add(f, 0, "title", VERDICT_CRASH, "panic: z in f");
	add(f, 1, "title", VERDICT_CRASH, "panic: z in g");
	compare(f);
	expect(f, "numbers", COMPARE_SAME, 0, NULL);
	expect(f, "words", COMPARE_CHANGED, 0, "other words");
	expect(f, "verdict", COMPARE_CHANGED, 0, "another verdict");
	expect(f, "frames", COMPARE_CHANGED, 0, "other frames");
	expect(f, "print", COMPARE_SAME, 0, NULL);
	expect(f, "title", COMPARE_CHANGED, 0, "another crash");
	assert_int_equal(f->c.appeared.n, 2);
	assert_string_equal(f->c.appeared.v[0].title, "panic: x");
	assert_string_equal(f->c.appeared.v[1].name, "title");
	assert_int_equal(f->c.gone.n, 2);
	assert_int_equal(f->c.status, 0);
}

static void a_crash_that_nobody_brought(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *dir = NULL;
	int64_t boot;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	assert_int_equal(store_add_boot(f->store[1], f->cell[1], &boot, &dir, NULL), 0);
	assert_int_equal(
		store_add_event(f->store[1], boot, "crash-unattributed", "panic: who", NULL), 0);
	assert_int_equal(store_add_event(f->store[1], boot, "note", "nothing", NULL), 0);
	compare(f);
	assert_int_equal(f->c.appeared.n, 1);
	assert_null(f->c.appeared.v[0].name);
}

static void reference_accuses_nobody(void **state)
{
	static const char *const names[] = {"doubt", "unstable", "fine", "lost", "crash"};
	struct fixture *f = *state;
	int64_t ref = add_cell(f, 1, "reference", "modern", "probes");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		bool crash = strcmp(names[i], "crash") == 0;

		add(f, 0, names[i], VERDICT_PASS, NULL);
		add(f, 1, names[i], crash ? VERDICT_CRASH : VERDICT_FAIL, "bad");
	}
	add_attempt(f, 1, ref, "doubt", 1, VERDICT_FAIL, "bad", NULL);
	add_attempt(f, 1, ref, "crash", 1, VERDICT_FAIL, "bad", NULL);
	add_attempt(f, 1, ref, "fine", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, ref, "lost", 1, VERDICT_LOST, "gone", NULL);
	add_attempt(f, 1, ref, "unstable", 1, VERDICT_FAIL, "bad", NULL);
	add_attempt(f, 1, ref, "unstable", 2, VERDICT_PASS, NULL, NULL);
	compare(f);
	expect(f, "doubt", COMPARE_UNKNOWABLE, 3, "reference");
	expect(f, "unstable", COMPARE_FLAKY, 0, "reference");
	expect(f, "fine", COMPARE_REGRESSION, 1, NULL);
	expect(f, "lost", COMPARE_REGRESSION, 1, NULL);
	expect(f, "crash", COMPARE_REGRESSION, 1, NULL);
	assert_int_equal(f->c.n_rows, 5);
}

/* A baseline of the reference alone answers for a kernel that has none of its own yet. */
static void baseline_is_the_reference(void **state)
{
	struct fixture *f = *state;
	int64_t ref;

	teardown(state);
	f = xcalloc(1, sizeof(*f));
	*state = f;
	setup_bare(f);
	ref = add_cell(f, 0, "reference", "modern", "probes");
	f->cell[1] = add_cell(f, 1, "kut", "dragonos", "probes");
	add_attempt(f, 0, ref, "a", 1, VERDICT_PASS, NULL, NULL);
	add(f, 1, "a", VERDICT_FAIL, "no");
	compare(f);
	expect(f, "a", COMPARE_REGRESSION, 1, NULL);
	assert_non_null(strstr(f->c.notes.v[0], "baseline is the reference"));
}

static void absence_of_boot_is_a_pass(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	add(f, 1, "boot", VERDICT_CRASH, "panic");
	add(f, 0, "between probes", VERDICT_BROKEN, "?");
	compare(f);
	expect(f, "boot", COMPARE_REGRESSION, 1, NULL);
	expect(f, "between probes", COMPARE_NEW, 0, NULL);
	assert_int_equal(f->c.ran_a, 1);
}

static void machines_and_parts(void **state)
{
	struct fixture *f = *state;
	int64_t part = add_cell(f, 1, "kut", "", "probes");
	int64_t a = add_cell(f, 0, "kut", "nvme", "ssh"), b = add_cell(f, 1, "kut", "scsi", "ssh");
	int64_t two_a = add_cell(f, 0, "kut", "modern", "web"),
		two_b = add_cell(f, 1, "kut", "modern", "web"),
		nvme = add_cell(f, 1, "kut", "nvme", "web");

	add(f, 0, "x", VERDICT_PASS, NULL);
	add(f, 0, "y", VERDICT_PASS, NULL);
	add(f, 1, "x", VERDICT_PASS, NULL);
	add_attempt(f, 1, part, "y", 1, VERDICT_FAIL, "no", NULL);
	add_attempt(f, 0, a, "login", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, b, "login", 1, VERDICT_FAIL, "no", NULL);
	add_attempt(f, 0, two_a, "get", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, two_b, "get", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, nvme, "get", 1, VERDICT_FAIL, "no", NULL);
	compare(f);
	expect(f, "x", COMPARE_SAME, 0, NULL);
	expect(f, "y", COMPARE_REGRESSION, 1, NULL);
	expect(f, "login", COMPARE_REGRESSION, 1, NULL);
	assert_int_equal(f->c.n_rows, 5);
	assert_int_equal(f->c.n[COMPARE_NEW], 1);
}

/* The same case in two cells of one kind: two attempts. */
static void repeats_fold(void **state)
{
	struct fixture *f = *state;
	int64_t again = add_cell(f, 1, "kut", "", "probes");

	add(f, 0, "x", VERDICT_PASS, NULL);
	add(f, 1, "x", VERDICT_PASS, NULL);
	add_attempt(f, 1, again, "x", 1, VERDICT_FAIL, "no", NULL);
	compare(f);
	expect(f, "x", COMPARE_FLAKY, 0, "now");
	assert_string_equal(compare_case_reason(&row(f, "x")->b), "no");
}

static void patterns(void **state)
{
	struct fixture *f = *state;
	_cleanup_(strv_release) struct strv only = STRV_INIT, none = STRV_INIT;
	struct compare c;
	struct err err = ERR_INIT;

	add(f, 0, "epoll_a", VERDICT_PASS, NULL);
	add(f, 0, "poll_b", VERDICT_PASS, NULL);
	add(f, 1, "epoll_a", VERDICT_PASS, NULL);
	finish(f);
	strv_push(&only, "epoll*");
	compare_only(f, &only);
	assert_int_equal(f->c.status, 0);
	assert_int_equal(f->c.n_rows, 1);
	strv_push(&none, "nothing*");
	assert_int_equal(compare_sides(&f->side[0], &f->side[1], &none, NULL, &c, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
}

static void known_failures(void **state)
{
	struct fixture *f = *state;

	expect_failure(f, 1, "known", "fail", "2999-01-01");
	expect_failure(f, 1, "worse", "fail", "2999-01-01");
	expect_failure(f, 0, "was_known", "fail", "2999-01-01");
	expect_failure(f, 0, "still", "fail", "2999-01-01");
	expect_failure(f, 0, "was_flaky", "flaky", "2999-01-01");
	add(f, 0, "known", VERDICT_PASS, NULL);
	add(f, 1, "known", VERDICT_FAIL, "no");
	add(f, 0, "worse", VERDICT_PASS, NULL);
	add(f, 1, "worse", VERDICT_CRASH, "panic");
	add(f, 0, "was_known", VERDICT_FAIL, "no");
	add(f, 1, "was_known", VERDICT_PASS, NULL);
	add(f, 0, "still", VERDICT_FAIL, "no");
	add(f, 1, "still", VERDICT_FAIL, "no");
	add_level(f, 0, "was_flaky", '~');
	add(f, 1, "was_flaky", VERDICT_FAIL, "late");
	compare(f);
	expect(f, "known", COMPARE_CHANGED, 0, "known failure");
	expect(f, "worse", COMPARE_REGRESSION, 1, NULL);
	expect(f, "was_known", COMPARE_PROGRESS, 0, NULL);
	expect(f, "still", COMPARE_SAME, 0, NULL);
	expect(f, "was_flaky", COMPARE_FLAKY, 0, "baseline");
	assert_int_equal(f->c.expired.n, 0);
	assert_int_equal(f->c.status, 1);
}

static void unexpected_pass_and_expiry(void **state)
{
	struct fixture *f = *state;

	expect_failure(f, 1, "passes", "fail", "2999-01-01");
	expect_failure(f, 1, "old", "fail", "2001-01-01");
	expect_failure(f, 1, "of_no_case", "fail", "2001-01-01");
	add(f, 0, "passes", VERDICT_PASS, NULL);
	add(f, 1, "passes", VERDICT_PASS, NULL);
	add(f, 0, "old", VERDICT_FAIL, "no");
	add(f, 1, "old", VERDICT_FAIL, "no");
	compare(f);
	expect(f, "passes", COMPARE_UNEXPECTED, 1, "known to fail");
	expect(f, "old", COMPARE_SAME, 0, NULL);
	assert_int_equal(f->c.expired.n, 1);
	assert_non_null(strstr(f->c.expired.v[0], "known.yaml:7: old: expired 2001-01-01"));
	assert_int_equal(f->c.status, 1);
	assert_int_equal(f->c.reasons.n, 2);
}

/* A report in place of a folder says the same. */
static void json_in_place_of_a_folder(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *json = path_join(f->dir, "b.json");
	struct report_side side = {0};
	_autofclose_ FILE *out = NULL;
	struct compare c = {0};

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_FAIL, "no \xff \x1b[31m");
	add_level(f, 0, "flaky", '.');
	add_level(f, 1, "flaky", '~');
	add_attempt(f, 1, f->cell[1], "c", 1, VERDICT_CRASH, "panic: x", "abcd");
	compare(f);
	out = fopen(json, "we");
	assert_int_equal(report_write(f->path[1], "json", out, NULL, NULL), 0);
	assert_int_equal(report_side_load(json, &side, NULL), 0);
	assert_true(side.is_json);
	assert_int_equal(compare_sides(&f->side[0], &side, NULL, NULL, &c, NULL), 0);
	compare_release(&f->c);
	f->c = c;
	expect(f, "a", COMPARE_REGRESSION, 1, NULL);
	expect(f, "flaky", COMPARE_FLAKY, 0, NULL);
	assert_int_equal(f->c.status, 1);
	assert_string_equal(row(f, "c")->b.result->fingerprint, "abcd");
	compare_release(&f->c);
	report_side_release(&side);
}

static void json_that_is_none(void **state)
{
	static const struct {
		const char *text;
		int code;
	} rows[] = {
		{"", -EBADMSG},
		{"[]", -EBADMSG},
		{"{\"format\": 1}", -EBADMSG},
		{"{\"format\": 99, \"cells\": []}", -ENOTSUP},
		{"{\"format\": 1, \"cells\": [{}]}", -EBADMSG},
		{"{\"format\": 1, \"cells\": [{\"results\": [{\"name\": \"x\"}]}]}", -EBADMSG},
		{"{\"format\": 1, \"cells\": [{\"results\": [{\"verdict\": \"pass\"}]}]}",
		 -EBADMSG},
		{"{\"format\": 1, \"cells\": [{\"results\": [{\"name\": \"x\", \"verdict\": "
		 "\"great\"}]}]}",
		 -EBADMSG},
		{"{\"format\": 1, \"cells\": []}", 0},
	};
	struct fixture *f = *state;
	_autofree_ char *path = path_join(f->dir, "x.json");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct report_side side = {0};
		struct err err = ERR_INIT;

		assert_int_equal(
			file_write_atomic(path, rows[i].text, strlen(rows[i].text), 0644, NULL), 0);
		assert_int_equal(report_side_load(path, &side, &err), rows[i].code);
		assert_true(!rows[i].code || strstr(err.text, "x.json"));
		report_side_release(&side);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_levels),
		cmocka_unit_test_setup_teardown(verdict_of_the_gate, setup, teardown),
		cmocka_unit_test_setup_teardown(fewer_cases_is_no_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_that_did_not_end, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_at_all, setup, teardown),
		cmocka_unit_test_setup_teardown(crash_in_one_attempt_is_not_flaky, setup, teardown),
		cmocka_unit_test_setup_teardown(words_and_crashes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_crash_that_nobody_brought, setup, teardown),
		cmocka_unit_test_setup_teardown(reference_accuses_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(baseline_is_the_reference, setup, teardown),
		cmocka_unit_test_setup_teardown(absence_of_boot_is_a_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(machines_and_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(repeats_fold, setup, teardown),
		cmocka_unit_test_setup_teardown(patterns, setup, teardown),
		cmocka_unit_test_setup_teardown(known_failures, setup, teardown),
		cmocka_unit_test_setup_teardown(unexpected_pass_and_expiry, setup, teardown),
		cmocka_unit_test_setup_teardown(json_in_place_of_a_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(json_that_is_none, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
