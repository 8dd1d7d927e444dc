/* SPDX-License-Identifier: MIT */
#include "report/report_attempts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

struct gather {
	struct report_attempts run;
	char *reason; /* of the run, NULL: there is none yet */
	bool each;
	void (*fn)(void *arg, const struct report_attempts *a);
	void *arg;
};

static void flush(struct gather *g)
{
	if (!g->reason)
		return;
	g->run.reason = g->reason;
	g->fn(g->arg, &g->run);
	free(g->reason);
	g->reason = NULL;
}

static int take(void *arg, const struct store_result_row *row)
{
	struct gather *g = arg;
	const struct store_result *r = &row->result;
	const char *reason = r->reason ? r->reason : "";

	if (!g->each && g->reason && g->run.verdict == r->verdict && g->run.retry == r->retry &&
	    strcmp(g->reason, reason) == 0) {
		g->run.last = r->attempt;
		return 0;
	}
	flush(g);
	g->reason = xstrdup(reason);
	g->run = (struct report_attempts){.first = r->attempt,
					  .last = r->attempt,
					  .verdict = r->verdict,
					  .retry = r->retry,
					  .id = row->id,
					  .boot = r->boot,
					  .begin_us = r->begin_us,
					  .end_us = r->end_us,
					  .console_from = r->console_from,
					  .console_to = r->console_to};
	return 0;
}

static void walk(struct report_ctx *ctx, const struct report_cell *c, const struct report_result *r,
		 struct gather *g)
{
	store_each_attempt(ctx->store, c->cell.id, r->name, take, g, NULL);
	flush(g);
}

void report_each_attempts(struct report_ctx *ctx, const struct report_cell *c,
			  const struct report_result *r,
			  void (*fn)(void *arg, const struct report_attempts *a), void *arg)
{
	if (r->attempts > 1)
		walk(ctx, c, r, &(struct gather){.fn = fn, .arg = arg});
}

void report_each_attempt(struct report_ctx *ctx, const struct report_cell *c,
			 const struct report_result *r,
			 void (*fn)(void *arg, const struct report_attempts *a), void *arg)
{
	walk(ctx, c, r, &(struct gather){.each = true, .fn = fn, .arg = arg});
}

char *report_attempts_title(const struct report_attempts *a)
{
	const char *fresh = a->retry ? " in a fresh machine" : "";

	if (a->first == a->last)
		return xasprintf("attempt %u%s", a->first, fresh);
	return xasprintf("attempts %u to %u%s", a->first, a->last, fresh);
}

char *report_outcomes(const struct report_result *r)
{
	struct strbuf sb = STRBUF_INIT(400);

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (r->outcomes[v])
			strbuf_addf(&sb, "%s%u %s", sb.len ? ", " : "", r->outcomes[v],
				    verdict_name((enum verdict)v));
	return strbuf_detach(&sb, NULL);
}

const char *report_word(const struct report_result *r)
{
	return r->flaky ? "flaky" : verdict_name(r->verdict);
}
