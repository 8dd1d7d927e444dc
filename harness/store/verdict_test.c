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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_read_back),
		cmocka_unit_test(worst_wins),
		cmocka_unit_test(classes),
		cmocka_unit_test(bad_outranks_broken),
		cmocka_unit_test(unknown_counts_as_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
