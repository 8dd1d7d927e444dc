/* SPDX-License-Identifier: MIT */
/*
 * history_report: many runs told in a format.
 *
 * Owns nothing. Called by cmd/. Adding a format is a file and a line in history_formats[]
 * (history_report.c).
 */
#ifndef REPORT_HISTORY_REPORT_H
#define REPORT_HISTORY_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/strv.h"
#include "report/history.h"
#include "report/report.h"

struct history_report_options {
	bool color;		 /* text */
	bool verbose;		 /* every case and run */
	const struct strv *only; /* shell patterns of names; NULL or empty: all */
};

struct history_ctx {
	struct report_ctx r; /* its out and sink are where a format writes */
	const struct history *h;
	const struct history_report_options *opts;
};

struct history_ops {
	const char *name;
	int (*write)(struct history_ctx *ctx, struct err *err);
};

extern const struct history_ops *const history_formats[]; /* NULL-terminated */
extern const struct history_ops history_text, history_json, history_markdown;

/* -EINVAL (usage) for an unknown format. */
int history_report(const struct history *h, const char *format, FILE *out,
		   const struct history_report_options *opts, struct err *err);

/* What the formats share. */

/* Cases of one standing that match, in order; i from 0 and on, NULL past the last one. */
const struct history_case *history_next(const struct history_ctx *ctx,
					enum history_standing standing, size_t *i);
/* The newest marks, at most n, oldest first; the caller frees. */
char *history_trend(const struct history *h, const struct history_case *k, size_t n);
/* "2026-01-31T12:00:00Z", "?" when unknown; buf is returned. */
const char *history_time(uint64_t begin_us, char *buf, size_t n);
/* "probes · static", "reference · probes · static"; the caller frees. */
char *history_title(const struct history_case *k);
/* "fails 8.3 % of 24 attempts (95 %: 2.3 to 25.8 %)"; the caller frees. */
char *history_rate(const struct history_case *k);
/* "12 stable, 1 bad"; the caller frees. */
char *history_counts(const struct history *h);

#endif
