/* SPDX-License-Identifier: MIT */
/*
 * The set and its rounds. A crash costs its case the verdict and nobody else's: see
 * caseset_guilt.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/usage.h"
#include "base/xalloc.h"
#include "run/caseset_priv.h"
#include "run/progress.h"

#define BOOTS_FAILED_MAX 3
#define FIRST_BOOTS_MAX	 2
#define IDLE_ROUNDS_MAX	 2
/* A runner that is killed under so many cases one after the other is itself at fault. */
#define RUNNER_KILLED_MAX 3
/* More cases than a runner that lags has on its way at once. */
#define EXACT_ROUNDS 256

void set_fill(struct answer *a, enum verdict v, const char *reason, const char *detail)
{
	free(a->reason);
	free(a->detail);
	a->verdict = v;
	a->reason = reason && *reason ? xstrdup(reason) : NULL;
	a->detail = detail && *detail ? xstrdup(detail) : NULL;
}

void set_reset(struct answer *a)
{
	set_fill(a, VERDICT_BROKEN, NULL, NULL);
	a->state = UNASKED;
	a->boot = 0;
	a->saw_panic = false;
}

/* It saw a panic whose text did not reach the console. */
static void call_it_a_crash(struct answer *a)
{
	_autofree_ char *said = xasprintf("panic without a text: %s", a->reason ? a->reason : "");
	_autofree_ char *detail = a->detail ? xstrdup(a->detail) : NULL;

	set_fill(a, VERDICT_CRASH, said, detail);
}

void set_tell(struct set *s, struct answer *a)
{
	struct err err = ERR_INIT;
	struct store_result r;

	if (a->told)
		return;
	if (a->saw_panic && a->verdict == VERDICT_FAIL)
		call_it_a_crash(a);
	r = (struct store_result){
		.cell = s->w->cell->id,
		.boot = a->boot,
		.name = a->name,
		.attempt = a->attempt,
		.retry = a->retry,
		.verdict = a->verdict,
		.reason = a->reason,
		.detail = a->detail,
		.fingerprint = a->fingerprint,
		.begin_us = a->begin_us,
		.end_us = a->end_us,
		.console_from = a->console_from,
		.console_to = a->console_to,
	};

	a->told = true;
	a->state = FINAL;
	s->done++;
	if (store_add_result(s->w->store, &r, &err) < 0)
		log_error("%s", err.text);
	if (s->runner->told)
		s->runner->told(s->runner->arg, &r);
	s->may_retry |= verdict_is_bad(a->verdict) || verdict_is_infra(a->verdict);
	progress_result(a->verdict, a->name, a->attempt, a->reason);
	/* The store has them: what thousands of failures said is not to be kept twice. */
	free(TAKE(a->reason));
	free(TAKE(a->detail));
}

void set_confirm(struct set *s, uint64_t now, bool all)
{
	while (s->confirmed < s->begun && s->answers[s->confirmed].state == FINAL)
		s->confirmed++;
	for (size_t i = s->confirmed; i < s->begun; i++) {
		struct answer *a = &s->answers[i];

		if (a->state == SUSPECT &&
		    (all || answer_is_clear(a, now, s->guest->settle_ms * MSEC)))
			set_tell(s, a);
	}
}

void set_close(struct set *s, struct answer *a)
{
	size_t past = (size_t)(a - s->answers) + 1;

	if (s->begun < past)
		s->begun = past;
	a->boot = s->guest->boot;
	a->end_us = store_now(s->w->store);
	a->ended = now_us();
	a->console_to = s->guest->console_bytes;
	a->state = SUSPECT;
	if (s->source->answered)
		s->source->answered(s->source->arg);
}

void set_drop_guest(struct set *s)
{
	guest_free(s->guest);
	s->guest = NULL;
}

/* Every case without an answer gets this one, also those that are not in the window yet. */
static void answer_rest(struct set *s, enum verdict v, const char *reason)
{
	do {
		for (size_t i = 0; i < s->n; i++) {
			if (s->answers[i].state == FINAL)
				continue;
			set_fill(&s->answers[i], v, reason, NULL);
			s->answers[i].begin_us = s->answers[i].end_us = store_now(s->w->store);
			set_tell(s, &s->answers[i]);
		}
	} while (set_refill(s));
}

/* A case that is no probe. The boot is one: a kernel that does not boot has a verdict, not a
 * hundred. Each part of a set may have it: its attempts are told apart by the part. */
