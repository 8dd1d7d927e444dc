/* SPDX-License-Identifier: MIT */
/*
 * A set of probes: the case set whose runner is /harness/probes, which speaks KTAP.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "run/caseset.h"
#include "run/share.h"
#include "wire/ktap.h"

struct parser {
	struct ktap *ktap;
	const struct case_sink *sink;
};

static void on_begin(void *arg, const char *name, uint64_t limit_ms)
{
	const struct parser *p = arg;

	p->sink->begin(p->sink->arg, name, limit_ms, ktap_open_at(p->ktap));
}

static void on_diagnostic(void *arg, const char *name, const char *text)
{
	const struct parser *p = arg;

	p->sink->text(p->sink->arg, text);
}

static const enum verdict from_ktap[] = {
	[KTAP_OK] = VERDICT_PASS,	[KTAP_SKIP] = VERDICT_SKIP,
	[KTAP_NOT_OK] = VERDICT_FAIL,	[KTAP_TIMEOUT] = VERDICT_TIMEOUT,
	[KTAP_BROKEN] = VERDICT_BROKEN,
};

static void on_result(void *arg, const struct ktap_result *r)
{
	const struct parser *p = arg;

	p->sink->result(p->sink->arg, r->name, from_ktap[r->status], r->reason);
}

static void on_error(void *arg, enum ktap_error error, const char *text)
{
	const struct parser *p = arg;

	p->sink->error(p->sink->arg, text);
}

static void *parser_new(void *arg, const struct case_sink *sink)
{
	struct parser *p = xcalloc(1, sizeof(*p));
	const struct ktap_listener listener = {
		.on_begin = on_begin,
		.on_diagnostic = on_diagnostic,
		.on_result = on_result,
		.on_error = on_error,
		.arg = p,
	};

	p->ktap = ktap_new(&listener);
	p->sink = sink;
	return p;
}

static void parser_feed(void *parser, const char *data, size_t n)
{
	ktap_feed(((struct parser *)parser)->ktap, data, n);
}

static void parser_free(void *parser)
{
	struct parser *p = parser;

	ktap_free(p->ktap);
	free(p);
}

static int command(void *arg, struct guest *g, const struct strv *names, struct strv *argv,
		   struct err *err)
{
	strv_push(argv, "/harness/probes");
	strv_push(argv, "--run");
	strv_push(argv, "--scale");
	strv_pushf(argv, "%.2f", g->slowdown);
	strv_push_all(argv, names->v);
	return 0;
}

/* What a worker asks: its own names, and those of the common ones that it took so far. */
struct part {
	struct share *share; /* NULL: none are common */
	struct strv names;
	size_t at;
	char **common;
};

static int rewind_part(void *arg, struct err *err)
{
	((struct part *)arg)->at = 0;
	return 0;
}

static int next_of_part(void *arg, size_t waiting, char **ret_name, struct err *err)
{
	struct part *p = arg;
	unsigned int from = 0, n = 0;

	if (p->share && p->at == p->names.n && !waiting)
		n = share_take(p->share, &from);
	for (unsigned int i = 0; i < n; i++)
		strv_push(&p->names, p->common[from + i]);
	if (p->at == p->names.n)
		return 0;
	*ret_name = xstrdup(p->names.v[p->at++]);
	return 1;
}

static bool part_has_more(void *arg)
{
	const struct part *p = arg;

	return p->share && share_has_more(p->share);
}

static void part_answered(void *arg)
{
	struct part *p = arg;

	if (p->share)
		share_answered(p->share);
}

static int run_part(struct worker *w, const struct case_runner *runner, struct err *err)
{
	const struct strv *names = &w->cell->names;
	size_t own = names->n - (size_t)w->cell->common;
	struct part p = {.common = names->v + own};
	const struct case_source source = {.n = own,
					   .rewind = rewind_part,
					   .next = next_of_part,
					   .has_more = part_has_more,
					   .answered = part_answered,
					   .arg = &p};
	int r = 0;

	if (w->cell->common)
		r = share_open(SHARE_FD, (unsigned int)w->cell->part, &p.share, err);
	for (size_t i = 0; i < own; i++)
		strv_push(&p.names, names->v[i]);
	if (r == 0)
		r = caseset_run(w, &source, runner, err);
	share_close(p.share);
	strv_release(&p.names);
	return r;
}

int worker_probes(struct worker *w, struct err *err)
{
	static const struct case_runner runner = {
		.format = "ktap",
		.command = command,
		.parser_new = parser_new,
		.parser_feed = parser_feed,
		.parser_free = parser_free,
	};

	return run_part(w, &runner, err);
}
