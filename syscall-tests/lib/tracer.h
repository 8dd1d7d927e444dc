/* SPDX-License-Identifier: MIT */
/*
 * tracer: stops a probe's processes at the calls its filter names, and may answer them itself.
 *
 * Owns:       the hold (ptrace) on all processes of one probe.
 * Called by:  flight.c; mutate.c hands in what is to be done at a call.
 * Never does: stop a call that the filter lets through; keep a signal from a probe.
 *
 * A probe sees nothing of it but time that passes: signals, stops and ends reach its parents as
 * ever. Works on the reference kernel (x86-64); that is where mutation runs.
 */
#ifndef TRACER_H
#define TRACER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { TRACEES = 64 };

struct call {
	pid_t pid;
	long nr;
	uint64_t arg[6];
	long result; /* as the kernel gives it: -errno; of no meaning before the call */
};

enum tracer_wish {
	TRACER_PASS,  /* let it go */
	TRACER_WATCH, /* let it go, and tell its result: on_return may change it */
	TRACER_ANSWER /* the kernel never sees it; call->result is the answer */
};

struct tracee {
	pid_t pid; /* 0: free */
	bool inside;
	struct call call;
};

struct tracer {
	enum tracer_wish (*on_call)(void *arg, struct call *call);
	void (*on_return)(void *arg, struct call *call);
	void *arg;
	/* The rest is its own. */
	pid_t main;
	bool ended, ending, childless;
	int status;
	struct tracee tracee[TRACEES];
};

/* Takes hold of a process and of all that it will start. -1 with errno. */
int tracer_attach(struct tracer *t, pid_t pid);
/* Until the probe has its verdict or its process has ended: true; false when the time is over. */
bool tracer_follow(struct tracer *t, uint64_t deadline_us);
/* Whether the probe's process has ended, and how. */
bool tracer_ended(const struct tracer *t, int *ret_status);
/* Ends every process held. False when one does not die in time. */
bool tracer_end(struct tracer *t, uint64_t deadline_us);
/* A process, a group of this probe? */
bool tracer_holds(const struct tracer *t, pid_t pid);
bool tracer_holds_group(const struct tracer *t, pid_t pgid);
/* Reads or writes an int of a stopped process. -1 with errno. */
int tracer_peek_int(pid_t pid, uint64_t addr, int *ret_value);
int tracer_poke_int(pid_t pid, uint64_t addr, int value);

#endif
