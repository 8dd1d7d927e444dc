/* SPDX-License-Identifier: MIT */
/*
 * A set of probes on one kernel, over as many boots as it takes.
 *
 * A crash costs its probe the verdict and nobody else's. Crash text may come late (settle_ms) and
 * names no program reliably, so a result counts only once the console stayed clean for that long
 * after it; until then it is a suspect. When a crash is seen, the suspects of its first text are
 * asked again one by one, on a machine that no crash has touched, until one brings a crash: that
 * one is guilty, what ended before it stands, what came after is asked again; if it is a crash of
 * another title, all others are asked again. Only who
 * saw a panic as the only one, or was the only suspect, needs not be asked. If none brings it,
 * nobody is accused and the crash is filed as unattributed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/usage.h"
#include "base/xalloc.h"
#include "run/answer.h"
#include "run/progress.h"
#include "run/worker.h"
#include "wire/ktap.h"

#define REASON_MAX 2000
#define DETAIL_MAX (64u << 10)
/* What the runner in the guest needs beyond a probe's own limit to say that it hung. */
#define RUNNER_GRACE (3 * SEC)
/* Between two probes, and from exec to the first line. */
#define BETWEEN_LIMIT	 (5 * SEC)
#define BOOTS_FAILED_MAX 3
#define FIRST_BOOTS_MAX	 2
#define IDLE_ROUNDS_MAX	 2

struct set {
	struct worker *w;
	struct guest *guest;
	struct answer *answers;
	size_t n, done;
	/* One exec of the runner. */
	struct ktap *ktap;
	struct answer *open, *awaited; /* in flight; when crash text came */
	struct strbuf diagnostics;
	struct deadline deadline;
	bool ended;
	int status;
	char *exec_error;
	/* The crash whose guilty one is looked for; whether another one was seen with it. */
	struct crash crash; /* without its text */
	bool mixed;
	bool up; /* a boot came to its hello */
	unsigned int failed_boots, idle_rounds;
	char *last_idle; /* what the last idle round died of */
	enum verdict last_verdict;
	int64_t pass; /* from 1 */
};

static struct answer *find(struct set *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->answers[i].name, name) == 0)
			return &s->answers[i];
	return NULL;
}

static void fill(struct answer *a, enum verdict v, const char *reason, const char *detail)
{
	free(a->reason);
	free(a->detail);
	a->verdict = v;
	a->reason = reason && *reason ? xstrdup(reason) : NULL;
	a->detail = detail && *detail ? xstrdup(detail) : NULL;
}

/* As if it had never been asked. */
static void answer_reset(struct answer *a)
{
	fill(a, VERDICT_BROKEN, NULL, NULL);
	a->state = UNASKED;
	a->saw_panic = false;
}

/* It saw a panic whose text did not reach the console. */
static void call_it_a_crash(struct answer *a)
{
	_autofree_ char *said = xasprintf("panic without a text: %s", a->reason ? a->reason : "");
	_autofree_ char *detail = a->detail ? xstrdup(a->detail) : NULL;

	fill(a, VERDICT_CRASH, said, detail);
}

