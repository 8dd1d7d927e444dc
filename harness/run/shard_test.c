/* SPDX-License-Identifier: MIT */
#include "run/shard.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void words_are_read(void **state)
{
	static const char *const bad[] = {"",	  "1",	 "0/2",	 "3/2",	   "/2",
					  "1/",	  "1/0", "1/2x", "+1/2",   "1/ 2",
					  "-1/2", "a/b", "1//2", "1/1001", "99999999999999999999/2",
					  "1/2/3"};
	struct shard s = {0};

	assert_int_equal(shard_parse("2/8", &s, NULL), 0);
	assert_int_equal(s.i, 2);
	assert_int_equal(s.n, 8);
	assert_int_equal(shard_parse("1000/1000", &s, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(shard_parse(bad[i], &s, &err), -EINVAL);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.text, "I/N"));
	}
	assert_int_equal(s.n, 1000);
}

/* For every n and every number of cases: each case is in one shard and no other. */
static void shards_are_disjoint_and_complete(void **state)
{
	for (unsigned int n = 1; n <= 64; n++) {
		for (size_t place = 0; place < 300; place++) {
			unsigned int owners = 0;

			for (unsigned int i = 1; i <= n; i++)
				owners += shard_has(&(struct shard){i, n}, place);
			assert_int_equal(owners, 1);
		}
	}
}

/* No shard has more than one case more than another. */
static void shards_are_even(void **state)
{
	for (unsigned int n = 1; n <= 20; n++) {
		for (size_t cases = 0; cases < 100; cases++) {
			size_t most = 0, least = SIZE_MAX;

			for (unsigned int i = 1; i <= n; i++) {
				size_t has = 0;

				for (size_t place = 0; place < cases; place++)
					has += shard_has(&(struct shard){i, n}, place);
				most = has > most ? has : most;
				least = has < least ? has : least;
			}
			assert_true(most - least <= 1);
		}
	}
}

static void no_shard_has_all(void **state)
{
	for (size_t place = 0; place < 10; place++)
		assert_true(shard_has(&(struct shard){0}, place));
}

static uint64_t load_of(const uint64_t *takes, const unsigned int *part, size_t n, unsigned int p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		if (part[i] == p)
			sum += takes[i];
	return sum;
}

static void a_cut_is_even(void **state)
{
	const uint64_t takes[] = {100, 900, 200, 300, 500, 400, 600, 800, 700, 500};
	unsigned int part[ARRAY_SIZE(takes)], again[ARRAY_SIZE(takes)];

	shard_cut(takes, ARRAY_SIZE(takes), 2, part);
	assert_int_equal(load_of(takes, part, ARRAY_SIZE(takes), 0), 2500);
	assert_int_equal(load_of(takes, part, ARRAY_SIZE(takes), 1), 2500);
	shard_cut(takes, ARRAY_SIZE(takes), 2, again);
	assert_memory_equal(part, again, sizeof(part));
}

/* One case that outlasts all others has a part of its own. */
static void a_long_case_is_alone(void **state)
{
	const uint64_t takes[] = {1, 2, 3, 1000, 4, 5};
	unsigned int part[ARRAY_SIZE(takes)];

	shard_cut(takes, ARRAY_SIZE(takes), 2, part);
	for (size_t i = 0; i < ARRAY_SIZE(takes); i++)
		if (i != 3)
			assert_int_not_equal(part[i], part[3]);
}

/* What is beside each other in the list is asked by one machine. */
static void neighbours_stay_together(void **state)
{
	uint64_t takes[40];
	unsigned int part[ARRAY_SIZE(takes)];

	for (size_t i = 0; i < ARRAY_SIZE(takes); i++)
		takes[i] = 10;
	shard_cut(takes, ARRAY_SIZE(takes), 4, part);
	for (size_t i = 0; i < ARRAY_SIZE(takes); i++)
		assert_int_equal(part[i], i / 10);
	/* The long one goes to the first part, whose stretch is shorter for it. */
	takes[25] = 60;
	shard_cut(takes, ARRAY_SIZE(takes), 4, part);
	assert_int_equal(part[25], 0);
	for (size_t i = 1; i < ARRAY_SIZE(takes); i++)
		if (i != 25 && i != 26)
			assert_in_range(part[i] - part[i - 1], 0, 1);
	for (unsigned int p = 0; p < 4; p++)
		assert_in_range(load_of(takes, part, ARRAY_SIZE(takes), p), 100, 120);
}

/* Never past the bound of longest-first: the even share and the longest case. */
static void a_cut_keeps_its_bound(void **state)
{
	uint64_t takes[97];
	unsigned int part[ARRAY_SIZE(takes)];

	srand(7);
	for (unsigned int parts = 1; parts <= 16; parts++) {
		uint64_t sum = 0, longest = 0;

		for (size_t i = 0; i < ARRAY_SIZE(takes); i++) {
			takes[i] = (uint64_t)(rand() % 1000);
			sum += takes[i];
			longest = takes[i] > longest ? takes[i] : longest;
		}
		shard_cut(takes, ARRAY_SIZE(takes), parts, part);
		for (unsigned int p = 0; p < parts; p++)
			assert_true(load_of(takes, part, ARRAY_SIZE(takes), p) <=
				    sum / parts + longest + ARRAY_SIZE(takes));
		for (size_t i = 0; i < ARRAY_SIZE(takes); i++)
			assert_true(part[i] < parts);
	}
}

static void cases_of_no_length_are_dealt_out(void **state)
{
	const uint64_t takes[8] = {0};
	unsigned int part[8], first = 0;

	shard_cut(takes, 8, 2, part);
	for (size_t i = 0; i < 8; i++)
		first += part[i] == 0;
	assert_int_equal(first, 4);
}

/* Two seconds and a start of a quarter: the second machine saves one, the third a third of one, the
 * fourth a sixth. */
static void a_machine_more_must_pay(void **state)
{
	const struct {
		uint64_t takes, share, start;
		unsigned int jobs, parts;
	} rows[] = {
		{2000, 2000, 250, 1, 1}, {2000, 1000, 250, 2, 2}, {2000, 666, 250, 3, 3},
		{2000, 500, 250, 4, 3},	 {2000, 31, 250, 64, 3},  {20000, 312, 250, 64, 9},
		{499, 249, 250, 2, 1},	 {500, 250, 250, 2, 2},	  {2000, 1000, 1001, 2, 1},
		{2000, 500, 0, 4, 4},	 {0, 0, 250, 4, 1},	  {1000, 5000, 250, 4, 1},
		{9000, 5000, 250, 4, 2}, {9000, 5000, 250, 1, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (shard_parts(rows[i].takes, rows[i].share, rows[i].start, rows[i].jobs) !=
		    rows[i].parts)
			fail_msg("row %zu: not %u", i, rows[i].parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_read),
		cmocka_unit_test(shards_are_disjoint_and_complete),
		cmocka_unit_test(shards_are_even),
		cmocka_unit_test(no_shard_has_all),
		cmocka_unit_test(a_cut_is_even),
		cmocka_unit_test(a_long_case_is_alone),
		cmocka_unit_test(neighbours_stay_together),
		cmocka_unit_test(a_cut_keeps_its_bound),
		cmocka_unit_test(a_machine_more_must_pay),
		cmocka_unit_test(cases_of_no_length_are_dealt_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
