/* SPDX-License-Identifier: MIT */
/*
 * A file of known failures (docs/en/KNOWN-FAILURES.md) from what a run saw. Entries that were in
 * force and still hold stand as they were, behind the new ones: of several that match a case the
 * first one speaks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "report/report_expected.h"
#include "report/report_formats.h"
#include "wire/escape.h"

#define REASON_MAX 300
#define GOOD_DAYS  90

/* A scalar between single quotes, in one line. */
static void put_scalar(struct report_ctx *ctx, const char *text)
{
	_autofree_ char *plain = escape_dup(ESCAPE_TEXT | ESCAPE_ONE_LINE, text);

	report_printf(ctx, "'");
	for (const char *p = plain; *p; p++)
		report_printf(ctx, *p == '\'' ? "''" : "%c", *p);
	report_printf(ctx, "'");
}

static void put_key(struct report_ctx *ctx, const char *key, const char *text)
{
	report_printf(ctx, "    %s: ", key);
	put_scalar(ctx, text);
	report_printf(ctx, "\n");
}

/* The pattern that matches this name alone. */
static char *pattern_of(const char *name)
{
	struct strbuf sb = STRBUF_INIT(8192);

	for (const char *p = name; *p; p++) {
		if (strchr("*?[\\", *p))
			strbuf_addch(&sb, '\\');
		strbuf_addch(&sb, *p);
	}
	return strbuf_detach(&sb, NULL);
}

static void put_verdicts(struct report_ctx *ctx, const struct report_result *r)
{
	unsigned int set = verdict_outcome_set(r->outcomes);
	const char *comma = "";

	report_printf(ctx, "    verdicts: [");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (!(set >> v & 1) || !verdict_is_bad((enum verdict)v) || r->flaky)
			continue;
		report_printf(ctx, "%s%s", comma, verdict_name((enum verdict)v));
		comma = ", ";
	}
	report_printf(ctx, "%s]\n", r->flaky ? "flaky" : "");
}

/*
 * A crash that is not seen every time has no entry that would hold: flaky allows for no crash, and
 * a pass where a crash was expected is unexpected.
 */
static bool can_be_expected(const struct report_result *r)
{
	if (r->flaky)
		return true;
	return verdict_is_bad(r->verdict) &&
	       !(r->outcomes[VERDICT_PASS] && r->outcomes[VERDICT_CRASH]);
}

static void put_case(struct report_ctx *ctx, const struct report_cell *c,
		     const struct report_result *r, const char *expires)
{
	_autofree_ char *pattern = pattern_of(r->name);
	_autofree_ char *scenario = pattern_of(c->cell.scenario);
	_autofree_ char *reason = xstrndup(r->reason, utf8_fit(r->reason, REASON_MAX));

	report_printf(ctx, "  - name: ");
	put_scalar(ctx, pattern);
	report_printf(ctx, "\n");
	put_key(ctx, "scenario", scenario);
	put_key(ctx, "lane", c->cell.lane);
	put_verdicts(ctx, r);
	put_key(ctx, "owner", "unassigned");
	put_key(ctx, "reason", *reason ? reason : "nothing was said");
	put_key(ctx, "issue", "unassigned");
	report_printf(ctx, "    expires: %s\n", expires);
}

static void put_entry(struct report_ctx *ctx, const struct store_expected *e)
{
	report_printf(ctx, "  - name: ");
	put_scalar(ctx, e->name);
	report_printf(ctx, "\n");
	if (e->scenario)
		put_key(ctx, "scenario", e->scenario);
	if (e->lane)
		put_key(ctx, "lane", e->lane);
	report_printf(ctx, "    verdicts: [");
	report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, e->verdicts);
	report_printf(ctx, "]\n");
	put_key(ctx, "owner", e->owner);
	put_key(ctx, "reason", e->reason);
	put_key(ctx, "issue", e->issue);
	report_printf(ctx, "    expires: ");
	report_put(ctx, ESCAPE_TEXT | ESCAPE_ONE_LINE, e->expires);
	report_printf(ctx, "\n");
}

/* It is in force and some case failed as it says. */
static bool still_holds(const struct report_model *m, const struct report_expected *e)
{
	for (size_t i = 0; i < m->n_cells; i++)
		for (size_t j = 0; j < m->cells[i].n_results; j++)
			if (m->cells[i].results[j].known == e &&
			    m->cells[i].results[j].verdict == VERDICT_XFAIL)
				return true;
	return false;
}

/* Days after the run began: "YYYY-MM-DD". */
static void day_after(const struct report_model *m, int days, char buf[16])
{
	const char *begin = report_fact(&m->facts, "begin.wall_us");
	time_t at = begin ? (time_t)(strtoull(begin, NULL, 10) / SEC) : time(NULL);
	struct tm tm;

	at += (time_t)days * 24 * 3600;
	if (!gmtime_r(&at, &tm) || !strftime(buf, 16, "%Y-%m-%d", &tm))
		snprintf(buf, 16, "1970-01-01");
}

static void put_head(struct report_ctx *ctx)
{
	const struct report_model *m = ctx->model;
	const char *sha = report_fact(&m->facts, "kernel.sha256");
	const char *kernel = report_fact(&m->facts, "kernel");
	char day[16];

	day_after(m, 0, day);
	report_printf(ctx,
		      "# SPDX-License-Identifier: MIT\n"
		      "# Known failures, from a run of %s. Owner and issue are for you to name.\n",
		      day);
	report_printf(ctx, "kernel: ");
	put_scalar(ctx, kernel ? path_base(kernel) : "the reference");
	report_printf(ctx, "\n");
	if (sha && strlen(sha) == 64 && strspn(sha, "0123456789abcdef") == 64)
		report_printf(ctx, "sha256: [%s]\n", sha);
}

static int write_expect(struct report_ctx *ctx, struct err *err)
{
	const struct report_model *m = ctx->model;
	size_t n = 0;
	char expires[16];

	day_after(m, GOOD_DAYS, expires);
	put_head(ctx);
	report_printf(ctx, "known:");
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct report_cell *c = &m->cells[i];

		for (size_t j = 0; report_is_kut(c) == m->has_kut && j < c->n_results; j++)
			if (can_be_expected(&c->results[j])) {
				report_printf(ctx, n++ ? "" : "\n");
				put_case(ctx, c, &c->results[j], expires);
			}
	}
	for (size_t i = 0; i < m->n_expected; i++)
		if (still_holds(m, &m->expected[i])) {
			report_printf(ctx, n++ ? "" : "\n");
			put_entry(ctx, &m->expected[i].entry);
		}
	report_printf(ctx, n ? "" : " []\n");
	return 0;
}

const struct report_ops report_expect = {
	.name = "expect",
	.help = "known failures, as --expect reads them",
	.extension = "yaml",
	.write = write_expect,
};
