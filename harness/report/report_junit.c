/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/xalloc.h"
#include "report/report_attempts.h"
#include "report/report_expected.h"
#include "report/report_formats.h"
#include "report/report_walk.h"
#include "wire/escape.h"

#define CONSOLE_LINES 60

/* failure: the kernel's; error: ours, the host's, or nobody's; skipped: not asked, or known. */
enum class { CLASS_NONE, CLASS_FAILURE, CLASS_ERROR, CLASS_SKIPPED };

static enum class class_of(enum verdict v) {
	if (verdict_is_bad(v) || v == VERDICT_XPASS) return CLASS_FAILURE;
	if (verdict_is_infra(v)) return CLASS_ERROR;
	return v == VERDICT_PASS ? CLASS_NONE : CLASS_SKIPPED;
}

static unsigned int count(const struct verdict_tally *t, enum class class)
{
	unsigned int n = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (class_of((enum verdict)v) == class)
			n += t->n[v];
	return n;
}

static void put_attribute(struct report_ctx *ctx, const char *name, const char *value)
{
	report_printf(ctx, " %s=\"", name);
	report_put(ctx, ESCAPE_MARKUP | ESCAPE_ONE_LINE, value);
	report_printf(ctx, "\"");
}

static void put_counts(struct report_ctx *ctx, const struct verdict_tally *t, unsigned int missing,
		       uint64_t us)
{
	report_printf(ctx, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
		      verdict_tally_total(t) + missing, count(t, CLASS_FAILURE),
		      count(t, CLASS_ERROR) + missing, count(t, CLASS_SKIPPED));
	if (t->flaky)
		report_printf(ctx, " flakes=\"%u\"", t->flaky);
	report_printf(ctx, " time=\"%.3f\"", (double)us / (double)SEC);
}

static int put_console_line(void *arg, const struct store_console_line *l)
{
	struct report_ctx *ctx = arg;

	if (l->skipped_before)
		report_printf(ctx, "[%" PRIu64 " bytes left out]\n", l->skipped_before);
	escape_write(&ctx->sink, ESCAPE_MARKUP, l->text, l->n);
	report_printf(ctx, "\n");
	return 0;
}

static void put_console(struct report_ctx *ctx, const struct report_cell *c,
			const struct report_result *r)
{
	const struct report_boot *b = report_boot_of(c, r);
	struct store_console_want want = {.from = r->console_from,
					  .to = r->console_to,
					  .before = 3,
					  .after = 3,
					  .max_lines = CONSOLE_LINES};

	if (!b || !report_has_console(r))
		return;
	report_printf(ctx, "      <system-out>");
	store_read_console(ctx->store, &b->row, &want, put_console_line, ctx, NULL);
	report_printf(ctx, "</system-out>\n");
}

static void put_outcome(struct report_ctx *ctx, const struct report_cell *c,
			const struct report_result *r, enum class class)
{
	static const char *const tags[] = {NULL, "failure", "error", "skipped"};
	_autofree_ char *where = report_where(c, r);
	_autofree_ char *again = report_again(c, r);
	_autofree_ char *detail = report_detail(ctx, r);
	_autofree_ char *known = report_expected_text(r);
	_autofree_ char *message =
		xasprintf("%s%s%s", r->reason, *known && *r->reason ? "; " : "", known);

	report_printf(ctx, "      <%s", tags[class]);
	put_attribute(ctx, "message", message);
	if (class == CLASS_SKIPPED) {
		report_printf(ctx, "/>\n");
		return;
	}
	put_attribute(ctx, "type", verdict_name(r->verdict));
	report_printf(ctx, ">");
	report_put(ctx, ESCAPE_MARKUP, detail);
	report_printf(ctx, "\n");
	if (where)
		report_put(ctx, ESCAPE_MARKUP, where);
	report_printf(ctx, "\n");
	report_put(ctx, ESCAPE_MARKUP, again);
	report_printf(ctx, "</%s>\n", tags[class]);
	put_console(ctx, c, r);
}

struct attempts {
	struct report_ctx *ctx;
	const struct report_result *result;
};

/*
 * As surefire writes them: flakyFailure and flakyError for what a passing case did before, rerun…
 * for what a failing one did again. An attempt that passed has no element.
 */
static void put_attempt(void *arg, const struct report_attempts *a)
{
	const struct attempts *at = arg;
	struct report_ctx *ctx = at->ctx;
	enum class class = class_of(a->verdict);
	_autofree_ char *title = report_attempts_title(a);
	_autofree_ char *detail = NULL;
	const char *kind = class == CLASS_ERROR ? "Error" : "Failure";
	const char *prefix = at->result->verdict == VERDICT_PASS ? "flaky" : "rerun";

	if (class == CLASS_NONE || class == CLASS_SKIPPED || a->id == at->result->id)
		return;
	store_read_detail(ctx->store, a->id, &detail, NULL);
	report_printf(ctx, "      <%s%s", prefix, kind);
	put_attribute(ctx, "message", a->reason);
	put_attribute(ctx, "type", verdict_name(a->verdict));
	report_printf(ctx, ">%s\n", title);
	report_put(ctx, ESCAPE_MARKUP, detail);
	report_printf(ctx, "</%s%s>\n", prefix, kind);
}

