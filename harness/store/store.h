/* SPDX-License-Identifier: MIT */
/*
 * store: one run folder. run.db (SQLite, WAL) holds what happened, in order; raw artefacts lie
 * beside it.
 *
 *   <run>/run.db
 *   <run>/run.lock                 held by every writer while it lives
 *   <run>/report.html …            written by report/
 *   <run>/cells/<id>/boot<n>/
 *       console.log                what the guest's kernel console said, raw
 *       console.idx                "offset time_us" a line: when the byte at that offset arrived
 *       channel.log                the channel, both directions, one line a frame
 *       qmp.log                    QMP, both directions
 *       qemu.log                   QEMU's stderr and its argv
 *
 * Owns the folder while it is open for writing. Called by step/, run/ (writers) and report/
 * (readers). Several worker processes may write at once, each its own cell (busy time-out 10 s);
 * every record is committed when the call returns, so that a run cut at any moment is valid up to
 * there. Never decides a verdict.
 *
 * Times are µs since the run began (store_now()). Text from a guest is stored as it came; readers
 * escape it.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/verdict.h"

struct store;

/* Make the folder (must not exist, or be empty) and the database. */
int store_create(const char *dir, struct store **ret_store, struct err *err);
/* Open an existing folder. -ENOENT, -ENOTSUP (newer schema), -EBADMSG (not a run, damaged) with
 * clear text. */
int store_open(const char *dir, bool writable, struct store **ret_store, struct err *err);
void store_close(struct store *s);
/* Some process has the run folder open for writing. */
bool store_has_writer(const char *dir);
const char *store_dir(const struct store *s);
uint64_t store_now(const struct store *s);
/* Copies: from now on records are stamped with this time; STORE_CLOCK: with the present one. */
#define STORE_CLOCK UINT64_MAX
void store_set_clock(struct store *s, uint64_t time_us);

/* Facts of the run as a whole: "version", "host.cpus", "host.name", "argv", "kernel",
 * "kernel.sha256", "note.0" … (what a reader must know before the figures), "state" (running,
 * finished, interrupted), … A store that was opened cannot be used on the other side of a fork:
 * open it again there. */
int store_set_fact(struct store *s, const char *key, const char *value, struct err *err);
/* NULL when there is none; the caller frees. */
char *store_get_fact(struct store *s, const char *key);

/* What a cell is: target × lane × scenario, on one kernel. All strings non-NULL. */
struct store_cell {
	int64_t id;	      /* filled by store_add_cell */
	const char *role;     /* "kut" or "reference" */
	const char *kernel;   /* path as given */
	const char *target;   /* "qemu" */
	const char *profile;  /* "modern", … */
	const char *lane;     /* "static", "debian" */
	const char *scenario; /* "probes" or a scenario's name */
};
int store_add_cell(struct store *s, struct store_cell *cell, struct err *err);
/* "planned": how many results it will have; what is missing in the end is told, and is no pass. */
int store_set_cell_fact(struct store *s, int64_t cell, const char *key, const char *value,
			struct err *err);

/* A boot of a machine in a cell; makes its artefact folder. ret_dir: caller frees. */
int store_add_boot(struct store *s, int64_t cell, int64_t *ret_boot, char **ret_dir,
		   struct err *err);
/* Facts of a boot: "accel", "hello.release", "boot_us", "end" (poweroff, crash, killed, …), channel
 * counters, … */
int store_set_boot_fact(struct store *s, int64_t boot, const char *key, const char *value,
			struct err *err);

/* Evidence as it happened; past 10000 of a boot only counted. kind: short word ("crash", "qmp",
 * "heartbeat-lost", "taint", "frame-lost", "note"). */
int store_add_event(struct store *s, int64_t boot, const char *kind, const char *text,
		    struct err *err);
/* So many more happened, which are not kept. */
int store_count_events(struct store *s, int64_t boot, uint64_t n, struct err *err);

/*
 * The end of one attempt at a case. Strings may be NULL where nothing is to be said. A case that is
 * asked again (--repeat, --retries) keeps its name and gets another attempt; all are kept, and
 * readers see one verdict of them (store_each_case). -EEXIST: the cell has that attempt already.
 */
struct store_result {
	int64_t cell;
	int64_t boot;	  /* 0: never booted */
	const char *name; /* the case: probe name, or name of a step; the same in every attempt */
	unsigned int attempt; /* from 1; 0 is 1 */
	bool retry; /* asked again because of what it answered before: no sample of how often it
		     * fails */
	enum verdict verdict;
	const char *reason;	 /* one line: expected and seen, or the crash title */
	const char *detail;	 /* many lines: diagnostics, symbolised trace */
	const char *fingerprint; /* of a crash */
	uint64_t begin_us, end_us;
	uint64_t console_from, console_to; /* byte range of console.log around it */
};
int store_add_result(struct store *s, const struct store_result *r, struct err *err);

int store_add_metric(struct store *s, int64_t cell, const char *name, double value,
		     const char *unit, struct err *err);

#endif