static void tell(struct set *s, struct answer *a)
{
	struct err err = ERR_INIT;
	struct store_result r;

	if (a->told)
		return;
	if (a->saw_panic && a->verdict == VERDICT_FAIL)
		call_it_a_crash(a);
	r = (struct store_result){
		.cell = s->w->cell->id,
		.boot = s->guest ? s->guest->boot : 0,
		.name = a->name,
		.attempt = (unsigned int)s->pass,
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
	progress_result(a->verdict, r.name, a->reason);
}

/* Results that stayed clean long enough, until now, become final. */
static void confirm(struct set *s, uint64_t now, bool all)
{
	for (size_t i = 0; i < s->n; i++) {
		struct answer *a = &s->answers[i];

		if (a->state == SUSPECT &&
		    (all || answer_is_clear(a, now, s->guest->settle_ms * MSEC)))
			tell(s, a);
	}
}

static void on_begin(void *arg, const char *name, uint64_t limit_ms)
{
	struct set *s = arg;
	struct answer *a = find(s, name);

	s->open = NULL;
	if (!a || a->state != UNASKED)
		return;
	s->open = a;
	a->begin_us = store_now(s->w->store);
	a->began = now_us();
	a->console_from = s->guest->console_bytes;
	strbuf_reset(&s->diagnostics);
	s->deadline = guest_deadline(s->guest, limit_ms * MSEC);
	s->deadline.at += RUNNER_GRACE;
	progress_begin((unsigned int)s->done + 1, (unsigned int)s->n, name);
}

static void on_diagnostic(void *arg, const char *name, const char *text)
{
	struct set *s = arg;

	strbuf_addf(&s->diagnostics, "%s\n", text);
	if (s->open && answer_tells_of_panic(text))
		s->open->saw_panic = true;
}

static const enum verdict from_ktap[] = {
	[KTAP_OK] = VERDICT_PASS,	[KTAP_SKIP] = VERDICT_SKIP,
	[KTAP_NOT_OK] = VERDICT_FAIL,	[KTAP_TIMEOUT] = VERDICT_TIMEOUT,
	[KTAP_BROKEN] = VERDICT_BROKEN,
};

static void close_answer(struct set *s, struct answer *a)
{
	a->end_us = store_now(s->w->store);
	a->ended = now_us();
	a->console_to = s->guest->console_bytes;
	a->state = SUSPECT;
}

static void on_result(void *arg, const struct ktap_result *r)
{
	struct set *s = arg;
	struct answer *a = s->open;

	if (!a || strcmp(a->name, r->name) != 0)
		return;
	fill(a, from_ktap[r->status], r->reason, strbuf_str(&s->diagnostics));
	if (answer_tells_of_panic(r->reason))
		a->saw_panic = true;
	close_answer(s, a);
	s->open = NULL;
	s->deadline = guest_deadline(s->guest, BETWEEN_LIMIT);
	if (!s->guest->crash_began)
		confirm(s, now_us(), false);
}

static void on_ktap_error(void *arg, enum ktap_error error, const char *text)
{
	struct set *s = arg;

	store_add_event(s->w->store, s->guest->boot, "ktap", text, NULL);
}

static void on_output(void *arg, int stream, const char *data, size_t n)
{
	struct set *s = arg;

	if (stream == 1)
		ktap_feed(s->ktap, data, n);
	else
		strbuf_add(&s->diagnostics, data, n);
}

static void on_done(void *arg, int status, int pid, const char *error)
{
	struct set *s = arg;

	s->ended = true;
	s->status = status;
	s->exec_error = error ? xstrdup(error) : NULL;
}

static bool something_happened(void *arg)
{
	struct set *s = arg;

	return s->ended || s->guest->tainted || deadline_passed(s->deadline);
}

static bool was_heard(void *arg)
{
	struct set *s = arg;

	return s->ended || s->open != s->awaited;
}

/* Crash text came: the probe in flight may still tell what it saw of it, errno 4095. */
static void hear_out(struct set *s)
{
	s->awaited = s->open;
	if (s->awaited)
		guest_wait(s->guest, was_heard, s, deadline_in(s->guest->settle_ms * MSEC));
}

enum outcome { OUT_ENDED, OUT_CRASHED, OUT_DIED, OUT_SILENT };

/* Start the runner for the names and watch it until it ends or something goes wrong. */
static int exec_runner(struct set *s, struct strv *names, enum outcome *ret_outcome,
		       struct err *err)
{
	const struct ktap_listener listener = {
		.on_begin = on_begin,
		.on_diagnostic = on_diagnostic,
		.on_result = on_result,
		.on_error = on_ktap_error,
		.arg = s,
	};
	const struct chan_call_listener calls = {
		.on_output = on_output, .on_done = on_done, .arg = s};
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct chan_exec exec = {0};
	struct chan_call *call = NULL;
	int r;

	strv_push(&argv, "/harness/probes");
	strv_push(&argv, "--run");
	strv_push(&argv, "--scale");
	strv_pushf(&argv, "%.2f", s->guest->slowdown);
	strv_push_all(&argv, names->v);
	exec.argv = argv.v;
	s->ktap = ktap_new(&listener);
	s->open = NULL;
	s->ended = false;
	free(s->exec_error);
	s->exec_error = NULL;
	strbuf_reset(&s->diagnostics);
	s->deadline = guest_deadline(s->guest, BETWEEN_LIMIT);
	r = chan_start_exec(s->guest->chan, &exec, &calls, &call, err);
	/* A probe that begins moves the deadline, so a wait may end before its time has come. */
	while (r == 0 && !something_happened(s)) {
		r = guest_wait(s->guest, something_happened, s, s->deadline);
		if (r == -ETIMEDOUT)
			r = 0;
	}
	if (s->guest->tainted && !s->guest->dead)
		hear_out(s);
	/* Without a call it could not even be asked. */
	if (call && !s->ended)
		chan_abandon(call);
	ktap_free(s->ktap);
	s->ktap = NULL;
	if (r == -EINTR)
		return err_set(err, EINTR, "interrupted");
	*ret_outcome = s->guest->tainted ? OUT_CRASHED
		       : r == -EPIPE	 ? OUT_DIED
		       : s->ended	 ? OUT_ENDED
					 : OUT_SILENT;
	return 0;
}

static void drop_guest(struct set *s)
{
	guest_free(s->guest);
	s->guest = NULL;
}

/* Every probe without an answer gets this one. */
static void answer_rest(struct set *s, enum verdict v, const char *reason)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->answers[i].state == FINAL)
			continue;
		fill(&s->answers[i], v, reason, NULL);
		s->answers[i].begin_us = s->answers[i].end_us = store_now(s->w->store);
		tell(s, &s->answers[i]);
	}
}

