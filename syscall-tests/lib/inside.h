/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the runner know of each other.
 *
 * Owns:       the memory a probe's processes share with the runner.
 * Called by:  lib/ only.
 * Never does: anything a probe should call.
 */
#ifndef INSIDE_H
#define INSIDE_H

#include <stdatomic.h>

#include "probe.h"

enum outcome { OUTCOME_NONE, OUTCOME_FAILED, OUTCOME_BROKEN, OUTCOME_SKIPPED };
enum phase { PHASE_START, PHASE_SETUP, PHASE_RUN, PHASE_DONE };
enum lie { LIE_NONE, LIE_ENOSYS, LIE_NOOP, LIE_ERRNO };

enum {
	REASON_LEN = 240,
	NOTES_LEN = 4096,
	SHARED_PIDS = 32,
	PLACE_TAKEN = -1,
	TMPDIR_LEN = 64,
	SLICE_MS = 20, /* so often a runner looks at the clock */
	/* Of a limit, in thousandths. A helper's patience ends a little earlier, so that it has
	 * its say before it is ended. */
	PATIENCE = 700,
	PATIENCE_HELPER = 660,
};

/* Written by the probe's processes, read by the runner when they are gone. A probe may have
 * scribbled over it, so the runner trusts no string to end and no number to be in range. */
struct shared {
	atomic_int outcome;
	atomic_int phase;
	atomic_int claimed; /* the reason is being written, once */
	atomic_uint notes_len;
	atomic_int pids[SHARED_PIDS];  /* in the order of their starts; PLACE_TAKEN: no pid yet */
	atomic_int ended[SHARED_PIDS]; /* it came to its end, or nobody promised that it would */
	atomic_int marks[PROBE_MARKS];
	uint64_t start_us;
	unsigned limit_ms; /* scaled */
	_Atomic uint64_t
		seen_us; /* the clock, when one of these processes or the runner last looked */
	_Atomic uint64_t late_us; /* in which none of them looked, though the runner should have */
	char reason[REASON_LEN];
	/* A helper waited in vain: that is the reason only if the probe itself has none. */
	atomic_int waited; /* 1 is being written, 2 written */
	char vain[REASON_LEN];
	char notes[NOTES_LEN];
	char tmpdir[TMPDIR_LEN];
};

extern struct shared *shared;

/* Calls that stop in the tracer: all but these, or these alone. */
struct call_filter {
	bool all_but;
	unsigned n;
	int nr[12];
};

struct run_options {
	double scale;
	enum lie lie;
	unsigned jobs;			  /* of mutate_run alone */
	const struct call_filter *filter; /* of a traced probe; NULL: none */
};

/* registry */
size_t registry_count(void);
/* The probes whose names match one of the patterns, all where there are none: linked by next, in
 * the order of the list, whatever that of the patterns. A pattern that finds nothing is named on
 * standard error, and the answer is NULL. Once in a process. */
struct probe *registry_choose(char *const patterns[], unsigned *ret_n);

/* waiting: from now on a runner looks at the clock, each SLICE_MS at least, and no more than this
 * is given back to the probe. */
void clock_keep(unsigned most_late_ms);
/* The time, as now_us tells it. A gap since anybody's last look is time in which the machine stood
 * still or had better to do: it is not held against the probe. */
uint64_t clock_look(void);
/* How much that is by now. */
uint64_t clock_late_us(void);

/* runner: gives the exit status */
int runner_run(char *const patterns[], const struct run_options *opt);
int runner_one(struct probe *probe, const struct run_options *opt);

/* mutate: gives the exit status */
int mutate_run(char *const patterns[], const struct run_options *opt);

/* expectation: records the first thing that did not hold */
void outcome_set(enum outcome outcome, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends this process; in the probe's first process this ends the probe. */
void probe_end(void) __attribute__((noreturn));
/* Called by probe_end in the probe's first process, for --one; NULL otherwise. */
extern void (*probe_on_end)(void);
/* True in processes that child_start made. */
extern bool probe_is_helper;
/* This helper came to its end: fn returned, or a statement of its own ended it. */
void helper_ended(void);
/* interrupt_when_late has interrupted this process. */
extern volatile sig_atomic_t probe_was_late;

/* need: NULL, or what is missing */
const char *need_missing(const struct probe *probe, char *ret_text, size_t len);

/* lie: 0 or -1 with errno */
int lie_install(const struct probe *probe, enum lie lie);
int lie_install_filter(const struct call_filter *filter);
/* -1 for a name that is none */
int lie_parse(const char *name);

/* ktap_out: one write(2) per line, control characters replaced */
void ktap_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* From ktap_gather to ktap_flush lines wait for each other and are one write(2): who reads them is
 * woken once. Nothing that takes time may be between the two. */
void ktap_gather(void);
void ktap_flush(void);
/* Prints text line by line, each as "# name: line". */
void ktap_notes(const char *name, const char *text, size_t len);

/* tmpdir */
void tmpdir_remove(const char *path);

#endif
