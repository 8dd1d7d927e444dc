/* SPDX-License-Identifier: MIT */
/*
 * report_walk: every case of a run one after the other, plain ones too, which the model only
 * counts.
 *
 * Owns nothing. Called by the formats that list all. Reads the cases again, so that memory does not
 * grow with their number; what a callback is given is valid until it returns.
 *
 * A callback returns 0 to go on; anything else ends the walk and is what the walk returns.
 */
#ifndef REPORT_REPORT_WALK_H
#define REPORT_REPORT_WALK_H

#include "report/report.h"

/* In the order in which they were asked, known failures laid over them. */
int report_each_case(struct report_ctx *ctx, const struct report_cell *c,
		     int (*fn)(void *arg, const struct report_cell *c,
			       const struct report_result *r),
		     void *arg, struct err *err);
/*
 * In the order of the gaps' list. Of a plain pair, which is not in that, both sides pass, and the
 * reference's has its verdict and its time alone.
 */
int report_each_pair(struct report_ctx *ctx, int (*fn)(void *arg, const struct report_pair *p),
		     void *arg, struct err *err);
/* How many those are. */
size_t report_n_pairs(const struct report_ctx *ctx);

#endif
