/* SPDX-License-Identifier: MIT */
/*
 * share: cases that the parts of a set have in common, handed out while they run.
 *
 * A set is cut by what its cases took before, and one machine is slower than that all the same: a
 * neighbour on its core, a crash. So the parts keep some cases for the end, and whoever has asked
 * its own takes as many of them as lets all end together. Owns a page of memory that the workers of
 * one set inherit: nothing is on the disk, and nothing is left behind. Called by plan, which makes
 * it, and by probes, which takes.
 */
#ifndef RUN_SHARE_H
#define RUN_SHARE_H

#include <stdbool.h>

#include "base/err.h"

/* The page's descriptor in a worker. */
#define SHARE_FD 3
/* Parts of one set. */
#define SHARE_PARTS_MAX 64

struct share;

/* A page for this many parts, each with so many cases of its own: a descriptor, close-on-exec, the
 * caller's to close; -errno. */
int share_new(const unsigned int *own, unsigned int parts, unsigned int common, struct err *err);
/* part: from 1. Takes over fd in any case. 0, or -EPROTO when it is no such page or part. */
int share_open(int fd, unsigned int part, struct share **ret_share, struct err *err);
/* NULL: nothing to do. */
void share_close(struct share *s);
/* One more of this part's cases has an answer. */
void share_answered(struct share *s);
/* Some are left for now: others may be quicker. */
bool share_has_more(const struct share *s);
/*
 * This part has asked all it had: the cases from *ret_from on are its own now, counted from 0 in
 * the order that all parts have. Their number; 0: none is left.
 */
unsigned int share_take(struct share *s, unsigned int *ret_from);

#endif
