/* SPDX-License-Identifier: MIT */
/*
 * budget: how many machines this host carries at once.
 *
 * Called by cmd/session. Reads what the kernel says of the host and of the control groups that hold
 * us (v2 and v1); never measures, never changes anything. A machine is counted as one core (one of
 * its vCPUs is busy most of the time) and as its memory plus what QEMU itself needs.
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

/* root: "" for this host, else a folder that holds its proc/ and sys/. online: cores by affinity.
 */
void budget_read(const char *root, unsigned int online, struct budget *ret_budget);
/* Cores by affinity of this process. */
unsigned int budget_online(void);
/*
 * Machines at once, at least 1: no more than asked (0: as many as there is room for), than cores,
 * and than the memory holds, were the largest of need_mib (one entry a cell, without QEMU's own)
 * to run together. *ret_why: NULL, or, when it is less than asked, one line with the numbers; the
 * caller frees.
 */
unsigned int budget_jobs(const struct budget *b, const unsigned int *need_mib, size_t n,
			 unsigned int asked, char **ret_why);

#endif
