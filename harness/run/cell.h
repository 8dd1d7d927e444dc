/* SPDX-License-Identifier: MIT */
/*
 * cell: target × lane × scenario on one kernel, with all that a worker process needs to run it.
 *
 * Owns its strings. Made by run/plan, handed to the worker as "key=value" arguments (one table
 * makes and reads them).
 */
#ifndef RUN_CELL_H
#define RUN_CELL_H

#include <stdint.h>

#include "base/err.h"
#include "base/strv.h"

struct cell {
	int64_t id;
	char *run_dir;
	char *role; /* "kut", "reference" */
	char *kernel;
	char *initrd; /* NULL: none */
	char *disk;
	char *profile; /* NULL: the default for the kernel */
	char *lane;
	char *scenario; /* "probes" or a scenario's name */
	char *file;	/* scenario file, NULL: a set of probes */
	char *seed;	/* file that says who the machine is, NULL: nobody */
	char *suite;	/* the plan of a suite, NULL: none */
	char *keys_dir;
	char *accel;	      /* "auto", "kvm", "tcg" */
	char *append;	      /* more words for the kernel command line, NULL: none */
	int64_t cpus;	      /* of the guest, 0: as the profile has it */
	int64_t pace_percent; /* factor on limits, 100 or more */
	int64_t settle_ms;    /* how late the kernel's crash text may come */
	int64_t boot_limit_s; /* from start to hello */
	int64_t snapshot;     /* 1: machines are woken where they can be */
	int64_t fresh;	      /* 1: each case on a machine of its own */
	int64_t repeat;	      /* how often everything is asked */
	int64_t retries;      /* how often what failed is asked again in a fresh machine */
	int64_t limit_s;      /* absolute limit of the cell */
	uint64_t takes_us;    /* about; for the order in which cells start */
	uint64_t start_us;    /* what its machine costs before the first case, about */
	int64_t part, parts;  /* of a set that several machines share: part, from 1, of parts */
	int64_t common;	      /* so many names at the end are all parts' (run/share.h) */
	int share_fd;	      /* the parts' page, closed with the cell; -1: nothing is shared */
	int64_t cases;	      /* of a suite that parts may share, 0: known in its worker alone */
	int64_t place;	      /* of its first case in the whole plan, for an order that all share */
	int64_t planned;      /* results that it will have, 0: not known beforehand */
	struct strv names;    /* probes to ask; empty for a scenario */
};

#define CELL_INIT                                                                                \
	{                                                                                        \
		.pace_percent = 100, .repeat = 1, .boot_limit_s = 60, .limit_s = 600, .part = 1, \
		.parts = 1, .share_fd = -1                                                       \
	}

void cell_release(struct cell *c);
/* All but the names and what is shared; ret_copy is as CELL_INIT. */
void cell_copy(struct cell *ret_copy, const struct cell *c);
/* Appends "key=value" for each setting that is set, then the names. */
void cell_to_argv(const struct cell *c, struct strv *argv);
int cell_from_argv(struct cell *c, char *const *argv, struct err *err);

#endif
