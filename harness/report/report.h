/* SPDX-License-Identifier: MIT */
/*
 * report: a run folder told in a format.
 *
 * Owns nothing. Called by cmd/. Reads the store alone, never changes a verdict. Adding a format is
 * a file and a line in report_formats[] (report.c). Bytes that came from a guest are made harmless
 * by each format for its own medium.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "report/report_gaps.h"
#include "report/report_model.h"
#include "store/store.h"
#include "wire/sink.h"

struct report_options {
	bool color;   /* text: colours; the caller has asked isatty() and NO_COLOR */
	bool verbose; /* text and markdown: passes and skips too, whole diagnostics */
	int width;    /* text: columns; 0: the terminal's, 100 where there is none */
};

struct report_ctx {
	struct store *store;
	const struct report_model *model;
	const struct report_gaps *gaps;
	const struct report_options *opts;
	FILE *out;
	struct sink sink; /* to out */
};

struct report_ops {
	const char *name, *help;
	const char *extension; /* of a file of this format, without the dot */
	int (*write)(struct report_ctx *ctx, struct err *err);
};

extern const struct report_ops *const report_formats[]; /* NULL-terminated */

/* A run folder as it was at this moment, whatever is still written to it. */
struct report;
int report_open(const char *dir, struct report **ret_report, struct err *err);
/* NULL: nothing to do. */
void report_close(struct report *r);
static inline void report_closep(struct report **r)
{
	report_close(*r);
}
/* -EINVAL (usage) for an unknown format. opts may be NULL. */
int report_tell(const struct report *r, const char *format, FILE *out,
		const struct report_options *opts, struct err *err);
/* The same of a folder that is opened for it alone. */
int report_write(const char *dir, const char *format, FILE *out, const struct report_options *opts,
		 struct err *err);

/*
 * 0: all as expected. 1: the kernel under test is bad where the reference passes (a gap), or passes
 * what was expected to fail, or a known failure is past its day; without a kernel under test the
 * reference's own verdicts count; without a reference those of the kernel under test do. 3: nothing
 * of that, but something is broken, lost, missing, not comparable though bad, or the run was
 * interrupted.
 */
int report_status(const struct report *r);

/* What the formats share. */
void report_printf(struct report_ctx *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Text made harmless for an escape mode (wire/escape.h). NULL is "". */
void report_put(struct report_ctx *ctx, unsigned int mode, const char *text);
/* The detail of a result, "" when there is none; the caller frees. Never NULL. */
char *report_detail(struct report_ctx *ctx, const struct report_result *r);

#endif
