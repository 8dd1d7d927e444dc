/* SPDX-License-Identifier: MIT */
/*
 * report_html: the parts of the page, one file a concern.
 *
 * Called by report_html.c alone. Everything written is well-formed markup (attributes quoted, every
 * element closed), so that a test can tell an injection from a page.
 */
#ifndef REPORT_REPORT_HTML_H
#define REPORT_REPORT_HTML_H

#include "report/report.h"
#include "report/report_list.h"

/* The page has no other style and no other script; it loads nothing. */
extern const char report_html_style[], report_html_script[];

/* Text of anybody, in element content or a quoted attribute. html_line: without line ends. */
void html_text(struct report_ctx *ctx, const char *text);
void html_line(struct report_ctx *ctx, const char *text);
/* "fail" with its colour; "flaky" for a case that is. */
void html_verdict(struct report_ctx *ctx, enum verdict v);
void html_word(struct report_ctx *ctx, const struct report_result *r);

/* A list of cases, each with its cause and the console lines around it. */
void html_cases(struct report_ctx *ctx, const struct report_list *l, bool with_kernel);
/* Every case in one table, folded. */
int html_all_cases(struct report_ctx *ctx, struct err *err);
/* Measurements, boots, facts. */
void html_metrics(struct report_ctx *ctx);
void html_boots(struct report_ctx *ctx);
void html_facts(struct report_ctx *ctx);

#endif
