/* SPDX-License-Identifier: MIT */
/*
 * report_model_json: a run in memory, from the JSON report of it.
 *
 * Owns nothing. Called by report_side. The counterpart of report_json.c: members that it does not
 * know are passed over, a format number that it does not know is refused.
 */
#ifndef REPORT_REPORT_MODEL_JSON_H
#define REPORT_REPORT_MODEL_JSON_H

#include "base/err.h"
#include "report/report_model.h"
#include "wire/jsonr.h"

/* Raised when a member changes its meaning or goes; new members may come at any time. */
#define REPORT_JSON_VERSION 1

/* -EBADMSG: not such a report; -ENOTSUP: of a later format. */
int report_model_from_json(const struct jsonr *root, struct report_model *ret_model,
			   struct err *err);
/* Each event of each boot of the kernel that the run is about. */
void report_model_json_events(const struct jsonr *root,
			      void (*fn)(void *arg, const char *kind, const char *text), void *arg);

#endif
