/* SPDX-License-Identifier: MIT */
/*
 * A scenario on one kernel: one boot, its steps in order. A step after which the guest is dead or
 * tainted ends it: the rest is skipped by name, since nothing that follows would count.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "config/scenario.h"
#include "run/progress.h"
#include "run/retry.h"
#include "run/worker.h"
#include "step/kinds.h"
#include "step/step.h"

#define REASON_MAX 2000
#define DETAIL_MAX (64u << 10)

struct play {
	struct worker *w;
	struct scenario *scenario;
	struct guest *guest;
	size_t n; /* steps for this lane */
	size_t i; /* told */
	unsigned int attempt;
	struct strv names; /* of the boot and the steps for this lane */
	struct retry retry;
};

struct telling {
	const char *name;
	enum verdict verdict;
	struct strbuf reason, detail;
	const char *fingerprint;
	uint64_t begin_us, console_from;
};

static void tell(struct play *p, const struct telling *t)
{
	struct err err = ERR_INIT;
	const struct store_result r = {
		.cell = p->w->cell->id,
		.boot = p->guest ? p->guest->boot : 0,
		.name = t->name,
		.attempt = p->attempt,
		.retry = p->attempt > p->w->cell->repeat,
		.verdict = t->verdict,
		.reason = t->reason.len ? strbuf_str(&t->reason) : NULL,
		.detail = t->detail.len ? strbuf_str(&t->detail) : NULL,
		.fingerprint = t->fingerprint,
		.begin_us = t->begin_us,
		.end_us = store_now(p->w->store),
		.console_from = t->console_from,
		.console_to = p->guest ? p->guest->console_bytes : 0,
	};

	if (store_add_result(p->w->store, &r, &err) < 0)
		log_error("%s", err.text);
	retry_note(&p->retry, t->name, t->verdict);
	progress_result(t->verdict, t->name, p->attempt, r.reason);
}

/* What the guest says overrides what the step believes: a dead kernel is not a failed login. */
static void see_guest(struct play *p, struct telling *t)
{
	struct guest *g = p->guest;

	/* A step that did nothing leaves nothing behind. */
	if (t->verdict != VERDICT_SKIP)
		guest_settle(g);
	if (g->crashes) {
		t->verdict = VERDICT_CRASH;
		strbuf_reset(&t->reason);
		strbuf_addstr(&t->reason, g->first_crash.title);
		if (g->first_crash.text)
			strbuf_addstr(&t->detail, g->first_crash.text);
		t->fingerprint = g->first_crash.fingerprint;
	} else if (g->dead || t->verdict == VERDICT_TIMEOUT) {
		struct strbuf said = t->reason;

		t->reason = (struct strbuf)STRBUF_INIT(REASON_MAX);
		t->verdict = guest_judge(g, &t->reason, &t->detail);
		if (said.len)
			strbuf_addf(&t->reason, " (the step: %s)", strbuf_str(&said));
		strbuf_release(&said);
	}
}

/* 0, or -EINTR. */
static int play_step(struct play *p, const struct scenario_step *step, struct err *err)
{
	struct telling t = {.name = step->name,
			    .reason = STRBUF_INIT(REASON_MAX),
			    .detail = STRBUF_INIT(DETAIL_MAX),
			    .begin_us = store_now(p->w->store),
			    .console_from = p->guest->console_bytes};
	struct step_outcome o = {.verdict = VERDICT_BROKEN,
				 .reason = STRBUF_INIT(REASON_MAX),
				 .detail = STRBUF_INIT(DETAIL_MAX)};
	struct err why = ERR_INIT;
	int r;

	progress_begin((unsigned int)++p->i, (unsigned int)p->n, step->name);
	p->guest->in_step = true;
	r = step_find(step->kind->name)
		    ->run(p->guest, step->options, guest_deadline(p->guest, step->limit_us), &o,
			  &why);
	p->guest->in_step = false;
	t.verdict = r == -ETIMEDOUT ? VERDICT_TIMEOUT : r < 0 ? VERDICT_BROKEN : o.verdict;
	strbuf_addstr(&t.reason, r < 0 ? why.text : strbuf_str(&o.reason));
	strbuf_addstr(&t.detail, strbuf_str(&o.detail));
	if (loop_cancelled(p->w->loop)) {
		r = err_set(err, EINTR, "interrupted");
	} else {
		see_guest(p, &t);
		tell(p, &t);
		r = 0;
	}
	strbuf_release(&o.reason);
	strbuf_release(&o.detail);
	strbuf_release(&t.reason);
	strbuf_release(&t.detail);
	return r;
}

