/* SPDX-License-Identifier: MIT */
/*
 * store_read: reading a run folder, finished, interrupted or still being written.
 *
 * Owns nothing: what a callback is given is valid until it returns. Called by report/ and by cmd/.
 * Never writes. Texts are as the guest sent them: hostile until escaped (wire/escape).
 *
 * A callback returns 0 to go on; anything else ends the walk and is what the walk returns.
 */
#ifndef STORE_STORE_READ_H
#define STORE_STORE_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

/*
 * "running", "finished" or "interrupted". A run that says that it runs while no process has it open
 * for writing was cut: it is interrupted.
 */
const char *store_state(struct store *s);

/* All reads between the two see one moment of the run. */
int store_read_begin(struct store *s, struct err *err);
void store_read_end(struct store *s);

struct store_fact {
	const char *key, *value;
	uint64_t time_us;
};
int store_each_fact(struct store *s, int (*fn)(void *arg, const struct store_fact *f), void *arg,
		    struct err *err);
int store_each_cell_fact(struct store *s, int64_t cell,
			 int (*fn)(void *arg, const struct store_fact *f), void *arg,
			 struct err *err);
int store_each_boot_fact(struct store *s, int64_t boot,
			 int (*fn)(void *arg, const struct store_fact *f), void *arg,
			 struct err *err);
/* NULL when there is none; the caller frees. */
char *store_get_cell_fact(struct store *s, int64_t cell, const char *key);
char *store_get_boot_fact(struct store *s, int64_t boot, const char *key);

struct store_cell_row {
	struct store_cell cell;
	uint64_t begin_us;
};
int store_each_cell(struct store *s, int (*fn)(void *arg, const struct store_cell_row *c),
		    void *arg, struct err *err);

struct store_boot_row {
	int64_t id, cell;
	unsigned int number; /* from 1, in its cell */
	uint64_t begin_us;
	uint64_t last_us;	 /* last thing recorded of it */
	uint64_t events;	 /* that happened */
	uint64_t events_dropped; /* of these, past the ceiling: counted, not kept */
};
int store_each_boot(struct store *s, int64_t cell,
		    int (*fn)(void *arg, const struct store_boot_row *b), void *arg,
		    struct err *err);
/* Its artefact folder; the caller frees. */
char *store_boot_dir(const struct store *s, int64_t cell, int64_t number);

struct store_event_row {
	int64_t id, boot;
	uint64_t time_us;
	const char *kind;
	const char *text; /* "" when there is none */
};
int store_each_event(struct store *s, int64_t boot,
		     int (*fn)(void *arg, const struct store_event_row *e), void *arg,
		     struct err *err);

struct store_result_row {
	int64_t id;
	struct store_result result; /* detail is NULL: store_read_detail() */
	bool has_detail;
};
/* Every attempt at every case, as it was recorded. For verdicts: store_each_case(). */
int store_each_result(struct store *s, int64_t cell,
		      int (*fn)(void *arg, const struct store_result_row *r), void *arg,
		      struct err *err);
/* Every attempt at one case, from the first. */
int store_each_attempt(struct store *s, int64_t cell, const char *name,
		       int (*fn)(void *arg, const struct store_result_row *r), void *arg,
		       struct err *err);

/* A case: one verdict of all its attempts, by the rules at verdict_merge(). */
struct store_case_row {
	const char *name;
	struct verdict_merged merged;
	unsigned int attempts, outcomes[VERDICT_COUNT]; /* how often each was seen */
	/* Attempts at first hand, no retries: how many had a word (pass, fail, timeout, crash), and
	 * how many of those did not pass. What a rate is computed from (base/rate.h). */
	unsigned int samples, samples_bad;
	uint64_t begin_us, end_us; /* of the first and the last attempt */
	/* The attempt that tells most: the first one whose verdict is merged.telling. */
	struct store_result_row telling;
};
/* In the order in which they were first asked; memory does not grow with their number. */
int store_each_case(struct store *s, int64_t cell,
		    int (*fn)(void *arg, const struct store_case_row *c), void *arg,
		    struct err *err);
/* How a case of this name went: 0 attempts when it was not asked. */
struct store_passes {
	unsigned int attempts, passes;
};
int store_count_passes(struct store *s, int64_t cell, const char *name, struct store_passes *ret,
		       struct err *err);
/* The detail of a result, "" when there is none; the caller frees. */
int store_read_detail(struct store *s, int64_t result, char **ret_detail, struct err *err);

struct store_metric_row {
	uint64_t time_us;
	const char *name;
	double value;
	const char *unit; /* "" when there is none */
};
int store_each_metric(struct store *s, int64_t cell,
		      int (*fn)(void *arg, const struct store_metric_row *m), void *arg,
		      struct err *err);

#define STORE_TIME_UNKNOWN UINT64_MAX

struct store_console_line {
	uint64_t offset;	 /* of its first byte in console.log */
	uint64_t time_us;	 /* when that byte arrived, or STORE_TIME_UNKNOWN */
	bool inside;		 /* touches the range asked for */
	bool cut;		 /* longer than what is shown */
	uint64_t skipped_before; /* bytes left out between the line before and this one */
	const char *text;	 /* raw bytes, without the line end; not NUL-terminated */
	size_t n;
};
struct store_console_want {
	uint64_t from, to;	    /* byte range; from == to: a place */
	unsigned int before, after; /* lines of context */
	unsigned int max_lines;	    /* of the range itself; a longer one loses its middle */
};
/*
 * The lines of cells/<cell>/boot<number>/console.log around a byte range, in bounded memory. A log
 * that is not there or ends early gives fewer lines, or none.
 */
int store_read_console(struct store *s, const struct store_boot_row *boot,
		       const struct store_console_want *want,
		       int (*fn)(void *arg, const struct store_console_line *line), void *arg,
		       struct err *err);

#endif
