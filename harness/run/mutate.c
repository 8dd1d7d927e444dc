/* SPDX-License-Identifier: MIT */
#include "run/mutate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "wire/ktap.h"

#define SAID_MAX (64u << 10)
/* The honest round tells nothing before its end; later each mutant has a short limit. */
#define QUIET_LIMIT (120 * SEC)

struct campaign {
	struct worker *w;
	struct guest *guest;
	const struct mutate_request *req;
	struct mutate_score score;
	struct ktap *ktap;
	bool *met; /* which of req->known were heard of */
	unsigned int done;
	struct deadline deadline;
	uint64_t begin_us;
	struct strbuf said;
	bool ended;
	int status;
	char *error;
	int r; /* of the store */
	struct err *err;
};

double mutate_ratio(const struct mutate_score *score)
{
	unsigned int n = score->noticed + score->survived;

	return n ? (double)score->noticed / n : 1;
}

static void keep(struct campaign *c, const char *name, enum verdict v, const char *reason)
{
	const struct store_result r = {
		.cell = c->w->cell->id,
		.boot = c->guest->boot,
		.name = name,
		.verdict = v,
		.reason = reason && *reason ? reason : NULL,
		.begin_us = c->begin_us,
		.end_us = store_now(c->w->store),
	};

	if (c->r == 0)
		c->r = store_add_result(c->w->store, &r, c->err);
}

static bool is_honest(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash && strcmp(slash, "/honest") == 0;
}

/* The probe as it is: of note only when it cannot be lied to. */
static void take_honest(struct campaign *c, const struct ktap_result *r)
{
	c->score.probes++;
	if (r->status == KTAP_SKIP) {
		c->score.skipped++;
		keep(c, r->name, VERDICT_SKIP, r->reason);
	} else if (r->status != KTAP_OK) {
		c->score.unstable++;
		keep(c, r->name, VERDICT_BROKEN, r->reason);
	}
}

static void take_stale(struct campaign *c, const struct survivor *known, const char *name,
		       const char *what)
{
	_autofree_ char *text = xasprintf("%s:%u lists it as a survivor, but %s",
					  c->req->known->file, known->line, what);

	c->score.stale++;
	keep(c, name, VERDICT_XPASS, text);
}

static void take_mutant(struct campaign *c, const struct ktap_result *r)
{
	const struct survivor *known = survivors_find(c->req->known, r->name);
	bool setup = r->status == KTAP_SKIP && strncmp(r->reason, "setup:", 6) == 0;

	if (known)
		c->met[known - c->req->known->v] = true;
	if (r->status == KTAP_OK)
		c->score.noticed++;
	else if (r->status == KTAP_NOT_OK)
		c->score.survived++;
	else if (r->status == KTAP_SKIP)
		*(setup ? &c->score.setup : &c->score.unmade) += 1;
	if (r->status == KTAP_NOT_OK && known) {
		c->score.listed++;
		keep(c, r->name, VERDICT_XFAIL, known->reason);
	} else if (r->status == KTAP_NOT_OK) {
		keep(c, r->name, VERDICT_FAIL, r->reason);
	} else if (r->status == KTAP_OK && known) {
		take_stale(c, known, r->name, "it is noticed");
	} else if (r->status == KTAP_OK) {
		keep(c, r->name, VERDICT_PASS, r->reason);
	} else if (setup && known) {
		take_stale(c, known, r->name, "the probe calls its set-up broken");
	} else if (r->status != KTAP_SKIP) {
		keep(c, r->name, VERDICT_BROKEN, r->reason);
	}
}

static void on_result(void *arg, const struct ktap_result *r)
{
	struct campaign *c = arg;

	c->done++;
	if (is_honest(r->name))
		take_honest(c, r);
	else
		take_mutant(c, r);
	c->begin_us = store_now(c->w->store);
	if (c->req->progress)
		c->req->progress(c->req->arg, c->done, ktap_planned(c->ktap));
}

static void on_ktap_error(void *arg, enum ktap_error error, const char *text)
{
	struct campaign *c = arg;

	store_add_event(c->w->store, c->guest->boot, "ktap", text, NULL);
}

static void on_output(void *arg, int stream, const char *data, size_t n)
{
	struct campaign *c = arg;

	c->deadline = guest_deadline(c->guest, QUIET_LIMIT);
	if (stream == 1)
		ktap_feed(c->ktap, data, n);
	else
		strbuf_add(&c->said, data, n);
}

static void on_done(void *arg, int status, int pid, const char *error)
{
	struct campaign *c = arg;

	c->ended = true;
	c->status = status;
	c->error = error ? xstrdup(error) : NULL;
}

