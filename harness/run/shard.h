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
 * Deal n cases out to parts (at least 1) so that the parts take about as long: the longest first,
 * each to the part that has least to do. ret_part[k] is from 0. The same input gives the same cut.
 */
void shard_cut(const uint64_t *takes_us, size_t n, unsigned int parts, unsigned int *ret_part);

#endif
