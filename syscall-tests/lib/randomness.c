/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "probe.h"
#include "lib/randomness.h"

enum {
	SIGMAS = 7,
	/* A step that is near the one before: one of 2^23 in a good source, so that of 65,536 bytes
	 * one in a thousand has such a step, and four of them are as rare as SIGMAS. */
	STEPS_BY_CHANCE = 3,
};

/* Of n fair coins, how far from n/2 the heads may stray. */
static double bound(size_t n)
{
	return SIGMAS * sqrt((double)n) / 2;
}

static uint64_t word(const unsigned char *bytes, size_t i)
{
	uint64_t w;

	memcpy(&w, bytes + 8 * i, 8);
	return w;
}

/* Each of the 64 bit positions of a word is set half of the time. */
static void expect_balance(const unsigned char *bytes, size_t words)
{
	int bad = 0, worst = 0;
	double far = 0;

	for (int bit = 0; bit < 64; bit++) {
		size_t ones = 0;

		for (size_t i = 0; i < words; i++)
			ones += word(bytes, i) >> bit & 1;
		double off = fabs((double)ones - (double)words / 2);

		bad += off > bound(words);
		if (off > far) {
			far = off;
			worst = bit;
		}
	}
	EXPECT(bad == 0, "%d of 64 bit positions are unbalanced; worst is bit %d, off by %d of %zu",
	       bad, worst, (int)far, words);
}

/* Every byte value occurs about equally often: chi-squared with 255 degrees of freedom. */
static void expect_spread(const unsigned char *bytes, size_t len)
{
	size_t count[256] = {0};
	double mean = (double)len / 256, chi = 0;

	for (size_t i = 0; i < len; i++)
		count[bytes[i]]++;
	for (int v = 0; v < 256; v++)
		chi += ((double)count[v] - mean) * ((double)count[v] - mean) / mean;
	EXPECT(chi < 255 + SIGMAS * sqrt(2.0 * 255) + 60 && chi > 255 - SIGMAS * sqrt(2.0 * 255),
	       "byte values are spread with chi-squared %d, expected about 255", (int)chi);
}

/* A good source repeats no word, and hardly ever a difference of neighbouring words. */
static void expect_no_series(const unsigned char *bytes, size_t words)
{
	int near_steps = 0, repeats = 0;

	for (size_t i = 2; i < words; i++) {
		uint64_t step = word(bytes, i) - word(bytes, i - 1);
		uint64_t before = word(bytes, i - 1) - word(bytes, i - 2);
		int64_t bend = (int64_t)(step - before);

		near_steps += bend > -(1ll << 40) && bend < (1ll << 40);
		repeats += word(bytes, i) == word(bytes, i - 1);
	}
	EXPECT(repeats == 0, "%d of %zu 8-byte words repeat the one before", repeats, words);
	EXPECT(near_steps <= STEPS_BY_CHANCE,
	       "%d of %zu 8-byte words continue an arithmetic series", near_steps, words);
}

void expect_random(const unsigned char *bytes, size_t len)
{
	expect_balance(bytes, len / 8);
	expect_spread(bytes, len);
	expect_no_series(bytes, len / 8);
}
