/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "store/verdict.h"

static void names_read_back(void **state)
{
	for (int v = 0; v < VERDICT_COUNT; v++)
		assert_int_equal(verdict_parse(verdict_name((enum verdict)v)), v);
	assert_int_equal(verdict_parse("passed"), -1);
	assert_int_equal(verdict_parse(""), -1);
	assert_int_equal(verdict_parse(NULL), -1);
	assert_string_equal(verdict_name((enum verdict)VERDICT_COUNT), "unknown");
	assert_string_equal(verdict_name((enum verdict) - 1), "unknown");
}

static void worst_wins(void **state)
{
	static const enum verdict rows[][3] = {
		{VERDICT_PASS, VERDICT_PASS, VERDICT_PASS},
		{VERDICT_PASS, VERDICT_SKIP, VERDICT_SKIP},
		{VERDICT_XPASS, VERDICT_XFAIL, VERDICT_XPASS},
		{VERDICT_FAIL, VERDICT_TIMEOUT, VERDICT_TIMEOUT},
		{VERDICT_CRASH, VERDICT_FAIL, VERDICT_CRASH},
		{VERDICT_LOST, VERDICT_CRASH, VERDICT_LOST},
		{VERDICT_BROKEN, VERDICT_PASS, VERDICT_BROKEN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(verdict_worst(rows[i][0], rows[i][1]), rows[i][2]);
		assert_int_equal(verdict_worst(rows[i][1], rows[i][0]), rows[i][2]);
	}
}

static void classes(void **state)
{
	static const struct {
		enum verdict v;
		bool bad, infra;
		int exit;
	} rows[] = {
		{VERDICT_PASS, false, false, 0},  {VERDICT_SKIP, false, false, 0},
		{VERDICT_XFAIL, false, false, 0}, {VERDICT_XPASS, false, false, 1},
		{VERDICT_FAIL, true, false, 1},	  {VERDICT_TIMEOUT, true, false, 1},
		{VERDICT_CRASH, true, false, 1},  {VERDICT_LOST, false, true, 3},
		{VERDICT_BROKEN, false, true, 3},
	};

	assert_int_equal(ARRAY_SIZE(rows), VERDICT_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct verdict_tally t = {{0}};

		assert_int_equal(verdict_is_bad(rows[i].v), rows[i].bad);
		assert_int_equal(verdict_is_infra(rows[i].v), rows[i].infra);
		verdict_tally_add(&t, VERDICT_PASS);
		verdict_tally_add(&t, rows[i].v);
		assert_int_equal(verdict_tally_exit(&t), rows[i].exit);
		assert_int_equal(verdict_tally_total(&t), 2);
	}
}

static void bad_outranks_broken(void **state)
{
	struct verdict_tally t = {{0}};

	assert_int_equal(verdict_tally_exit(&t), 0);
	verdict_tally_add(&t, VERDICT_BROKEN);
	verdict_tally_add(&t, VERDICT_LOST);
	assert_int_equal(verdict_tally_exit(&t), 3);
	verdict_tally_add(&t, VERDICT_XPASS);
	assert_int_equal(verdict_tally_exit(&t), 1);
}

static void unknown_counts_as_broken(void **state)
{
	struct verdict_tally t = {{0}};

	verdict_tally_add(&t, (enum verdict)77);
	assert_int_equal(t.n[VERDICT_BROKEN], 1);
	assert_int_equal(verdict_tally_exit(&t), 3);
}

struct merging {
	unsigned int n[VERDICT_COUNT];
	enum verdict verdict, telling;
	bool flaky;
};

#define P VERDICT_PASS
#define S VERDICT_SKIP
#define F VERDICT_FAIL
#define T VERDICT_TIMEOUT
#define C VERDICT_CRASH
#define L VERDICT_LOST
#define B VERDICT_BROKEN

static const struct merging mergings[] = {
	/* All the same. */
	{{[P] = 1}, P, P, false},
	{{[P] = 5}, P, P, false},
	{{[F] = 3}, F, F, false},
	{{[T] = 2}, T, T, false},
	{{[S] = 2}, S, S, false},
	{{[L] = 2}, L, L, false},
	{{[B] = 2}, B, B, false},
	/* A crash is never asked away. */
	{{[C] = 1}, C, C, false},
	{{[C] = 1, [P] = 9}, C, C, false},
	{{[C] = 1, [F] = 1, [P] = 1}, C, C, false},
	{{[C] = 1, [B] = 1, [L] = 1}, C, C, false},
	/* Sometimes it passes. */
	{{[F] = 1, [P] = 1}, P, F, true},
	{{[T] = 1, [P] = 1}, P, T, true},
	{{[F] = 9, [T] = 1, [P] = 1}, P, T, true},
	{{[F] = 1, [B] = 1, [P] = 1}, P, F, true},
	/* Infrastructure gives way to whoever has a word. */
	{{[L] = 1, [P] = 1}, P, P, false},
	{{[B] = 1, [F] = 1}, F, F, false},
	{{[B] = 1, [S] = 1}, S, S, false},
	{{[B] = 1, [L] = 1}, B, B, false},
	/* And so does what was not asked. */
	{{[S] = 1, [P] = 1}, P, P, false},
	{{[S] = 1, [F] = 1}, F, F, false},
	/* Bad in more than one way. */
	{{[F] = 3, [T] = 1}, T, T, false},
	/* Nothing is no pass. */
	{{0}, B, B, false},
};

static void attempts_become_one(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(mergings); i++) {
		struct verdict_merged m = verdict_merge(mergings[i].n);

		assert_int_equal(m.verdict, mergings[i].verdict);
		assert_int_equal(m.telling, mergings[i].telling);
		assert_int_equal(m.flaky, mergings[i].flaky);
	}
}

