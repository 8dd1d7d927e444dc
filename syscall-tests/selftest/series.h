/* SPDX-License-Identifier: MIT */
/*
 * Words as a good source of random bytes gives them, the same each time.
 *
 * Owns:       nothing.
 * Called by:  the selftest's probes of lib/randomness.
 * Never does: ask the kernel for them: what chance brings once in a thousand times is made here.
 */
#ifndef SERIES_H
#define SERIES_H

#include "probe.h"
#include "lib/randomness.h"

/* An additive counter, well mixed. */
static inline void fair_words(uint64_t words[RANDOMNESS_LEN / 8])
{
	uint64_t at = 1;

	for (int i = 0; i < RANDOMNESS_LEN / 8; i++) {
		uint64_t w = at += 0x9e3779b97f4a7c15u;

		w = (w ^ w >> 30) * 0xbf58476d1ce4e5b9u;
		w = (w ^ w >> 27) * 0x94d049bb133111ebu;
		words[i] = w ^ w >> 31;
	}
}

/* So many words go on by the step before. */
static inline void continue_series(uint64_t words[RANDOMNESS_LEN / 8], int steps)
{
	for (int i = 100; steps > 0; i += 100, steps--)
		words[i] = 2 * words[i - 1] - words[i - 2];
}

#endif
