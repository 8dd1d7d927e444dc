/* SPDX-License-Identifier: MIT */
#include "step/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/deadline.h"

/* n heartbeats, each a host's second after the one before, of a clock that goes so many of its
 * milliseconds meanwhile. */
static struct watch_facts beats(unsigned int n, uint64_t guest_ms)
{
	struct watch_facts f;

	watch_init(&f);
	for (unsigned int i = 0; i < n; i++)
		f.beats[f.heartbeats++ % WATCH_BEATS] = (struct watch_beat){
			.host_us = 50 * SEC + i * SEC, .guest_ms = 7000 + i * guest_ms};
	return f;
}

static void what_a_clock_is(void **state)
{
	static const struct {
		unsigned int n;
		uint64_t guest_ms;
		double clock;
	} rows[] = {
		{0, 1000, 0}, {1, 1000, 0},  {2, 1000, 0}, /* one second tells nothing */
		{3, 1000, 1}, {3, 500, 0.5}, {10, 100, 0.1}, {200, 900, 0.9}, {40, 1000, 1.0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct watch_facts f = beats(rows[i].n, rows[i].guest_ms);

		assert_true(watch_guest_clock(&f) > rows[i].clock - 0.001);
		assert_true(watch_guest_clock(&f) < rows[i].clock + 0.001);
	}
}

/* A clock that went backwards (a guest that began anew) tells nothing. */
static void a_clock_that_goes_back(void **state)
{
	struct watch_facts f = beats(5, 1000);

	f.beats[4].guest_ms = 3;
	assert_true(watch_guest_clock(&f) == 0);
}

/* Who gets a second boot before it is told that it hung. */
static void which_clock_is_slow(void **state)
{
	static const struct {
		unsigned int n;
		uint64_t guest_ms, since_hello_us;
		bool slow;
	} rows[] = {
		{10, 1000, 10 * SEC, false},
		{10, 810, 10 * SEC, false},
		{10, 790, 10 * SEC, true},
		{10, 100, 10 * SEC, true},
		{10, 1000, SEC, false},
		{10, 100, SEC, true},
		/* Not known: too early for beats, or so late that they are missing. */
		{0, 0, SEC, false},
		{1, 1000, 4 * SEC, false},
		{0, 0, 5 * SEC, true},
		{2, 1000, 5 * SEC, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct watch_facts f = beats(rows[i].n, rows[i].guest_ms);

		if (watch_clock_is_slow(&f, rows[i].since_hello_us) != rows[i].slow)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_clock_is),
		cmocka_unit_test(a_clock_that_goes_back),
		cmocka_unit_test(which_clock_is_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