/* Whatever is seen beside it, a crash stays one, and only where a pass was seen there is one. */
static void no_crash_lost_no_pass_invented(void **state)
{
	for (unsigned int seen = 1; seen < 1u << VERDICT_COUNT; seen++) {
		unsigned int n[VERDICT_COUNT] = {0};
		struct verdict_merged m;

		for (int v = 0; v < VERDICT_COUNT; v++)
			n[v] = seen >> v & 1;
		m = verdict_merge(n);
		assert_true(n[m.verdict] && n[m.telling]);
		assert_int_equal(m.verdict == C, n[C]);
		if (m.verdict == P && (n[F] || n[T]))
			assert_true(m.flaky);
	}
}

static void flaky_is_counted_apart(void **state)
{
	struct verdict_tally t = {{0}};
	struct verdict_merged flaky =
		verdict_merge((unsigned int[VERDICT_COUNT]){[P] = 1, [F] = 1});
	struct verdict_merged pass = verdict_merge((unsigned int[VERDICT_COUNT]){[P] = 1});

	verdict_tally_add_merged(&t, &flaky);
	verdict_tally_add_merged(&t, &pass);
	assert_int_equal(t.flaky, 1);
	assert_int_equal(t.n[P], 1);
	assert_int_equal(t.n[F], 0);
	assert_int_equal(verdict_tally_total(&t), 2);
	assert_int_equal(verdict_tally_exit(&t), 0);
}

static void outcome_sets(void **state)
{
	static const struct {
		unsigned int n[VERDICT_COUNT], set;
	} rows[] = {
		{{[P] = 4}, 1u << P},
		{{[P] = 4, [F] = 1}, 1u << P | 1u << F},
		{{[P] = 4, [C] = 1}, 1u << P | 1u << C},
		{{[P] = 1, [B] = 2, [S] = 1}, 1u << P},
		{{[L] = 1, [B] = 1}, 1u << L | 1u << B},
		{{[S] = 2, [B] = 1}, 1u << S},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(verdict_outcome_set(rows[i].n), rows[i].set);
}

static void names_of_our_own(void **state)
{
	assert_true(verdict_is_own_name("boot"));
	assert_true(verdict_is_own_name("(suite)"));
	assert_false(verdict_is_own_name("boot_time"));
	assert_false(verdict_is_own_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_read_back),
		cmocka_unit_test(worst_wins),
		cmocka_unit_test(classes),
		cmocka_unit_test(bad_outranks_broken),
		cmocka_unit_test(unknown_counts_as_broken),
		cmocka_unit_test(attempts_become_one),
		cmocka_unit_test(no_crash_lost_no_pass_invented),
		cmocka_unit_test(flaky_is_counted_apart),
		cmocka_unit_test(outcome_sets),
		cmocka_unit_test(names_of_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