static bool is_over(void *arg)
{
	struct campaign *c = arg;

	return c->ended || c->guest->tainted || c->r < 0 || deadline_passed(c->deadline);
}

static void make_argv(struct campaign *c, struct strv *argv)
{
	strv_push(argv, "/harness/probes");
	strv_push(argv, "--mutate");
	strv_push(argv, "--scale");
	strv_pushf(argv, "%.2f", c->guest->slowdown);
	strv_push(argv, "--jobs");
	strv_pushf(argv, "%u", c->req->jobs);
	strv_push_all(argv, c->req->probes->v);
}

/* Each of these would end in a score of something else than was asked for. */
static int check_end(struct campaign *c, struct err *err)
{
	if (c->r < 0)
		return c->r;
	if (c->guest->tainted)
		return err_set(err, EPIPE, "the reference kernel crashed: %s",
			       c->guest->first_crash.title);
	if (!c->ended)
		return err_set(err, ETIMEDOUT, "the runner fell silent after %u of %u mutants",
			       c->done, ktap_planned(c->ktap));
	if (c->error)
		return err_set(err, EREMOTEIO, "the runner: %s", c->error);
	if (!ktap_finish(c->ktap))
		return err_set(err, EREMOTEIO, "the runner told of %u of %u mutants: %s", c->done,
			       ktap_planned(c->ktap), strbuf_str(&c->said));
	return 0;
}

/* Entries of probes that were asked, about mutants that are not made. */
static void find_unmet(struct campaign *c)
{
	for (size_t i = 0; i < c->req->known->n; i++) {
		const struct survivor *s = &c->req->known->v[i];
		_autofree_ char *name = xasprintf("%s/%s/%s", s->probe, s->call, s->lie);

		if (!c->met[i] && strv_has(c->req->probes, s->probe))
			take_stale(c, s, name, "there is no such mutant");
	}
}

static int keep_metrics(struct campaign *c)
{
	const struct mutate_score *s = &c->score;
	const struct {
		const char *name;
		double value;
		const char *unit;
	} rows[] = {
		{"mutation_score", mutate_ratio(s), ""},  {"mutants_noticed", s->noticed, ""},
		{"mutants_survived", s->survived, ""},	  {"survivors_listed", s->listed, ""},
		{"mutants_breaking_setup", s->setup, ""}, {"mutants_not_made", s->unmade, ""},
	};

	for (size_t i = 0; c->r == 0 && i < ARRAY_SIZE(rows); i++)
		c->r = store_add_metric(c->w->store, c->w->cell->id, rows[i].name, rows[i].value,
					rows[i].unit, c->err);
	return c->r;
}

static int watch(struct campaign *c, struct err *err)
{
	const struct chan_call_listener calls = {
		.on_output = on_output, .on_done = on_done, .arg = c};
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct chan_exec exec = {0};
	struct chan_call *call = NULL;
	int r;

	make_argv(c, &argv);
	exec.argv = argv.v;
	c->deadline = guest_deadline(c->guest, QUIET_LIMIT);
	r = chan_start_exec(c->guest->chan, &exec, &calls, &call, err);
	while (r == 0 && !is_over(c)) {
		r = guest_wait(c->guest, is_over, c, c->deadline);
		if (r == -ETIMEDOUT)
			r = 0;
	}
	if (call && !c->ended)
		chan_abandon(call);
	if (r == -EPIPE)
		return err_set(err, EPIPE, "the guest died");
	if (r == -EINTR)
		return err_set(err, EINTR, "interrupted");
	return r < 0 ? r : check_end(c, err);
}

int mutate_run(struct worker *w, struct guest *g, const struct mutate_request *req,
	       struct mutate_score *ret_score, struct err *err)
{
	struct campaign c = {.w = w, .guest = g, .req = req, .err = err};
	const struct ktap_listener listener = {
		.on_result = on_result, .on_error = on_ktap_error, .arg = &c};
	int r;

	c.ktap = ktap_new(&listener);
	c.met = xcalloc(req->known->n + 1, sizeof(*c.met));
	c.begin_us = store_now(w->store);
	strbuf_init(&c.said, SAID_MAX);
	r = watch(&c, err);
	if (r == 0) {
		find_unmet(&c);
		r = keep_metrics(&c);
	}
	if (r == 0)
		*ret_score = c.score;
	ktap_free(c.ktap);
	strbuf_release(&c.said);
	free(c.met);
	free(c.error);
	return r;
}
