/* SPDX-License-Identifier: MIT */
/*
 * answer: one probe's answer on its way to a verdict, and who may have brought a crash.
 *
 * Called by run/caseset. Pure: no descriptor, no clock, no store; every moment is handed in, in
 * microseconds of now_us(). An answer is a suspect from its end until the console stayed clean for
 * as long as the kernel's crash text may be late.
 */
#ifndef RUN_ANSWER_H
#define RUN_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diagnose/crash.h"
#include "store/verdict.h"

enum answer_state { UNASKED, SUSPECT, FINAL };

struct answer {
	const char *name;
	unsigned int attempt; /* from 1 */
	bool retry;
	enum answer_state state;
	enum verdict verdict;
	char *reason, *detail, *fingerprint;
	int64_t boot;		   /* in which it ended; 0: none */
	uint64_t begin_us, end_us; /* of the store */
	uint64_t began, ended;	   /* now_us() */
	uint64_t began_guest;	   /* by the guest's clock; 0: not known */
	uint64_t console_from, console_to;
	bool saw_panic; /* its own text says that a system call or a process ended in one */
	bool retried;	/* it had a second boot */
	bool told;
};

/* What is known of the first crash of a boot. */
struct answer_crash {
	uint64_t began;	      /* when its text began */
	uint64_t began_guest; /* by the guest's clock; 0: the text does not say */
	uint64_t lag_us;      /* or so much later */
	bool late; /* answer_line_up: by its own time it is older than one who seemed a suspect */
	uint64_t settle_us; /* how late it may have been */
	enum crash_class class;
};

/* A probe's words tell of errno 4095, or of the wait status that no process can bring about and
 * that a panic leaves. */
bool answer_tells_of_panic(const char *text);
/* It ended so long before the moment that no text beginning then can be of its making. */
bool answer_is_clear(const struct answer *a, uint64_t moment, uint64_t settle_us);
/*
 * Whoever may have brought the crash: suspects and the one in flight (open, or NULL) that are not
 * clear and began before the text did. In the order in which they shall be asked: who saw a panic
 * first, the one in flight, then backwards. ret_line has room for n. Gives their number.
 */
size_t answer_line_up(struct answer *answers, size_t n, const struct answer *open,
		      struct answer_crash *crash, struct answer **ret_line);
/*
 * The one of the line who needs not be asked again: it is alone and the text did not come late, or
 * the kernel went on and nobody else saw a panic. NULL: not evident.
 */
struct answer *answer_evident(struct answer *const *line, size_t n,
			      const struct answer_crash *crash);

#endif
