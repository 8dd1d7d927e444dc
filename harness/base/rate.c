/* SPDX-License-Identifier: MIT */
#include "base/rate.h"

#include <math.h>

struct rate rate_wilson(uint64_t hits, uint64_t n, double z)
{
	struct rate r = {.seen = 0, .low = 0, .high = 1};
	double count = (double)n, p, spread, middle, scale;

	if (!n)
		return r;
	if (hits > n)
		hits = n;
	p = (double)hits / count;
	scale = 1 + z * z / count;
	middle = p + z * z / (2 * count);
	spread = z * sqrt(p * (1 - p) / count + z * z / (4 * count * count));
	r.seen = p;
	/* At the ends the bound is the end itself, not what rounding leaves of it. */
	r.low = hits ? (middle - spread) / scale : 0;
	r.high = hits < n ? (middle + spread) / scale : 1;
	return r;
}

uint64_t rate_attempts_below(double bound, double z)
{
	/* The upper bound for no hit in n is z² / (n + z²). */
	return (uint64_t)ceil(z * z / bound - z * z);
}
