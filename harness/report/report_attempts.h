/* SPDX-License-Identifier: MIT */
/*
 * report_attempts: the attempts at a case that was asked more than once.
 *
 * Owns nothing. Called by the formats. Reads the attempts when they are shown.
 */
#ifndef REPORT_REPORT_ATTEMPTS_H
#define REPORT_REPORT_ATTEMPTS_H

#include "report/report.h"

/* Attempts first … last had the same verdict and said the same. */
struct report_attempts {
	unsigned int first, last;
	enum verdict verdict;
	const char *reason; /* as it was recorded, "" when nothing was said */
	bool retry;	    /* asked again because of what was answered before */
	int64_t id, boot;   /* of the first */
	uint64_t begin_us, end_us, console_from, console_to;
};

/* In order; nothing for a case with one attempt. Attempts that cannot be read are left out. */
void report_each_attempts(struct report_ctx *ctx, const struct report_cell *c,
			  const struct report_result *r,
			  void (*fn)(void *arg, const struct report_attempts *a), void *arg);
/* The same, each attempt by itself, one that was asked once too. */
void report_each_attempt(struct report_ctx *ctx, const struct report_cell *c,
			 const struct report_result *r,
			 void (*fn)(void *arg, const struct report_attempts *a), void *arg);
/* "attempt 2 in a fresh machine", "attempts 3 to 7"; the caller frees. */
char *report_attempts_title(const struct report_attempts *a);
/* "3 pass, 1 fail" of all attempts; the caller frees. */
char *report_outcomes(const struct report_result *r);
/* "flaky", else the verdict's name. */
const char *report_word(const struct report_result *r);

#endif
