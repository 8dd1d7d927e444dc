/* SPDX-License-Identifier: MIT */
/*
 * shard: which cases go where: to shard i of n on other hosts, or to the machines of this one.
 *
 * Called by run/plan. Pure. A shard is told by a case's place in the whole list alone, so that
 * every host gives the same answer; a cut goes by how long the cases are expected to take.
 */
#ifndef RUN_SHARD_H
#define RUN_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SHARD_MAX 1000

struct shard {
	unsigned int i, n; /* i from 1 to n; n 0: not sharded */
};

/* "2/8". ERR_USAGE for anything else. */
int shard_parse(const char *text, struct shard *ret_shard, struct err *err);
/* Shard i of n has the case at this place (from 0). */
bool shard_has(const struct shard *s, size_t place);

/*
 * Machines, at least 1 and at most jobs, for a set that takes so long, when a machine's even share
 * of all that is to do is share_us. One more is worth it only where it saves more than its start
 * costs.
 */
unsigned int shard_parts(uint64_t takes_us, uint64_t share_us, uint64_t start_us,
			 unsigned int jobs);
/*
 * Deal n cases out to parts (at least 1) so that the parts take about as long. The long ones come
 * first, the longest to the part that has least to do; of all others each part has a stretch of the
 * list, for neighbours go through the same code of a kernel, which each machine is slow to meet for
 * the first time. No part takes longer than the even share and the longest case. ret_part[k] is
 * from 0. The same input gives the same cut.
 */
void shard_cut(const uint64_t *takes_us, size_t n, unsigned int parts, unsigned int *ret_part);

#endif