/* A case that is no probe. The boot is one: a kernel that does not boot has a verdict, not a
 * hundred. */
static void tell_case(struct set *s, const char *name, enum verdict v, const char *reason,
		      const char *detail)
{
	struct answer boot = {.name = name};

	fill(&boot, v, reason, detail);
	boot.begin_us = boot.end_us = store_now(s->w->store);
	if (s->guest && s->guest->hello_us < boot.end_us)
		boot.begin_us -= s->guest->hello_us;
	if (s->guest)
		boot.console_to = s->guest->console_bytes;
	tell(s, &boot);
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

	if (s->w->boots == 1)
		tell_case(s, "boot", v, reason, detail);
	if (v != VERDICT_BROKEN && ++s->failed_boots < most)
		return false;
	if (s->up)
		tell_case(s, "boot again", v, reason, detail);
	answer_rest(s, v == VERDICT_BROKEN ? VERDICT_BROKEN : VERDICT_SKIP, text);
	return true;
}

/* 0 with a guest, 1 when there will be none and every answer was given, or an error. */
static int need_guest(struct set *s, const char *why, struct err *err)
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
	s->up = true;
	s->failed_boots = 0;
	if (s->w->boots == 1) {
		_autofree_ char *text =
			xasprintf("hello after %.0f ms", (double)s->guest->hello_us / 1000);

		tell_case(s, "boot", VERDICT_PASS, text, NULL);
	}
	return 0;
}

/* Something happened to the kernel while no probe was in flight. */
static void keep_idle(struct set *s, int64_t boot, enum verdict v, const char *what)
{
	free(s->last_idle);
	s->last_idle = xstrdup(what);
	s->last_verdict = v;
	store_add_event(s->w->store, boot, "between-probes", what, NULL);
}

/* Guilty of the first crash of this boot. */
static void accuse(struct set *s, struct answer *a)
{
	const struct crash *c = &s->guest->first_crash;
	_autofree_ char *detail =
		a->reason ? xasprintf("the probe: %s\n%s", a->reason, c->text ? c->text : "")
			  : NULL;

	fill(a, VERDICT_CRASH, c->title, detail ? detail : c->text);
	free(a->fingerprint);
	a->fingerprint = xstrdup(c->fingerprint);
	if (a->state == UNASKED)
		close_answer(s, a);
	tell(s, a);
}

static bool is_tainted(void *arg)
{
	return ((struct set *)arg)->guest->tainted;
}

/* Late crash text has this long to come. */
static void settle(struct set *s)
{
	guest_wait(s->guest, is_tainted, s, deadline_in(s->guest->settle_ms * MSEC));
	if (s->guest->crash_began && !s->guest->tainted)
		guest_settle(s->guest);
}