static void tell_case(struct set *s, const char *name, enum verdict v, const char *reason,
		      const char *detail)
{
	const struct cell *c = s->w->cell;
	int64_t time = strcmp(name, "boot") == 0 ? s->w->boots : s->pass;
	struct answer boot = {.name = name,
			      .boot = s->guest ? s->guest->boot : 0,
			      .attempt = (unsigned int)((time - 1) * c->parts + c->part),
			      .retry = strcmp(name, "boot") == 0 && time > 1};

	set_fill(&boot, v, reason, detail);
	boot.begin_us = boot.end_us = store_now(s->w->store);
	if (s->guest && s->guest->hello_us < boot.end_us)
		boot.begin_us -= s->guest->hello_us;
	if (s->guest)
		boot.console_to = s->guest->console_bytes;
	set_tell(s, &boot);
	s->done--;
	free(boot.reason);
	free(boot.detail);
}

/*
 * A boot that failed stands as such, but a kernel that fails one of many has answers all the same:
 * it is tried again. True when every answer was given instead.
 */
static bool boot_failed(struct set *s, enum verdict v, const char *reason, const char *detail)
{
	_autofree_ char *text = xasprintf("the kernel did not boot: %s", reason);
	unsigned int most = s->up ? BOOTS_FAILED_MAX : FIRST_BOOTS_MAX;

	/* Until it came up once, each boot is an attempt at the same case. */
	if (!s->up)
		tell_case(s, "boot", v, reason, detail);
	if (v != VERDICT_BROKEN && ++s->failed_boots < most)
		return false;
	if (s->up)
		tell_case(s, "boot again", v, reason, detail);
	answer_rest(s, v == VERDICT_BROKEN ? VERDICT_BROKEN : VERDICT_SKIP, text);
	return true;
}

static char *hello_text(const struct guest *g)
{
	if (!g->booted_us)
		return xasprintf("hello after %.0f ms", (double)g->hello_us / 1000);
	return xasprintf("woken within %.0f ms, booted in %.0f ms when it was saved",
			 (double)g->hello_us / 1000, (double)g->booted_us / 1000);
}

int set_need_guest(struct set *s, const char *why, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf reason = STRBUF_INIT(REASON_MAX);
	_cleanup_(strbuf_release) struct strbuf detail = STRBUF_INIT(DETAIL_MAX);
	enum verdict v;
	int r;

	while (!s->guest) {
		strbuf_reset(&reason);
		strbuf_reset(&detail);
		r = worker_boot(s->w, why, NULL, &s->guest, &v, &reason, &detail, err);
		if (r == 0)
			break;
		if (r != -ENODEV)
			return r;
		if (boot_failed(s, v, strbuf_str(&reason), strbuf_str(&detail)))
			return 1;
	}
	s->failed_boots = 0;
	/* The other parts' boots are a case of their own only when the first one fails. */
	if (!s->up && (s->w->cell->part == 1 || s->w->boots > 1)) {
		_autofree_ char *text = hello_text(s->guest);

		tell_case(s, "boot", VERDICT_PASS, text, NULL);
	}
	s->up = true;
	return 0;
}

void set_keep_idle(struct set *s, int64_t boot, enum verdict v, const char *what)
{
	free(s->last_idle);
	s->last_idle = xstrdup(what);
	s->last_verdict = v;
	store_add_event(s->w->store, boot, "between-probes", what, NULL);
}

/*
 * The runner let a limit pass that it should have kept itself. Where the guest's clock is seen to
 * be slow, that is no hang: the case in flight gets a second boot before it is told so. Elsewhere
 * it would cost every hang its limit twice.
 */
static bool give_second_chance(struct set *s, enum verdict v, const char *reason)
{
	_autofree_ char *text = NULL;

	if (v != VERDICT_TIMEOUT || s->open->retried || !guest_clock_is_slow(s->guest))
		return false;
	text = xasprintf("%s: %s", s->open->name, reason);
	store_add_event(s->w->store, s->guest->boot, "asked-again", text, NULL);
	set_reset(s->open);
	s->open->retried = true;
	return true;
}

void set_ask_closely(struct set *s, const char *why)
{
	_autofree_ char *text =
		xasprintf("%s: the cases in flight are asked again one by one", why);

	store_add_event(s->w->store, s->guest->boot, "asked-again", text, NULL);
	for (size_t i = s->confirmed; i < s->n; i++)
		if (s->answers[i].state == SUSPECT)
			set_reset(&s->answers[i]);
	if (s->open)
		set_reset(s->open);
	s->exact = EXACT_ROUNDS;
	set_drop_guest(s);
}

