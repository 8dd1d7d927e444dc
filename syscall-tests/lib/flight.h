/* SPDX-License-Identifier: MIT */
/*
 * flight: one probe in a process of its own, from fork to the end of all that it left behind.
 *
 * Owns:       the memory shared with the probe's processes (one flight at a time in a process).
 * Called by:  runner.c, mutate.c.
 * Never does: print a verdict.
 */
#ifndef FLIGHT_H
#define FLIGHT_H

#include "inside.h"

struct tracer;

struct flight {
	struct probe *probe;
	unsigned index;
	unsigned limit_ms;
	/* With it the probe is traced, and what it calls after its set-up is told. */
	struct tracer *tracer;
	pid_t pid;
	int alive_fd; /* hangs up when the probe's processes are gone; -1 when there is none */
	int go_fd;    /* a traced probe waits for a byte of it */
	int status;
	bool reaped, timed_out;
	uint64_t start_us, end_us;
};

enum flight_end { END_PASSED, END_FAILED, END_TIMED_OUT, END_BROKEN, END_SKIPPED };

unsigned flight_limit(const struct probe *probe, const struct run_options *opt);
/* Once, before the first flight. -1 with errno. */
int shared_map(void);
void shared_reset(unsigned limit_ms);
/* Asks the probe, within f->limit_ms, and leaves nothing behind. The reason is in shared->reason;
 * the processes are gone, so nobody writes there any more. */
enum flight_end flight_run(struct flight *f, const struct run_options *opt);
/* The same judgement for a probe that ran in this process. */
enum flight_end flight_judge(const struct flight *f);
/* Needs, set-up, lie, question; in the probe's own process. */
void flight_ask(const struct probe *probe, const struct run_options *opt);
/* Signals, mask and limits as a probe may expect them. */
void flight_plain_process(void);

#endif
