/* SPDX-License-Identifier: MIT */
/*
 * stain: state that outlives a probe and not a machine, for tests of what is asked again in a fresh
 * one. Only in a guest, which is told by the folder that holds the probes there.
 */
#ifndef SELFTEST_STAIN_H
#define SELFTEST_STAIN_H

#include <stdbool.h>
#include <unistd.h>

#define STAIN_FILE "/tmp/self-stain"

static inline bool in_a_guest(void)
{
	return access("/harness/probes", X_OK) == 0;
}

#endif
