/* SPDX-License-Identifier: MIT */
/*
 * pulse: what the host gave a process, second by second: CPU time, waiting for a CPU, being
 * stopped.
 *
 * Owns a timer and the last samples. Called by guest.c and watch.c. Reads /proc only; where the
 * host tells no waiting time that counts as none.
 */
#ifndef STEP_PULSE_H
#define STEP_PULSE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/loop.h"

struct pulse;

struct pulse_sum {
	uint64_t window_us; /* that the samples cover, 0: nothing is known */
	uint64_t cpu_us;    /* all threads together */
	uint64_t waited_us; /* ready to run, and no CPU given */
	unsigned int samples, stopped;
};

struct pulse *pulse_new(struct loop *loop, pid_t pid);
/* NULL is fine. */
void pulse_free(struct pulse *p);
/* The last window_us, up to now. NULL is fine. */
struct pulse_sum pulse_sum(struct pulse *p, uint64_t window_us);
/* The process's state as /proc tells it: 'R', 'S', 'T' …; '?': not known. */
char pulse_state(pid_t pid);

#endif
