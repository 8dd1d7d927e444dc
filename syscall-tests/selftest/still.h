/* SPDX-License-Identifier: MIT */
/*
 * A machine that stands still, as one does whose QEMU was stopped: the clock goes on, nobody looks.
 *
 * Owns:       the stop of the probe and its runner, by a helper process that they started.
 * Called by:  the selftest's probes of standstill, which set RUNNER to getppid() beforehand.
 * Never does: look at the clock meanwhile.
 */
#ifndef STILL_H
#define STILL_H

#include <poll.h>
#include <sys/prctl.h>

#include "probe.h"

enum {
	RUNNER,
	STILL_LIMIT_MS = 1500,
	/* Longer than patience is, and than what is given back of it. */
	STILL_MS = 1200,
};

static inline void stand_still(void)
{
	pid_t probe = getppid();

	/* The probe may end before its runner goes on. */
	SETUP_OK(prctl(PR_SET_PDEATHSIG, 0));
	SETUP_OK(kill(probe, SIGSTOP));
	SETUP_OK(kill(mark_get(RUNNER), SIGSTOP));
	poll(NULL, 0, STILL_MS);
	kill(probe, SIGCONT);
	SETUP_OK(kill(mark_get(RUNNER), SIGCONT));
}

/* A helper that writes to the descriptor there when that is over. */
static inline void write_late(void *fd)
{
	stand_still();
	pause_briefly();
	write_full(*(int *)fd, "x", 1);
}

#endif
