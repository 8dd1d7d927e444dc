/* SPDX-License-Identifier: MIT */
/*
 * compare_report: two runs beside each other, told in a format.
 *
 * Owns nothing. Called by cmd/. Adding a format is a file and a line in compare_formats[]
 * (compare_report.c). Bytes that came from a guest are made harmless by each format for its medium.
 */
#ifndef REPORT_COMPARE_REPORT_H
#define REPORT_COMPARE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "report/compare.h"
#include "report/report.h"

struct compare_report_options {
	bool gate;    /* tell the gate's verdict first */
	bool color;   /* text */
	bool verbose; /* what is the same too, and lists whole */
	const char
		*links; /* the new run's folder, seen from where the report lies; NULL: no links */
	const char *summary; /* github: append Markdown to this file; NULL: nowhere */
};

struct compare_ctx {
	struct report_ctx r; /* its out and sink are where a format writes */
	const struct compare *c;
	const struct compare_report_options *opts;
	size_t max_rows; /* of a list */
};

struct compare_ops {
	const char *name, *help;
	int (*write)(struct compare_ctx *ctx, struct err *err);
};

extern const struct compare_ops *const compare_formats[]; /* NULL-terminated */
extern const struct compare_ops compare_text, compare_json, compare_markdown, compare_github,
	compare_junit;

/* -EINVAL (usage) for an unknown format. */
int compare_report(const struct compare *c, const char *format, FILE *out,
		   const struct compare_report_options *opts, struct err *err);

/* What the formats share. */

/* Rows of one change, an index range of c->rows. */
size_t compare_first(const struct compare *c, enum compare_change change);
/* "pass", "gate: 2 regressions; 1 missing …": the gate's verdict, or the counts; caller frees. */
char *compare_headline(const struct compare *c, bool gate);
/* The Markdown of a comparison into a file of at most max bytes, with shorter lists if need be. */
int compare_markdown_fit(const struct compare *c, const struct compare_report_options *opts,
			 size_t max, FILE *out, struct err *err);
/* "path/console.log", as seen from where the report lies, %-encoded; NULL: none; caller frees. */
char *compare_link(const struct compare_ctx *ctx, const struct compare_row *row);

#endif
