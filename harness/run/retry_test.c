/* SPDX-License-Identifier: MIT */
#include "run/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void which_are_asked_again(void **state)
{
	static const struct {
		unsigned int n[VERDICT_COUNT];
		bool wanted;
	} rows[] = {
		{{[VERDICT_PASS] = 1}, false},
		{{[VERDICT_SKIP] = 1}, false},
		{{[VERDICT_FAIL] = 1}, true},
		{{[VERDICT_FAIL] = 2}, true},
		{{[VERDICT_TIMEOUT] = 1}, true},
		{{[VERDICT_LOST] = 1}, true},
		{{[VERDICT_BROKEN] = 1}, true},
		/* A crash stands; a pass has told that it can. */
		{{[VERDICT_CRASH] = 1}, false},
		{{[VERDICT_CRASH] = 1, [VERDICT_FAIL] = 1}, false},
		{{[VERDICT_FAIL] = 1, [VERDICT_PASS] = 1}, false},
		{{[VERDICT_LOST] = 1, [VERDICT_PASS] = 1}, false},
		{{[VERDICT_LOST] = 1, [VERDICT_FAIL] = 1}, true},
		/* Never asked. */
		{{0}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(retry_wanted(rows[i].n), rows[i].wanted);
}

static void picks_in_order(void **state)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT, picked = STRV_INIT;
	_cleanup_(retry_release) struct retry r = {0};

	strv_split(&names, "a b c d e", " ");
	retry_init(&r, &names);
	retry_note(&r, "boot", VERDICT_FAIL);
	retry_note(&r, "a", VERDICT_PASS);
	retry_note(&r, "b", VERDICT_FAIL);
	retry_note(&r, "e", VERDICT_TIMEOUT);
	retry_note(&r, "c", VERDICT_LOST);
	assert_false(retry_has_crash(&r));
	retry_note(&r, "d", VERDICT_CRASH);
	assert_true(retry_has_crash(&r));
	retry_pick(&r, &picked);
	assert_int_equal(picked.n, 3);
	assert_string_equal(picked.v[0], "b");
	assert_string_equal(picked.v[1], "c");
	assert_string_equal(picked.v[2], "e");
	retry_note(&r, "b", VERDICT_PASS);
	retry_note(&r, "c", VERDICT_CRASH);
	strv_release(&picked);
	retry_pick(&r, &picked);
	assert_int_equal(picked.n, 1);
	assert_string_equal(picked.v[0], "e");
}

/* A failure that came as it was known is not asked again; one that came otherwise, or whose entry
 * is past its day or another's, is. */
static void known_ones_are_not_asked_again(void **state)
{
	struct store_expected known[] = {
		{.role = "kut", .name = "a", .verdicts = "fail"},
		{.role = "kut", .name = "b", .verdicts = "timeout"},
		{.role = "kut", .name = "c*", .verdicts = "fail,timeout", .lane = "static"},
		{.role = "kut", .name = "d", .verdicts = "fail", .scenario = "other"},
		{.role = "kut", .name = "e", .verdicts = "fail", .expires = "2025-01-01"},
		{.role = "kut", .name = "e", .verdicts = "fail"},
		{.role = "kut", .name = "f", .verdicts = "flaky"},
	};
	const struct foreseen foreseen = {
		.cell = {.role = "kut", .lane = "static", .scenario = "probes"},
		.day = "2026-01-01",
		.v = known,
		.n = ARRAY_SIZE(known),
	};
	_cleanup_(strv_release) struct strv names = STRV_INIT, picked = STRV_INIT;
	_cleanup_(retry_release) struct retry r = {0};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!known[i].expires)
			known[i].expires = "2999-12-31";
	strv_split(&names, "a b c1 c2 d e f", " ");
	retry_init(&r, &names);
	r.foreseen = &foreseen;
	for (size_t i = 0; i < names.n; i++)
		retry_note(&r, names.v[i], VERDICT_FAIL);
	retry_note(&r, "c2", VERDICT_LOST);
	retry_pick(&r, &picked);
	assert_int_equal(picked.n, 4);
	for (size_t i = 0; i < picked.n; i++)
		assert_string_equal(picked.v[i], ((const char *[]){"b", "d", "e", "f"})[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_are_asked_again),
		cmocka_unit_test(picks_in_order),
		cmocka_unit_test(known_ones_are_not_asked_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
