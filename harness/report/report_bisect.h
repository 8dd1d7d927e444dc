/* SPDX-License-Identifier: MIT */
/*
 * report_bisect: is the kernel of a run good, bad, or can that not be told?
 *
 * Owns nothing. Called by cmd/ for `git bisect run`. Reads the store alone.
 */
#ifndef REPORT_REPORT_BISECT_H
#define REPORT_REPORT_BISECT_H

#include "base/err.h"
#include "base/strbuf.h"

enum report_bisect { REPORT_BISECT_GOOD, REPORT_BISECT_BAD, REPORT_BISECT_UNKNOWN };

/*
 * Bad: a case is bad (fail, timeout, crash), or failed in one of several attempts at first hand
 * (--repeat). Unknown: none is, but one was lost or broken or has no result, failed and then passed
 * when it was asked again for that (--retries), or nothing was answered at all. why: a line that
 * names the first case that decided it, harmless for a terminal.
 */
int report_bisect(const char *dir, enum report_bisect *ret_answer, struct strbuf *why,
		  struct err *err);

#endif
