/* SPDX-License-Identifier: MIT */
/*
 * Faults a program commits on purpose.
 *
 * Owns:       nothing.
 * Called by:  probes of signals that the processor raises.
 * Never does: fault in the probe's own process.
 */
#ifndef TRAP_H
#define TRAP_H

enum { ANY_CODE = -1 };

/* Runs fault() in a helper process with a handler for sig, and expects the handler to be called
 * with this si_code and, unless NULL, this si_addr; then in one without, and expects that sig ends
 * it. Only that process must be hit: the probe itself goes on. */
void expect_trap(void (*fault)(void), int sig, int code, const void *addr);

#endif
