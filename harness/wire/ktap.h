/* SPDX-License-Identifier: MIT */
/*
 * ktap: the results that `probes` prints in the guest, and KTAP for those who read ours.
 *
 * The parser owns one stream's state, in bounded memory. Called by step/ (parser) and report/
 * (writer). Never decides a verdict, and never believes: a stream that contradicts itself is
 * reported through on_error, and the record that does so is not delivered.
 *
 *   KTAP version 1
 *   1..N
 *   # begin NAME limit=MS [at=US, of the guest's CLOCK_MONOTONIC]
 *   # NAME: text
 *   ok I NAME # time=US
 *   ok I NAME # SKIP reason
 *   not ok I NAME # time=US REASON
 *   not ok I NAME # TIMEOUT after MS
 *   not ok I NAME # BROKEN reason
 */
#ifndef WIRE_KTAP_H
#define WIRE_KTAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/sink.h"

#define KTAP_MAX_LINE	4096  /* longer ones are errors and dropped */
#define KTAP_MAX_NAME	128   /* letters, digits and _ . : / + - */
#define KTAP_MAX_TESTS	10000 /* the largest plan believed */
#define KTAP_MAX_ERRORS 64    /* told one by one; the rest only counted */

enum ktap_status { KTAP_OK, KTAP_SKIP, KTAP_NOT_OK, KTAP_TIMEOUT, KTAP_BROKEN };

struct ktap_result {
	unsigned int number; /* from 1 */
	const char *name;
	enum ktap_status status;
	bool has_time;
	uint64_t time_us;
	uint64_t limit_ms;  /* as its begin line said */
	const char *reason; /* "" when nothing was said */
};

enum ktap_error {
	KTAP_ERR_LONG,	     /* a line past KTAP_MAX_LINE */
	KTAP_ERR_VERSION,    /* another version, a second version line, or none before the plan */
	KTAP_ERR_PLAN,	     /* a second plan, or one past KTAP_MAX_TESTS */
	KTAP_ERR_NO_PLAN,    /* begin or result before the plan */
	KTAP_ERR_SYNTAX,     /* looks like a record but is none */
	KTAP_ERR_NOT_BEGUN,  /* result of a name that is not the one begun last */
	KTAP_ERR_UNFINISHED, /* begin while another has no result; end with an open one */
	KTAP_ERR_DUPLICATE,  /* a number or a name a second time */
	KTAP_ERR_NUMBER,     /* a number skipped or past the plan */
	KTAP_ERR_AFTER_PLAN, /* a record though all that was planned is done */
	KTAP_ERR_MISSING,    /* end before all that was planned was done */
};

/*
 * Strings are NUL-terminated, valid during the call; bytes of the guest other than names are as
 * they came. Every function is optional.
 */
struct ktap_listener {
	void (*on_plan)(void *arg, unsigned int n);
	void (*on_begin)(void *arg, const char *name, uint64_t limit_ms);
	void (*on_diagnostic)(void *arg, const char *name, const char *text);
	void (*on_result)(void *arg, const struct ktap_result *result);
	/* A line that is no record: the program under test may print what it likes. */
	void (*on_other)(void *arg, const char *line);
	/*
	 * text: what is wrong, in words. A skipped number is told, and the result delivered all the
	 * same when its name had begun; every other record in error is dropped.
	 */
	void (*on_error)(void *arg, enum ktap_error error, const char *text);
	void *arg;
};

struct ktap;

struct ktap *ktap_new(const struct ktap_listener *listener);
void ktap_free(struct ktap *k);
/* Bytes as they came, cut anywhere. */
void ktap_feed(struct ktap *k, const char *data, size_t n);
/* The stream ended: tells what is missing. true: plan, and a result for each number of it. */
bool ktap_finish(struct ktap *k);
/* Name begun and without result, or NULL. */
const char *ktap_open_name(const struct ktap *k);
/* When that began, by the guest's clock; 0: it did not say. */
uint64_t ktap_open_at(const struct ktap *k);
unsigned int ktap_planned(const struct ktap *k); /* 0: no plan yet */
unsigned int ktap_done(const struct ktap *k);	 /* results delivered */
uint64_t ktap_errors(const struct ktap *k);

/* Writer. depth: of nesting, four spaces each. Text is made harmless: one line, UTF-8, no "#". */
int ktap_write_version(const struct sink *sink, unsigned int depth);
int ktap_write_plan(const struct sink *sink, unsigned int depth, unsigned int n);
int ktap_write_comment(const struct sink *sink, unsigned int depth, const char *text);
struct ktap_line {
	bool ok;
	unsigned int number;
	const char *name;
	const char *directive; /* "SKIP", "XFAIL", "TIMEOUT", … or NULL */
	const char *reason;    /* or NULL */
};
int ktap_write_result(const struct sink *sink, unsigned int depth, const struct ktap_line *line);

#endif
