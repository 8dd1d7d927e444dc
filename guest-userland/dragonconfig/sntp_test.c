/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sntp.h"

#define SEC	  1000000ll
#define NONCE	  0x0123456789abcdefull
#define FROM_1900 2208988800ll

static void put(uint8_t *p, size_t n, uint64_t v)
{
	while (n--) {
		p[n] = (uint8_t)v;
		v >>= 8;
	}
}

static void put_time(uint8_t *p, int64_t us)
{
	put(p, 4, (uint64_t)(us / SEC + FROM_1900));
	put(p + 4, 4, (((uint64_t)(us % SEC) << 32) + SEC / 2) / SEC);
}

/* A server that got the question at received and thought for 10 ms. */
static void answer(uint8_t p[SNTP_SIZE], int64_t received)
{
	sntp_request(p, NONCE);
	memmove(p + 24, p + 40, 8);
	p[0] = 4 << 3 | 4;
	p[1] = 2;
	put_time(p + 32, received);
	put_time(p + 40, received + 10000);
}

/* Asked at sent by our clock, answered 110 ms later. */
static int reads(const uint8_t *p, int64_t sent, int64_t *offset)
{
	const struct sntp_asked asked = {NONCE, sent, sent + 110000};
	struct err err = ERR_INIT;
	int r = sntp_read(p, SNTP_SIZE, &asked, offset, &err);

	assert_true(r == 0 || err.text[0]);
	return r;
}

static void a_clock_that_is_off(void **arg)
{
	static const int64_t ours[] = {0, 1700000000 * SEC, 1800000000 * SEC, 4000000000 * SEC,
				       5000000000 * SEC};
	/* The second one is of the era that begins in 2036. */
	static const int64_t theirs[] = {1800000000 * SEC, 2100000000 * SEC};
	uint8_t p[SNTP_SIZE];
	int64_t offset;

	(void)arg;
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 2; k++) {
			answer(p, theirs[k]);
			assert_int_equal(reads(p, ours[i], &offset), 0);
			/* 50 ms each way. */
			assert_in_range(offset - (theirs[k] - ours[i] - 50000) + 5, 0, 10);
		}
}

static void answers_that_are_none(void **arg)
{
	static const struct {
		size_t at, n;
		uint64_t v;
	} lies[] = {
		{0, 1, 4 << 3 | 3}, {0, 1, 4},	   {0, 1, 7 << 3 | 4}, {0, 1, 0xe4},
		{1, 1, 0},	    {1, 1, 16},	   {4, 4, 0x30004},    {8, 4, 0x20000},
		{4, 4, 0xffffffff}, {24, 8, 0},	   {24, 8, NONCE + 1}, {32, 8, 0},
		{40, 8, 0},	    {40, 4, 0x10}, {32, 4, 0x10},      {40, 4, 0xffffffff},
	};
	static const int64_t years[] = {0, 1767225599, 4102444800, 5000000000};
	const struct sntp_asked asked = {NONCE, 1800000000 * SEC, 1800000000 * SEC + 1};
	const struct sntp_asked slow = {NONCE, 1800000000 * SEC, 1800000010 * SEC};
	uint8_t p[SNTP_SIZE];
	int64_t offset = 42;

	(void)arg;
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		answer(p, 1800000000 * SEC);
		put(p + lies[i].at, lies[i].n, lies[i].v);
		assert_int_equal(reads(p, 1800000000 * SEC, &offset), -EBADMSG);
	}
	for (size_t i = 0; i < 4; i++) {
		answer(p, years[i] * SEC - 20000);
		assert_int_equal(reads(p, 1800000000 * SEC, &offset), -EBADMSG);
	}
	answer(p, 1800000000 * SEC);
	for (size_t n = 0; n < SNTP_SIZE; n++)
		assert_int_equal(sntp_read(p, n, &asked, &offset, NULL), -EBADMSG);
	/* It thought for longer than it was away; it was away too long. */
	assert_int_equal(sntp_read(p, SNTP_SIZE, &asked, &offset, NULL), -EBADMSG);
	assert_int_equal(sntp_read(p, SNTP_SIZE, &slow, &offset, NULL), -EBADMSG);
	assert_int_equal(offset, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_clock_that_is_off),
					   cmocka_unit_test(answers_that_are_none)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
