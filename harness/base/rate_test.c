/* SPDX-License-Identifier: MIT */
#include "base/rate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void near(double a, double b)
{
	if (fabs(a - b) > 0.0005)
		fail_msg("%f is not %f", a, b);
}

/* Figures of the literature: Wilson 1927, Newcombe 1998 (method 3), Brown, Cai and DasGupta 2001.
 */
static void known_intervals(void **state)
{
	static const struct {
		uint64_t hits, n;
		double low, high;
	} rows[] = {
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},   {0, 10, 0.0000, 0.2775},   {10, 10, 0.7225, 1.0000},
		{1, 2, 0.0945, 0.9055},	   {1, 1, 0.2065, 1.0000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rate r = rate_wilson(rows[i].hits, rows[i].n, RATE_Z_95);

		near(r.seen, (double)rows[i].hits / (double)rows[i].n);
		near(r.low, rows[i].low);
		near(r.high, rows[i].high);
	}
}

static void nothing_is_known_of_nothing(void **state)
{
	struct rate r = rate_wilson(0, 0, RATE_Z_95);

	assert_true(r.seen == 0 && r.low == 0 && r.high == 1);
	r = rate_wilson(9, 3, RATE_Z_95);
	assert_true(r.seen == 1 && r.high == 1);
}

/* Holds the rate, stays within bounds, is symmetric, and narrows with more attempts. */
static void shape(void **state)
{
	for (uint64_t n = 1; n <= 200; n += 7) {
		for (uint64_t hits = 0; hits <= n; hits++) {
			struct rate r = rate_wilson(hits, n, RATE_Z_95);
			struct rate mirror = rate_wilson(n - hits, n, RATE_Z_95);
			struct rate more = rate_wilson(10 * hits, 10 * n, RATE_Z_95);
			struct rate surer = rate_wilson(hits, n, RATE_Z_99);

			assert_true(r.low >= 0 && r.high <= 1);
			assert_true(r.low <= r.seen && r.seen <= r.high);
			near(r.low, 1 - mirror.high);
			assert_true(more.high - more.low < r.high - r.low);
			assert_true(surer.high - surer.low > r.high - r.low);
		}
	}
}

static void attempts_below(void **state)
{
	uint64_t n = rate_attempts_below(0.01, RATE_Z_95);

	assert_int_equal(n, 381);
	assert_true(rate_wilson(0, n, RATE_Z_95).high <= 0.01);
	assert_true(rate_wilson(0, n - 1, RATE_Z_95).high > 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_intervals),
		cmocka_unit_test(nothing_is_known_of_nothing),
		cmocka_unit_test(shape),
		cmocka_unit_test(attempts_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