/* One probe by itself gave no crash text: what it is otherwise. */
static void close_alone(struct set *s, struct answer *a, enum outcome out)
{
	_cleanup_(strbuf_release) struct strbuf reason = STRBUF_INIT(REASON_MAX);
	_cleanup_(strbuf_release) struct strbuf detail = STRBUF_INIT(DETAIL_MAX);
	enum verdict v;

	if (out != OUT_ENDED) {
		v = guest_judge(s->guest, &reason, &detail);
		fill(a, v, strbuf_str(&reason), strbuf_str(&detail));
		close_answer(s, a);
	} else if (a->state != SUSPECT) {
		fill(a, VERDICT_BROKEN, s->exec_error ? s->exec_error : "the runner gave no result",
		     NULL);
	}
	tell(s, a);
	if (out != OUT_ENDED)
		drop_guest(s);
}

/*
 * Ask one probe alone, on a machine without a crash. Its answer is final afterwards, whatever it
 * is; *ret_crashed says whether it brings a crash.
 */
static int ask_alone(struct set *s, struct answer *a, bool *ret_crashed, struct err *err)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	enum outcome out;
	int r;

	*ret_crashed = false;
	r = need_guest(s, "one suspect alone", err);
	if (r != 0)
		return r;
	answer_reset(a);
	strv_push(&names, a->name);
	r = exec_runner(s, &names, &out, err);
	if (r < 0)
		return r;
	if (out == OUT_ENDED)
		settle(s);
	if (s->guest->crashes) {
		*ret_crashed = true;
		s->mixed |= !crash_same(&s->guest->first_crash, &s->crash);
		accuse(s, a);
		drop_guest(s);
	} else {
		close_alone(s, a, out);
	}
	return 0;
}

/* Those before the guilty one ended before the crash and stand, unless there was another crash as
 * well; the others are asked again. */
static void settle_others(struct set *s, const struct answer *guilty, bool mixed)
{
	for (size_t i = 0; i < s->n; i++) {
		struct answer *a = &s->answers[i];

		if (a->state != SUSPECT)
			continue;
		if (a < guilty && !mixed)
			tell(s, a);
		else
			answer_reset(a);
	}
}

/* Asks the suspects until one brings the crash again. Gives it, or NULL. */
static int ask_line(struct set *s, struct answer *const *line, size_t n, struct answer **ret_guilty,
		    struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		bool crashed;
		int r = ask_alone(s, line[i], &crashed, err);

		if (r != 0)
			return r;
		if (crashed) {
			*ret_guilty = line[i];
			return 0;
		}
	}
	return 0;
}

static int find_guilty(struct set *s, struct err *err)
{
	_autofree_ struct answer **line = xcalloc(s->n + 1, sizeof(*line));
	const struct answer_crash crash = {.began = s->guest->crash_began,
					   .settle_us = s->guest->settle_ms * MSEC,
					   .class = s->guest->first_crash.class};
	struct answer *guilty;
	int64_t boot = s->guest->boot;
	size_t n;
	int r = 0;

	s->crash = s->guest->first_crash;
	s->crash.text = NULL;
	s->mixed = s->guest->mixed;
	confirm(s, crash.began, false);
	n = answer_line_up(s->answers, s->n, s->open, &crash, line);
	guilty = answer_evident(line, n, &crash);
	if (guilty)
		accuse(s, guilty);
	drop_guest(s);
	if (!guilty)
		r = ask_line(s, line, n, &guilty, err);
	if (r != 0)
		return r < 0 ? r : 0;
	if (guilty) {
		settle_others(s, guilty, s->mixed);
	} else {
		_autofree_ char *text =
			xasprintf("unattributed: %s (no probe brings it alone)", s->crash.title);

		store_add_event(s->w->store, boot, "crash-unattributed", text, NULL);
		keep_idle(s, boot, VERDICT_CRASH, s->crash.title);
		settle_others(s, s->answers, true);
	}
	return 0;
}

/* The runner let a limit pass that it should have kept itself: slow clocks of a guest were seen to
 * do that. The probe in flight gets a second boot before it is told so. */
static bool give_second_chance(struct set *s, enum verdict v, const char *reason)
{
	_autofree_ char *text = NULL;

	if (v != VERDICT_TIMEOUT || s->open->retried)
		return false;
	text = xasprintf("%s: %s", s->open->name, reason);
	store_add_event(s->w->store, s->guest->boot, "asked-again", text, NULL);
	answer_reset(s->open);
	s->open->retried = true;
	return true;
}

