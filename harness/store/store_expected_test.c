/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "store/store_expected.h"

#include <string.h>

#include "base/cleanup.h"
#include "store/store.h"
#include "store/store_rig.h"

#define P VERDICT_PASS
#define S VERDICT_SKIP
#define F VERDICT_FAIL
#define T VERDICT_TIMEOUT
#define C VERDICT_CRASH
#define L VERDICT_LOST

static const struct store_expected one = {.role = "kut",
					  .file = "expect/k.yaml",
					  .line = 7,
					  .name = "epoll_*",
					  .lane = "static",
					  .verdicts = "fail,flaky",
					  .owner = "kernel/epoll",
					  .reason = "four of ten",
					  .issue = "#12",
					  .expires = "2027-02-28"};

static int see(void *arg, const struct store_expected *e)
{
	unsigned int *n = arg;

	if ((*n)++ > 0) {
		assert_string_equal(e->scenario, "ssh-*");
		assert_null(e->lane);
		return 0;
	}
	assert_string_equal(e->role, one.role);
	assert_string_equal(e->file, one.file);
	assert_int_equal(e->line, 7);
	assert_string_equal(e->name, one.name);
	assert_null(e->scenario);
	assert_string_equal(e->lane, one.lane);
	assert_string_equal(e->verdicts, one.verdicts);
	assert_string_equal(e->owner, one.owner);
	assert_string_equal(e->reason, one.reason);
	assert_string_equal(e->issue, one.issue);
	assert_string_equal(e->expires, one.expires);
	return 0;
}

static void kept_in_the_run(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct store_expected two = one;
	unsigned int n = 0;

	two.scenario = "ssh-*";
	two.lane = NULL;
	assert_int_equal(store_add_expected(s, &one, NULL), 0);
	assert_int_equal(store_add_expected(s, &two, NULL), 0);
	store_close(s);
	s = open_again(f, false);
	assert_int_equal(store_each_expected(s, see, &n, NULL), 0);
	assert_int_equal(n, 2);
	store_close(s);
}

static int count(void *arg, const struct store_expected *e)
{
	(*(unsigned int *)arg)++;
	return 0;
}

/* Shards of one set were under the same file: it is told once. */
static void copied_once(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *other = path_join(f->top, "other");
	struct store *s = create(f), *to = NULL;
	struct store_expected two = one;
	unsigned int n = 0;

	two.lane = NULL;
	assert_int_equal(store_create(other, &to, NULL), 0);
	assert_int_equal(store_add_expected(s, &one, NULL), 0);
	assert_int_equal(store_add_expected(s, &two, NULL), 0);
	assert_int_equal(store_copy_expected(to, s, NULL), 0);
	assert_int_equal(store_copy_expected(to, s, NULL), 0);
	assert_int_equal(store_each_expected(to, count, &n, NULL), 0);
	assert_int_equal(n, 2);
	store_close(to);
	store_close(s);
}

static void whom_it_speaks_of(void **state)
{
	struct store_cell cell = {.role = "kut", .lane = "static", .scenario = "probes"};
	struct store_expected e = one;

	assert_true(expected_matches(&e, &cell, "epoll_edge"));
	assert_false(expected_matches(&e, &cell, "poll_edge"));
	e.scenario = "ssh-*";
	assert_false(expected_matches(&e, &cell, "epoll_edge"));
	e.scenario = "prob*";
	assert_true(expected_matches(&e, &cell, "epoll_edge"));
	cell.lane = "debian";
	assert_false(expected_matches(&e, &cell, "epoll_edge"));
	e.lane = NULL;
	assert_true(expected_matches(&e, &cell, "epoll_edge"));
	cell.role = "reference";
	assert_false(expected_matches(&e, &cell, "epoll_edge"));
}

static void the_last_day_counts(void **state)
{
	assert_false(expected_is_over(&one, "2026-12-31"));
	assert_false(expected_is_over(&one, "2027-02-28"));
	assert_true(expected_is_over(&one, "2027-03-01"));
	assert_true(expected_is_over(&one, "2028-01-01"));
}

static void what_becomes_of_a_verdict(void **state)
{
	static const struct {
		const char *verdicts;
		unsigned int n[VERDICT_COUNT];
		enum verdict verdict;
		bool flaky;
	} rows[] = {
		{"fail", {[F] = 1}, VERDICT_XFAIL, false},
		{"fail", {[F] = 3}, VERDICT_XFAIL, false},
		{"fail,timeout", {[F] = 1, [T] = 1}, VERDICT_XFAIL, false},
		{"crash", {[C] = 1}, VERDICT_XFAIL, false},
		/* Passes though it was expected to fail. */
		{"fail", {[P] = 1}, VERDICT_XPASS, false},
		{"fail", {[P] = 5}, VERDICT_XPASS, false},
		{"fail", {[P] = 1, [L] = 1}, VERDICT_XPASS, false},
		/* Worse, or otherwise, than expected. */
		{"fail", {[T] = 1}, T, false},
		{"fail", {[C] = 1}, C, false},
		{"fail", {[F] = 1, [C] = 1}, C, false},
		{"fail", {[F] = 1, [T] = 1}, T, false},
		{"timeout", {[F] = 1, [T] = 1}, T, false},
		{"crash", {[C] = 1, [P] = 1}, C, false},
		/* Sometimes. */
		{"fail", {[F] = 1, [P] = 1}, P, true},
		{"flaky", {[F] = 1, [P] = 1}, VERDICT_XFAIL, false},
		{"flaky", {[P] = 1}, P, false},
		{"flaky", {[F] = 2}, F, false},
		{"fail,flaky", {[F] = 2}, VERDICT_XFAIL, false},
		/* Nothing was learnt. */
		{"fail", {[S] = 1}, S, false},
		{"fail", {[L] = 1}, L, false},
		/* Whole words. */
		{"failure", {[F] = 1}, F, false},
		{"", {[F] = 1}, F, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct store_expected e = one;
		struct verdict_merged m = verdict_merge(rows[i].n);

		e.verdicts = rows[i].verdicts;
		m = expected_apply(&e, m, rows[i].n);
		if (m.verdict != rows[i].verdict || m.flaky != rows[i].flaky)
			fail_msg("row %zu: %s", i, verdict_name(m.verdict));
	}
}

/* An expectation makes no crash, no hang and no loss disappear that it does not name. */
static void nothing_else_is_excused(void **state)
{
	for (unsigned int seen = 1; seen < 1u << VERDICT_COUNT; seen++) {
		unsigned int n[VERDICT_COUNT] = {0};
		struct store_expected e = one;
		struct verdict_merged m;

		for (int v = 0; v < VERDICT_COUNT; v++)
			n[v] = seen >> v & 1;
		n[VERDICT_XFAIL] = n[VERDICT_XPASS] = 0;
		e.verdicts = "fail,flaky";
		m = expected_apply(&e, verdict_merge(n), n);
		if (m.verdict == VERDICT_XFAIL)
			assert_true(!n[C] && (n[P] ? n[F] || n[T] : n[F] && !n[T]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kept_in_the_run, setup, teardown),
		cmocka_unit_test_setup_teardown(copied_once, setup, teardown),
		cmocka_unit_test(whom_it_speaks_of),
		cmocka_unit_test(the_last_day_counts),
		cmocka_unit_test(what_becomes_of_a_verdict),
		cmocka_unit_test(nothing_else_is_excused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
