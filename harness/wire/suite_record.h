/* SPDX-License-Identifier: MIT */
/*
 * suite_record: what the runner of foreign test programs (guest-userland/suite) tells the host.
 *
 * Owns one stream's state, in bounded memory. Called by run/suite. Never believes: a record that
 * fits nothing is told through on_error and dropped. Cases are numbers: lines of the plan that both
 * ends have.
 *
 *   suite 1 N                         version, and how many cases were asked
 *   b CASE LIMIT_MS                   begins; left out when its end goes out with it
 *   o CASE LEN NEWLINE bytes NEWLINE  what it printed
 *   f CASE LEN NEWLINE bytes NEWLINE  its result file
 *   e CASE HOW STATUS TIME_US LOST    ended. HOW: x by itself, STATUS the wait status; t killed for
 *                                     its limit; n not started, STATUS the errno. LOST: bytes of
 *                                     output that were not kept
 */
#ifndef WIRE_SUITE_RECORD_H
#define WIRE_SUITE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/suite.h"

#define SUITE_RECORD_CHUNK (64u << 10) /* of one o; of an f SUITE_MAX_FILE */

struct suite_record_listener {
	void (*on_begin)(void *arg, unsigned long number, uint64_t limit_ms);
	/* Pieces as they arrive. A file's end: data is NULL. */
	void (*on_output)(void *arg, unsigned long number, const char *data, size_t n);
	void (*on_file)(void *arg, unsigned long number, const char *data, size_t n);
	/* Each end has a begin before it. */
	void (*on_end)(void *arg, unsigned long number, const struct suite_end *end,
		       uint64_t time_us);
	void (*on_error)(void *arg, const char *text);
	void *arg;
};

struct suite_record;

/* numbers: how many cases the plan has; others are errors. */
struct suite_record *suite_record_new(const struct suite_record_listener *listener,
				      unsigned long numbers);
void suite_record_free(struct suite_record *r);
/* Bytes as they came, cut anywhere. */
void suite_record_feed(struct suite_record *r, const char *data, size_t n);

#endif
