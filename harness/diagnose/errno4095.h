/* SPDX-License-Identifier: MIT */
/*
 * errno4095: the trace that a recovered panic of DragonOS leaves in user land.
 *
 * A panic inside a system call is caught at the call's border, and the call fails with errno 4095,
 * which no kernel uses otherwise. So a probe that saw this number saw a panic, even when its text
 * was lost on the way. Called by step/. Pure.
 */
#ifndef DIAGNOSE_ERRNO4095_H
#define DIAGNOSE_ERRNO4095_H

#include <stdbool.h>
#include <stddef.h>

/* errno itself, or a raw return value. */
static inline bool errno4095_is(long value)
{
	return value == 4095 || value == -4095;
}
/* Does text (a probe's diagnostics, a program's output) tell of that errno: the number behind the
 * word errno or error, in the same line. */
bool errno4095_in(const char *text, size_t n);

#endif
