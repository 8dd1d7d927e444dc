/* SPDX-License-Identifier: MIT */
/*
 * qemu_priv: what qemu.c (start, end, streams) and qemu_save.c (save, wake, key) share. Included by
 * nobody else.
 */
#ifndef MACHINE_QEMU_PRIV_H
#define MACHINE_QEMU_PRIV_H

#include "base/conn.h"
#include "base/proc.h"
#include "machine/driver.h"
#include "machine/monitor.h"
#include "machine/qemu_argv.h"

#define FORWARD_MAX 16

struct forward {
	uint16_t guest, host;
};

struct qemu {
	struct machine base;
	struct loop *loop;
	struct machine_listener listener;
	struct proc proc;
	struct monitor monitor;
	struct conn uart, uart_in, channel, console, output;
	struct strbuf output_text; /* the last of QEMU's stderr */
	int log_fd;
	size_t logged;
	enum machine_end pending; /* told by the monitor, last words awaited */
	char reason[400];
	struct loop_timer settle;
	unsigned int settle_steps;
	uint64_t heard, settled; /* bytes from the guest, and at the last look */
	bool sampling;		 /* a stop that we asked for */
	struct forward forwards[FORWARD_MAX];
	size_t n_forwards;
	uint16_t gdb_port;
	/* Of a machine that may be saved: the guest's memory, and its disk, which has a name until
	 * it is. */
	int ram, overlay;
	char *overlay_path;
	char migration[20]; /* how far QEMU says that saving or waking is */
	bool resumed;	    /* a woken machine runs */
	/* Of a machine with a seed. */
	char *cd_path;
	struct metadata *metadata;
	struct usernet *usernet;
};

static inline struct qemu *to_qemu(const struct machine *m)
{
	return (struct qemu *)m;
}

/* qemu.c: what there is to start; everything that can be checked before is. */
int qemu_make_plan(struct loop *loop, const struct machine_spec *spec, struct qemu_plan *plan,
		   struct err *err);

/* qemu_seed.c: what a machine with a seed has besides; no seed, nothing. */
/* Writes the CD, fills plan->cd. */
int qemu_seed_cd(struct qemu_plan *plan, struct err *err);
/* Starts metadata and network; takes over *fd. */
int qemu_seed_start(struct qemu *q, const struct qemu_plan *plan, int *fd, struct err *err);
void qemu_seed_stop(struct qemu *q);

/* qemu_save.c */
/* The descriptors that this machine's memory and state come from or go to; -1: QEMU makes its own.
 * The overlay is made in the run's folder. */
int qemu_open_memory(struct qemu *q, const struct qemu_plan *plan, int ret_theirs[2],
		     struct err *err);
/* The machine stands with its monitor: let its guest go on where it was saved. */
int qemu_wake(struct qemu *q, struct deadline deadline, struct err *err);
void qemu_forget_overlay(struct qemu *q);
int qemu_save(struct machine *m, const char *dir, struct deadline deadline, struct err *err);
int qemu_snapshot_key(struct loop *loop, const struct machine_spec *spec, char ret_key[65],
		      struct err *err);

#endif
