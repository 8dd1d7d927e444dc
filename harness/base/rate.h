/* SPDX-License-Identifier: MIT */
/*
 * rate: how often something happens, and how well that is known.
 *
 * Pure. Called by report/ and cmd/ for the rate at which a case fails over many attempts.
 */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include <stdint.h>

/* For 95 and 99 of 100 such intervals to hold the true rate. */
#define RATE_Z_95 1.959964
#define RATE_Z_99 2.575829

struct rate {
	double seen;	  /* hits / n; 0 when n is 0 */
	double low, high; /* Wilson's score interval, within 0 … 1; 0 … 1 when n is 0 */
};

/*
 * hits of n independent attempts (more hits than n count as n). Wilson's interval keeps its word
 * for few attempts and for rates near 0 and 1, where the usual one shrinks to nothing: none of ten
 * failed still allows for 28 %.
 */
struct rate rate_wilson(uint64_t hits, uint64_t n, double z);

/* Attempts without a single hit from which on the rate is known to be below a bound, 0 < bound < 1.
 */
uint64_t rate_attempts_below(double bound, double z);

#endif
