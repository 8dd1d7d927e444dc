/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "report/report_attempts.h"
#include "report/report_expected.h"
#include "report/report_formats.h"
#include "report/report_walk.h"
#include "wire/ktap.h"

/* How a verdict is said; directives are those of the kernel's ktap.rst. */
static const struct {
	bool ok;
	const char *directive;
} words[VERDICT_COUNT] = {
	[VERDICT_PASS] = {true, NULL},	     [VERDICT_SKIP] = {true, "SKIP"},
	[VERDICT_XFAIL] = {true, "XFAIL"},   [VERDICT_XPASS] = {false, "XPASS"},
	[VERDICT_FAIL] = {false, NULL},	     [VERDICT_TIMEOUT] = {false, "TIMEOUT"},
	[VERDICT_CRASH] = {false, "CRASH"},  [VERDICT_LOST] = {false, "ERROR lost:"},
	[VERDICT_BROKEN] = {false, "ERROR"},
};

static void put_detail(struct report_ctx *ctx, const struct report_result *r)
{
	_autofree_ char *detail = report_detail(ctx, r);
	char *save = NULL;

	for (char *line = strtok_r(detail, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		_autofree_ char *text = xasprintf("%s: %s", r->name, line);

		ktap_write_comment(&ctx->sink, 1, text);
	}
}

struct attempts {
	struct report_ctx *ctx;
	const struct report_result *result;
};

static void put_attempt(void *arg, const struct report_attempts *a)
{
	const struct attempts *at = arg;
	_autofree_ char *title = report_attempts_title(a);
	_autofree_ char *text =
		xasprintf("%s: %s: %s%s%s", at->result->name, title, verdict_name(a->verdict),
			  *a->reason ? ": " : "", a->reason);

	ktap_write_comment(&at->ctx->sink, 1, text);
}

/* KTAP has no word for a test that passed only in the end: a comment says it. */
static void put_attempts(struct report_ctx *ctx, const struct report_cell *c,
			 const struct report_result *r)
{
	_autofree_ char *outcomes = report_outcomes(r);
	_autofree_ char *text = xasprintf("%s: flaky: %s", r->name, outcomes);

	if (r->flaky)
		ktap_write_comment(&ctx->sink, 1, text);
	if (r->flaky || r->verdict != VERDICT_PASS)
		report_each_attempts(ctx, c, r, put_attempt, &(struct attempts){ctx, r});
}

static void put_known(struct report_ctx *ctx, const struct report_result *r)
{
	_autofree_ char *known = report_expected_text(r);
	_autofree_ char *text = xasprintf("%s: %s", r->name, known);

	if (*known)
		ktap_write_comment(&ctx->sink, 1, text);
}

struct results {
	struct report_ctx *ctx;
	unsigned int n;
	bool all_ok;
};

static int put_result(void *arg, const struct report_cell *c, const struct report_result *r)
{
	struct results *rs = arg;
	struct report_ctx *ctx = rs->ctx;
	struct ktap_line line = {
		.ok = words[r->verdict].ok,
		.number = ++rs->n,
		.name = r->name,
		.directive = words[r->verdict].directive,
		.reason = *r->reason && !r->flaky ? r->reason : NULL,
	};

	rs->all_ok = rs->all_ok && line.ok;
	if (!line.ok)
		put_detail(ctx, r);
	put_attempts(ctx, c, r);
	put_known(ctx, r);
	ktap_write_result(&ctx->sink, 1, &line);
	return 0;
}

static int write_ktap(struct report_ctx *ctx, struct err *err)
{
	const struct report_model *m = ctx->model;
	int r = 0;

	ktap_write_version(&ctx->sink, 0);
	ktap_write_plan(&ctx->sink, 0, (unsigned int)m->n_cells);
	for (size_t i = 0; r == 0 && i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];
		struct results rs = {.ctx = ctx, .all_ok = !c->missing};
		_autofree_ char *name =
			xasprintf("%s.%s.%s", c->cell.role, c->cell.lane, c->cell.scenario);
		_autofree_ char *kernel = xasprintf("kernel: %s", c->cell.kernel);
		struct ktap_line line = {.number = (unsigned int)i + 1, .name = name};

		ktap_write_version(&ctx->sink, 1);
		ktap_write_comment(&ctx->sink, 1, kernel);
		ktap_write_plan(&ctx->sink, 1, (unsigned int)report_n_cases(c) + c->missing);
		r = report_each_case(ctx, c, put_result, &rs, err);
		line.ok = rs.all_ok;
		if (c->missing)
			line.reason = "planned results are missing";
		ktap_write_result(&ctx->sink, 0, &line);
	}
	return r;
}

const struct report_ops report_ktap = {
	.name = "ktap",
	.help = "KTAP, the cells as nested tests",
	.extension = "ktap",
	.write = write_ktap,
};
