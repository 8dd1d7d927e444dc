/* SPDX-License-Identifier: MIT */
/*
 * worker: one cell from its first boot to its last result, single-threaded, in a process of its
 * own.
 *
 * Owns loop and store handle of the process. Called by cmd/worker. Tells progress on standard
 * output, results to the store.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include "base/err.h"
#include "base/loop.h"
#include "run/cell.h"
#include "step/guest.h"
#include "store/store.h"

struct worker {
	struct loop *loop;
	struct store *store;
	const struct cell *cell;
	unsigned int boots;
	bool silent; /* no progress lines: a verb drives the guest itself */
	bool gdb;
	void (*on_console)(void *arg, const char *data, size_t n); /* NULL: nobody listens */
	void *arg;
};

/* 0 when the cell has its results; -EINTR when it was told to stop. */
int worker_run(const struct cell *cell, struct err *err);
/*
 * Boot a machine for the cell. 0 with a guest that said hello. A machine that died or kept silent:
 * -ENODEV with *ret_verdict, reason and detail filled; other errors are ours.
 */
int worker_boot(struct worker *w, const char *why, const uint16_t *forward,
		struct guest **ret_guest, enum verdict *ret_verdict, struct strbuf *reason,
		struct strbuf *detail, struct err *err);

/* The kinds of cell. */
int worker_probes(struct worker *w, struct err *err);
int worker_suite(struct worker *w, struct err *err);
int worker_scenario(struct worker *w, struct err *err);

#endif
