/* SPDX-License-Identifier: MIT */
/*
 * Filters of system calls, as sshd's sandbox puts on itself.
 *
 * Owns:       nothing.
 * Called by:  probes of seccomp.
 * Never does: install one.
 */
#ifndef BPF_H
#define BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

/* Loads the number of the call, or the low half of an argument. */
#define BPF_LOAD_NR BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define BPF_LOAD_ARG(i)                    \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, args) + (i) * sizeof(uint64_t))
/* Steps over so many statements unless the value is equal. */
#define BPF_UNLESS(value, over) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (over))
#define BPF_ANSWER(action)	BPF_STMT(BPF_RET | BPF_K, (action))

#define BPF_PROGRAM(statements)                                                             \
	{                                                                                   \
		.len = sizeof(statements) / sizeof((statements)[0]), .filter = (statements) \
	}

#endif