/* A flaky case passed; the attempt that tells most is one of those that did not. */
static void put_flaky(struct report_ctx *ctx, const struct report_cell *c,
		      const struct report_result *r)
{
	struct report_result passed = *r;

	passed.id = 0;
	report_each_attempts(ctx, c, r, put_attempt, &(struct attempts){ctx, &passed});
	if (r->flaky)
		put_console(ctx, c, r);
}

static int put_case(void *arg, const struct report_cell *c, const struct report_result *r)
{
	struct report_ctx *ctx = arg;
	_autofree_ char *name = xasprintf("%s.%s.%s", c->cell.role, c->cell.lane, c->cell.scenario);
	enum class class = class_of(r->verdict);
	uint64_t us = r->end_us > r->begin_us ? r->end_us - r->begin_us : 0;

	report_printf(ctx, "    <testcase");
	put_attribute(ctx, "classname", name);
	put_attribute(ctx, "name", r->name);
	report_printf(ctx, " time=\"%.3f\"", (double)us / (double)SEC);
	if (class == CLASS_NONE && r->outcomes[VERDICT_PASS] == r->attempts) {
		report_printf(ctx, "/>\n");
		return 0;
	}
	report_printf(ctx, ">\n");
	if (class == CLASS_NONE) {
		put_flaky(ctx, c, r);
	} else {
		put_outcome(ctx, c, r, class);
		report_each_attempts(ctx, c, r, put_attempt, &(struct attempts){ctx, r});
	}
	report_printf(ctx, "    </testcase>\n");
	return 0;
}

static void put_property(struct report_ctx *ctx, const char *name, const char *value)
{
	report_printf(ctx, "      <property");
	put_attribute(ctx, "name", name);
	put_attribute(ctx, "value", value);
	report_printf(ctx, "/>\n");
}

static void put_properties(struct report_ctx *ctx, const struct report_cell *c)
{
	size_t at = 0;

	report_printf(ctx, "    <properties>\n");
	put_property(ctx, "kernel", c->cell.kernel);
	put_property(ctx, "profile", report_boot_fact(c, "profile", c->cell.profile));
	put_property(ctx, "accel", report_boot_fact(c, "accel", ""));
	put_property(ctx, "cpus", report_boot_fact(c, "cpus", ""));
	put_property(ctx, "release", report_boot_fact(c, "hello.release", ""));
	for (const char *note; (note = report_next_note(ctx->model, &at));)
		put_property(ctx, "note", note);
	report_printf(ctx, "    </properties>\n");
}

static void put_timestamp(struct report_ctx *ctx, const struct report_cell *c)
{
	const char *begin = report_fact(&ctx->model->facts, "begin.wall_us");
	time_t at = begin ? (time_t)((strtoull(begin, NULL, 10) + c->begin_us) / SEC) : 0;
	char text[40];
	struct tm tm;

	if (begin && gmtime_r(&at, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm))
		put_attribute(ctx, "timestamp", text);
}

/* What was planned and never came is an error a case: a suite may not look whole without it. */
static void put_missing(struct report_ctx *ctx, const struct report_cell *c)
{
	for (unsigned int i = 0; i < c->missing; i++)
		report_printf(
			ctx,
			"    <testcase classname=\"missing\" name=\"missing result %u\">\n"
			"      <error type=\"missing\" message=\"planned, without a result; the"
			" run is %s\"/>\n"
			"    </testcase>\n",
			i + 1, ctx->model->state);
}

static int put_suite(struct report_ctx *ctx, const struct report_cell *c, struct err *err)
{
	int r;
	_autofree_ char *name = xasprintf("%s.%s.%s", c->cell.role, c->cell.lane, c->cell.scenario);

	report_printf(ctx, "  <testsuite");
	put_attribute(ctx, "name", name);
	report_printf(ctx, " id=\"%" PRId64 "\"", c->cell.id);
	put_timestamp(ctx, c);
	put_counts(ctx, &c->tally, c->missing, c->end_us - c->begin_us);
	report_printf(ctx, ">\n");
	put_properties(ctx, c);
	r = report_each_case(ctx, c, put_case, ctx, err);
	put_missing(ctx, c);
	report_printf(ctx, "  </testsuite>\n");
	return r;
}

static int write_junit(struct report_ctx *ctx, struct err *err)
{
	const struct report_model *m = ctx->model;
	unsigned int missing = 0;
	int r = 0;

	for (size_t i = 0; i < m->n_cells; i++)
		missing += m->cells[i].missing;
	report_printf(ctx, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"
			   " name=\"harness\"");
	put_counts(ctx, &m->total, missing, m->end_us);
	report_printf(ctx, ">\n");
	for (size_t i = 0; r == 0 && i < m->n_cells; i++)
		r = put_suite(ctx, &m->cells[i], err);
	report_printf(ctx, "</testsuites>\n");
	return r;
}

const struct report_ops report_junit = {
	.name = "junit",
	.help = "JUnit XML, a test suite a cell",
	.extension = "xml",
	.write = write_junit,
};