/* What a runner that lags was asked alone is in flight, though it did not come to say so. */
static void see_open(struct set *s, const struct strv *names)
{
	struct answer *a = names->n == 1 ? set_find(s, names->v[0]) : NULL;

	if (!s->open && s->runner->lags && a && a->state == UNASKED)
		s->open = a;
}

/* The runner fell silent or the guest died without a word. */
static int close_silent(struct set *s, const struct strv *names, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf reason = STRBUF_INIT(REASON_MAX);
	_cleanup_(strbuf_release) struct strbuf detail = STRBUF_INIT(DETAIL_MAX);
	enum verdict v = guest_judge(s->guest, &reason, &detail);

	/* Its text came while the machine was looked at: not all that waited are clear of it. */
	if (s->guest->crashes)
		return set_find_guilty(s, err);
	set_confirm(s, now_us(), !s->gathered);
	see_open(s, names);
	/* Whoever hung while the kernel lives had begun in everybody's sight, unless it stopped the
	 * runner at once. */
	if (s->gathered && (v != VERDICT_TIMEOUT || !s->open)) {
		set_ask_closely(s, strbuf_str(&reason));
		return 0;
	}
	set_confirm(s, now_us(), true);
	s->exact = 0;
	if (s->open && !give_second_chance(s, v, strbuf_str(&reason))) {
		set_fill(s->open, v, strbuf_str(&reason), strbuf_str(&detail));
		set_close(s, s->open);
		set_tell(s, s->open);
	} else if (!s->open) {
		set_keep_idle(s, s->guest->boot, v, strbuf_str(&reason));
	}
	set_drop_guest(s);
	return 0;
}

static char *runner_end(const struct set *s)
{
	char status[64];
	const char *said = strbuf_str(&s->diagnostics);

	return xasprintf("the runner ended without a result (%s%s%.*s)",
			 proc_status_text(s->status, status, sizeof(status)),
			 *said ? "; it said: " : "", (int)strcspn(said, "\n"), said);
}

/* A case of a runner that stands beside it, and not under it, killed it: it costs itself alone. */
static bool was_killed(const struct set *s)
{
	return s->runner->lags && !s->exec_error && WIFSIGNALED(s->status);
}

/* On a machine of its own, where whoever killed the runner may have killed others. */
static void close_killed(struct set *s, const char *text)
{
	if (++s->killed == RUNNER_KILLED_MAX)
		answer_rest(s, VERDICT_BROKEN, text);
	set_drop_guest(s);
}

/* The runner ended: what it did not answer is broken, never forgotten. */
static void close_ended(struct set *s, const struct strv *names)
{
	_autofree_ char *text = NULL;

	set_confirm(s, now_us(), true);
	text = s->exec_error ? xstrdup(s->exec_error) : runner_end(s);
	if (s->gathered && was_killed(s)) {
		set_ask_closely(s, text);
		return;
	}
	for (size_t i = 0; i < names->n; i++) {
		struct answer *a = set_find(s, names->v[i]);

		if (!a || a->state == FINAL)
			continue;
		set_fill(a, VERDICT_BROKEN, text, strbuf_str(&s->diagnostics));
		set_close(s, a);
		set_tell(s, a);
	}
	if (was_killed(s))
		close_killed(s, text);
}

/* Round after round dies before its first answer: that has one verdict, and the rest was not asked.
 */
static void give_up(struct set *s)
{
	const char *what = s->last_idle ? s->last_idle : "the runner gave no answer";
	_autofree_ char *text = xasprintf("not asked: %s", what);

	tell_case(s, "between probes", s->last_idle ? s->last_verdict : VERDICT_BROKEN, what, NULL);
	answer_rest(s, VERDICT_SKIP, text);
}

static const char *boot_reason(const struct set *s)
{
	if (!s->w->boots)
		return "first";
	if (s->w->cell->fresh)
		return "a machine of its own";
	if (s->pass > s->w->cell->repeat && !s->done)
		return "asking again what failed";
	return "after a crash or a hang";
}

/* Those without an answer, at most CASES_AHEAD; one alone behind an end that nobody saw, and where
 * each has a machine of its own. True when others are asked next on the same machine. */
