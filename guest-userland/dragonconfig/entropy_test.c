/* SPDX-License-Identifier: MIT */
#include "entropy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define WORDS 512

/* splitmix64: a good generator with a known start. */
static uint64_t next(uint64_t *x)
{
	uint64_t z = (*x += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void good_words_are_good(void **state)
{
	uint64_t words[WORDS], x = 1;

	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < WORDS; i++)
			words[i] = next(&x);
		assert_null(entropy_flaw(words, WORDS));
		assert_null(entropy_flaw(words, 64));
	}
}

static void the_kernel_of_this_host_is_good(void **state)
{
	uint64_t words[WORDS];

	for (int round = 0; round < 100; round++) {
		assert_int_equal(getrandom(words, 256, 0), 256);
		assert_null(entropy_flaw(words, 32));
	}
	assert_null(entropy_kernel_flaw());
	assert_null(entropy_weakness());
}

static void each_stuck_bit_is_seen(void **state)
{
	uint64_t words[WORDS], x = 2;

	for (unsigned int bit = 0; bit < 64; bit++) {
		for (size_t i = 0; i < WORDS; i++)
			words[i] = next(&x) | 1ULL << bit;
		assert_non_null(entropy_flaw(words, WORDS));
		assert_non_null(entropy_flaw(words, 64));
		/* Nearly always 0 will do. */
		for (size_t i = 0; i < WORDS; i++)
			words[i] = i % 9 ? words[i] & ~(1ULL << bit) : words[i];
		assert_non_null(entropy_flaw(words, WORDS));
	}
}

static void series_are_seen(void **state)
{
	uint64_t words[WORDS] = {0}, x = 3;

	assert_non_null(entropy_flaw(words, WORDS));
	for (size_t i = 0; i < WORDS; i++)
		words[i] = i * 0x9e3779b97f4a7c15;
	assert_non_null(entropy_flaw(words, WORDS));
	/* Jitter in the lower bits, as a counter of cycles has. */
	for (size_t i = 0; i < WORDS; i++)
		words[i] = i * 0x9e3779b97f4a7c15 + next(&x) % 1000000;
	assert_non_null(entropy_flaw(words, WORDS));
	for (size_t i = 0; i < 64; i++)
		words[i] = UINT64_MAX;
	assert_non_null(entropy_flaw(words, 64));
}

static void bytes_differ_and_end_where_they_should(void **state)
{
	unsigned char a[100] = {0}, b[100] = {0};

	entropy_bytes(a, 99);
	entropy_bytes(b, 99);
	assert_memory_not_equal(a, b, 99);
	assert_int_equal(a[99], 0);
	for (size_t i = 0; i + 8 < 99; i++)
		assert_memory_not_equal(a + i, "\0\0\0\0\0\0\0\0", 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_words_are_good),
		cmocka_unit_test(the_kernel_of_this_host_is_good),
		cmocka_unit_test(each_stuck_bit_is_seen),
		cmocka_unit_test(series_are_seen),
		cmocka_unit_test(bytes_differ_and_end_where_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