static void skip_step(struct play *p, const struct scenario_step *step, enum verdict v,
		      const char *reason)
{
	struct telling t = {.name = step->name,
			    .verdict = v,
			    .reason = STRBUF_INIT(REASON_MAX),
			    .begin_us = store_now(p->w->store)};

	strbuf_addstr(&t.reason, reason);
	tell(p, &t);
	strbuf_release(&t.reason);
}

static int boot(struct play *p, struct err *err)
{
	struct telling t = {.name = "boot",
			    .verdict = VERDICT_PASS,
			    .reason = STRBUF_INIT(REASON_MAX),
			    .detail = STRBUF_INIT(DETAIL_MAX),
			    .begin_us = store_now(p->w->store)};
	const char *why = p->attempt > 1 ? "once more, from the first step" : "first";
	int r = worker_boot(p->w, why, p->scenario->forward, &p->guest, &t.verdict, &t.reason,
			    &t.detail, err);

	if (r == 0)
		strbuf_addf(&t.reason, "hello after %.0f ms", (double)p->guest->hello_us / 1000);
	if (r == 0 || r == -ENODEV)
		tell(p, &t);
	strbuf_release(&t.reason);
	strbuf_release(&t.detail);
	return r == -ENODEV ? 0 : r;
}

static int play_steps(struct play *p, struct err *err)
{
	_autofree_ char *over = p->guest ? NULL : xstrdup("the kernel did not boot");
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->scenario->n_steps; i++) {
		const struct scenario_step *step = &p->scenario->steps[i];

		if (!scenario_step_on(step, p->w->cell->lane))
			continue;
		if (over) {
			skip_step(p, step, VERDICT_SKIP, over);
			continue;
		}
		r = play_step(p, step, err);
		if (p->guest->dead || p->guest->tainted)
			over = xasprintf("not asked: the guest was %s at step \"%s\"",
					 p->guest->tainted ? "tainted by a crash" : "lost",
					 step->name);
	}
	return r;
}

/* Boot, steps, and the machine is gone. */
static int play_once(struct play *p, struct err *err)
{
	int r;

	p->attempt++;
	p->i = 0;
	r = boot(p, err);
	if (r == 0)
		r = play_steps(p, err);
	if (r == 0)
		guest_shutdown(p->guest);
	else
		guest_free(p->guest);
	p->guest = NULL;
	return r;
}

/* A step means something after those before it alone, so all are played again; not after a crash:
 * that stands, and what came after it was not asked. */
static bool wants_retry(const struct play *p)
{
	_cleanup_(strv_release) struct strv again = STRV_INIT;

	retry_pick(&p->retry, &again);
	return again.n && !retry_has_crash(&p->retry) &&
	       p->attempt < p->w->cell->repeat + p->w->cell->retries;
}

int worker_scenario(struct worker *w, struct err *err)
{
	struct play p = {.w = w, .names = STRV_INIT};
	struct foreseen foreseen;
	int r = scenario_load(w->cell->file, step_config_kinds(), &p.scenario, err);

	if (r < 0)
		return r;
	strv_push(&p.names, "boot");
	for (size_t i = 0; i < p.scenario->n_steps; i++)
		if (scenario_step_on(&p.scenario->steps[i], w->cell->lane))
			strv_push(&p.names, p.scenario->steps[i].name);
	p.n = p.names.n - 1;
	foreseen_load(&foreseen, w->store, w->cell);
	retry_init(&p.retry, &p.names);
	p.retry.foreseen = &foreseen;
	do
		r = play_once(&p, err);
	while (r == 0 && (p.attempt < w->cell->repeat || wants_retry(&p)));
	retry_release(&p.retry);
	foreseen_release(&foreseen);
	strv_release(&p.names);
	scenario_free(p.scenario);
	return r;
}
