/* SPDX-License-Identifier: MIT */
/*
 * durations: how long each case of a set took the last times, so that the longest begin first.
 *
 * A small file a kind of set below the cache: kernel file's name, profile, lane, scenario; a kernel
 * built anew keeps its history. A hint and nothing more: without it, or with a damaged one, the
 * same cases are run in another order.
 */
#ifndef RUN_DURATIONS_H
#define RUN_DURATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "run/cell.h"
#include "store/store.h"

/* Name of the whole cell among its cases. */
#define DURATIONS_CELL "(cell)"

struct duration {
	char *name;
	uint64_t us;
};

struct durations {
	struct duration *v; /* by name */
	size_t n;
};

void durations_release(struct durations *d);
/* dir: NULL for the cache. Never fails: what cannot be read is not known. */
void durations_load(const char *dir, const struct cell *cell, struct durations *ret_durations);
/* What it took, or otherwise when that is not known. */
uint64_t durations_of(const struct durations *d, const char *name, uint64_t otherwise);
/* Learn from what the store has of the cell (not of a part): new and old count half each. */
void durations_learn(const char *dir, struct store *store, const struct cell *cell);

#endif
