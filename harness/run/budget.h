/* SPDX-License-Identifier: MIT */
/*
 * budget: how many machines this host carries at once.
 *
 * Called by cmd/session. Reads what the kernel says of the host and of the control groups that hold
 * us (v2 and v1); never measures, never changes anything. A machine is counted as one core, since a
 * scenario's mostly waits, and as its memory plus what QEMU itself needs. The parts of one set are
 * busy all the time: there each virtual CPU is counted (two machines of two CPUs on two cores were
 * seen to take longer than one machine that asks everything).
 */
#ifndef RUN_BUDGET_H
#define RUN_BUDGET_H

#include <stddef.h>
#include <stdint.h>

/* Of one QEMU besides the guest's memory. */
#define BUDGET_QEMU_MIB 128

struct budget {
	unsigned int cores;  /* that we may use, at least 1 */
	uint64_t memory_mib; /* that we may still take */
};

/* What a machine takes; memory without QEMU's own. */
struct budget_need {
	unsigned int memory_mib, cpus;
};

/* root: "" for this host, else a folder that holds its proc/ and sys/. online: cores by affinity.
 */
void budget_read(const char *root, unsigned int online, struct budget *ret_budget);
/* Cores by affinity of this process. */
unsigned int budget_online(void);
/*
 * Machines at once, at least 1: no more than asked (0: as many as there is room for), and than
 * cores and memory hold, were those of needs (one entry a cell) that take most to run together.
 * *ret_why: NULL, or, when it is less than asked, one line with the numbers; the caller frees.
 */
unsigned int budget_jobs(const struct budget *b, const struct budget_need *needs, size_t n,
			 unsigned int asked, char **ret_why);
/* Machines of so many virtual CPUs that gain by sharing one set, at least 1. */
unsigned int budget_parts(const struct budget *b, unsigned int cpus);

#endif
