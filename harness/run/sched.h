/* SPDX-License-Identifier: MIT */
/*
 * sched: a worker process per cell, some at once, each with an absolute limit.
 *
 * Owns the workers. Called by cmd/. A worker that dies is a broken cell, never a dead run: the
 * scheduler writes that result.
 */
#ifndef RUN_SCHED_H
#define RUN_SCHED_H

#include "base/err.h"
#include "base/loop.h"
#include "run/cell.h"
#include "run/view.h"
#include "store/store.h"

/*
 * Run the cells, at most jobs at once, in the given order. 0 when every worker was seen to its end,
 * -EINTR when the run was cancelled (workers were told to stop and are gone).
 */
int sched_run(struct loop *loop, struct store *store, struct cell *cells, size_t n,
	      unsigned int jobs, struct view *view, struct err *err);

#endif
