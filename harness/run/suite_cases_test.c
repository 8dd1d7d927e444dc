/* SPDX-License-Identifier: MIT */
#include "run/suite_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

#define LIVE 300

/* Room for those that are not told, however many there were. */
static void the_told_are_forgotten(void **state)
{
	_cleanup_(suite_cases_release) struct suite_cases c = {0};

	for (unsigned long i = 0; i < 100 * LIVE; i++) {
		const struct suite_case one = {.name = xasprintf("case %lu", i), .number = i};
		char name[40];

		suite_cases_add(&c, &one);
		if (i < LIVE)
			continue;
		snprintf(name, sizeof(name), "case %lu", i - LIVE);
		assert_ptr_equal(suite_cases_find(&c, name), suite_cases_at(&c, i - LIVE));
		suite_cases_find(&c, name)->told = true;
	}
	assert_true(c.room <= 4 * LIVE);
	assert_non_null(suite_cases_at(&c, 100 * LIVE - 1));
	assert_null(suite_cases_at(&c, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_told_are_forgotten)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
