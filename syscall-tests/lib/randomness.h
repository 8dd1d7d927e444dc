/* SPDX-License-Identifier: MIT */
/*
 * Tests that a source of random bytes cannot pass by accident, nor fail by accident: each bound
 * is more than seven standard deviations wide.
 *
 * Owns:       nothing.
 * Called by:  probes of getrandom, /dev/urandom, AT_RANDOM.
 * Never does: judge predictability as such; it finds generators that are bad on their face.
 */
#ifndef RANDOMNESS_H
#define RANDOMNESS_H

#include <stddef.h>

enum { RANDOMNESS_LEN = 65536 };

/* Expectations about len bytes; len is a multiple of 8 and at least 4096. */
void expect_random(const unsigned char *bytes, size_t len);

#endif