/* The runner fell silent or the guest died without a word. */
static void close_silent(struct set *s)
{
	_cleanup_(strbuf_release) struct strbuf reason = STRBUF_INIT(REASON_MAX);
	_cleanup_(strbuf_release) struct strbuf detail = STRBUF_INIT(DETAIL_MAX);
	enum verdict v = guest_judge(s->guest, &reason, &detail);

	confirm(s, now_us(), true);
	if (s->open && !give_second_chance(s, v, strbuf_str(&reason))) {
		fill(s->open, v, strbuf_str(&reason), strbuf_str(&detail));
		close_answer(s, s->open);
		tell(s, s->open);
	} else if (!s->open) {
		keep_idle(s, s->guest->boot, v, strbuf_str(&reason));
	}
	drop_guest(s);
}

static char *runner_end(const struct set *s)
{
	char status[64];
	const char *said = strbuf_str(&s->diagnostics);

	return xasprintf("the runner ended without a result (%s%s%.*s)",
			 proc_status_text(s->status, status, sizeof(status)),
			 *said ? "; it said: " : "", (int)strcspn(said, "\n"), said);
}

/* The runner ended: what it did not answer is broken, never forgotten. */
static void close_ended(struct set *s, struct strv *names)
{
	_autofree_ char *text = NULL;

	confirm(s, now_us(), true);
	text = s->exec_error ? xstrdup(s->exec_error) : runner_end(s);
	for (size_t i = 0; i < names->n; i++) {
		struct answer *a = find(s, names->v[i]);

		if (!a || a->state == FINAL)
			continue;
		fill(a, VERDICT_BROKEN, text, strbuf_str(&s->diagnostics));
		close_answer(s, a);
		tell(s, a);
	}
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

static int one_round(struct set *s, struct err *err)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	enum outcome out;
	size_t before = s->done;
	int r = need_guest(s, s->w->boots ? "after a crash or a hang" : "first", err);

	if (r != 0)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->answers[i].state == UNASKED)
			strv_push(&names, s->answers[i].name);
	r = exec_runner(s, &names, &out, err);
	if (r < 0)
		return r;
	if (out == OUT_ENDED) {
		settle(s);
		if (s->guest->crashes)
			out = OUT_CRASHED;
	}
	if (out == OUT_DIED)
		guest_wait(s->guest, NULL, NULL, deadline_in(50 * MSEC));
	if (out == OUT_CRASHED || (out == OUT_DIED && s->guest->crashes)) {
		r = find_guilty(s, err);
		if (r < 0)
			return r;
	} else if (out == OUT_ENDED) {
		close_ended(s, &names);
	} else {
		close_silent(s);
	}
	/* A round that brought nothing would be followed by another one like it. */
	s->idle_rounds = s->done == before ? s->idle_rounds + 1 : 0;
	if (s->idle_rounds >= IDLE_ROUNDS_MAX)
		give_up(s);
	return 0;
}

static void begin_pass(struct set *s)
{
	s->pass++;
	s->done = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct answer *a = &s->answers[i];

		free(a->reason);
		free(a->detail);
		free(a->fingerprint);
		*a = (struct answer){.name = s->w->cell->names.v[i]};
	}
}

/* After each pass: what the probes cost the host over time (scripts/bench.py takes the slope). */
static void keep_rss(struct set *s)
{
	store_add_metric(s->w->store, s->w->cell->id, "rss", (double)usage_rss_kib(), "KiB", NULL);
}

int worker_probes(struct worker *w, struct err *err)
{
	struct set s = {.w = w, .n = w->cell->names.n, .diagnostics = STRBUF_INIT(DETAIL_MAX)};
	int r = 0;

	s.answers = xcalloc(s.n, sizeof(*s.answers));
	while (r == 0 && s.pass < w->cell->repeat) {
		begin_pass(&s);
		while (r == 0 && s.done < s.n)
			r = one_round(&s, err);
		keep_rss(&s);
	}
	if (r == 0)
		guest_shutdown(s.guest);
	else
		guest_free(s.guest);
	begin_pass(&s);
	free(s.answers);
	free(s.exec_error);
	free(s.last_idle);
	strbuf_release(&s.diagnostics);
	return r;
}
