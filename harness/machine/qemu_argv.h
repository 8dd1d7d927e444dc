/* SPDX-License-Identifier: MIT */
/*
 * qemu_argv: from a spec and a profile to QEMU's command line and the kernel's.
 *
 * Pure. Called by qemu. Monitor, consoles and channel are connected sockets that QEMU inherits, so
 * no path can be stale, taken or too long. ttyS0 is QEMU's standard input and output instead: QEMU
 * hands on a UART's bytes one by one, and a write to a socket costs it several times one to a pipe
 * (15 % of the boot of a kernel that logs there).
 */
#ifndef MACHINE_QEMU_ARGV_H
#define MACHINE_QEMU_ARGV_H

#include "base/strv.h"
#include "machine/kernel_file.h"
#include "machine/machine.h"
#include "machine/profile.h"

#define QEMU_PROGRAM "qemu-system-x86_64"

/* Descriptors in QEMU. */
enum qemu_fd {
	QEMU_FD_UART_IN,  /* ttyS0: early text, and the log unless a virtconsole has it */
	QEMU_FD_UART_OUT, /* a pipe */
	QEMU_FD_STDERR,
	QEMU_FD_MONITOR,
	QEMU_FD_CHANNEL,	       /* ttyS1, hvc0 or hvc1 */
	QEMU_FD_CONSOLE,	       /* hvc0, with TTY_VIRTCONSOLE only */
	QEMU_FD_SOCKETS,	       /* end of those that talk */
	QEMU_FD_RAM = QEMU_FD_SOCKETS, /* of a machine to be saved or woken, as the next */
	QEMU_FD_STATE,
	QEMU_FD_NET, /* frames of a machine with a seed */
	QEMU_FD_END,
};

struct qemu_plan {
	const struct machine_spec *spec;
	const struct profile *profile;
	enum kernel_kind kind;
	enum machine_accel accel; /* ACCEL_KVM or ACCEL_TCG */
	char *cd;		  /* iso9660 image of a machine with a seed, NULL: no CD */
	char *overlay;		  /* qcow2 file for the guest's writes; NULL: one that QEMU makes */
};

/* The kernel's command line; caller frees. */
char *qemu_cmdline(const struct qemu_plan *plan);
unsigned int qemu_memory_mib(const struct qemu_plan *plan);
unsigned int qemu_cpus(const struct qemu_plan *plan);
/* Appends. */
void qemu_argv(const struct qemu_plan *plan, const char *cmdline, struct strv *argv);

#endif