static bool pick_names(struct set *s, struct strv *names)
{
	size_t most = s->exact || s->w->cell->fresh ? 1 : CASES_AHEAD;

	for (size_t i = 0; i < s->n; i++) {
		if (s->answers[i].state != UNASKED)
			continue;
		if (names->n == most)
			return s->exact || !s->w->cell->fresh;
		strv_push(names, s->answers[i].name);
	}
	s->exact = 0;
	return false;
}

/* On the same machine, as soon as these have been asked. */
static bool has_more(const struct set *s)
{
	return !s->w->cell->fresh && s->source->has_more && s->source->has_more(s->source->arg);
}

/* All have their answers: they stay suspects like any other until the console was clean. */
static bool go_on(struct set *s, const struct strv *names)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct answer *a = set_find(s, names->v[i]);

		if (!a || a->state == UNASKED || s->guest->tainted)
			return false;
	}
	s->exact -= s->exact > 0;
	s->idle_rounds = 0;
	s->killed = 0;
	return true;
}

/* How the round ended decides what becomes of its cases. */
static int close_round(struct set *s, const struct strv *names, enum outcome out, struct err *err)
{
	int r = 0;

	if (out == OUT_ENDED) {
		set_settle(s);
		if (s->guest->crashes)
			out = OUT_CRASHED;
	}
	if (out == OUT_DIED)
		guest_wait(s->guest, NULL, NULL, deadline_in(50 * MSEC));
	if (out == OUT_CRASHED || (out == OUT_DIED && s->guest->crashes))
		return set_find_guilty(s, err);
	if (out == OUT_ENDED)
		close_ended(s, names);
	else
		r = close_silent(s, names, err);
	if (s->w->cell->fresh)
		set_drop_guest(s);
	return r;
}

static int one_round(struct set *s, struct err *err)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	enum outcome out = OUT_ENDED;
	size_t before = s->done;
	bool others;
	int r = set_need_guest(s, boot_reason(s), err);

	if (r != 0)
		return r < 0 ? r : 0;
	others = pick_names(s, &names) || (names.n && has_more(s));
	/* None when what was to come went to another part. */
	r = names.n ? set_ask(s, &names, &out, err) : 0;
	if (r < 0)
		return r;
	if (out == OUT_ENDED && others && go_on(s, &names))
		return 0;
	r = close_round(s, &names, out, err);
	if (r < 0)
		return r;
	/* A round that brought nothing would be followed by another one like it. */
	s->idle_rounds = s->done == before ? s->idle_rounds + 1 : 0;
	if (s->idle_rounds >= IDLE_ROUNDS_MAX)
		give_up(s);
	return 0;
}

/* After each pass: what the probes cost the host over time (scripts/bench.py takes the slope). */
static void keep_rss(struct set *s)
{
	store_add_metric(s->w->store, s->w->cell->id, "rss", (double)usage_rss_kib(), "KiB", NULL);
}

/* Asks every case of the pass, over as many boots as it takes. */
static int run_pass(struct set *s, struct err *err)
{
	int r = set_begin_pass(s, err);

	while (r == 0 && set_refill(s))
		r = one_round(s, err);
	if (r == 0 && s->failed) {
		*err = s->failure;
		r = s->failed;
	}
	set_end_pass(s);
	keep_rss(s);
	return r;
}

/* What failed, in a machine that nothing has touched. A kernel that never came up has been asked
 * often enough. */
static int run_retries(struct set *s, struct err *err)
{
	int r = 0;

	for (int64_t i = 0; r == 0 && s->up && s->may_retry && i < s->w->cell->retries; i++) {
		r = set_count(s, &s->total, err);
		if (r < 0 || !s->total)
			break;
		s->may_retry = false;
		set_drop_guest(s);
		r = run_pass(s, err);
	}
	return r;
}

int caseset_run(struct worker *w, const struct case_source *source,
		const struct case_runner *runner, struct err *err)
{
	struct set s = {.w = w,
			.runner = runner,
			.source = source,
			.total = source->n,
			.diagnostics = STRBUF_INIT(DETAIL_MAX)};
	int r = 0;

	foreseen_load(&s.foreseen, w->store, w->cell);
	while (r == 0 && s.pass < w->cell->repeat)
		r = run_pass(&s, err);
	if (r == 0)
		r = run_retries(&s, err);
	/* Not switched off: nobody asks how the kernel does it, and it takes as long as ten cases.
	 */
	guest_free(s.guest);
	foreseen_release(&s.foreseen);
	free(s.answers);
	free(s.exec_error);
	free(s.last_idle);
	strbuf_release(&s.diagnostics);
	return r;
}
