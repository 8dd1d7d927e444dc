/* SPDX-License-Identifier: MIT */
/*
 * Who brought a crash.
 *
 * Crash text may come late (settle_ms) and names no program reliably, so a result counts only once
 * the console stayed clean for that long after it; until then it is a suspect. When a crash is
 * seen, the suspects of its first text are asked again one by one, on a machine that no crash has
 * touched, until one brings a crash: that one is guilty, what ended before it stands, what came
 * after is asked again; if it is a crash of another title, all others are asked again. Only who saw
 * a panic as the only one, or was the only suspect, needs not be asked. Who began after the moment
 * that the text itself names is no suspect. If none brings it, nobody is accused and the crash is
 * filed as unattributed.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "run/caseset_priv.h"

/* Guilty of the first crash of this boot. */
static void accuse(struct set *s, struct answer *a)
{
	const struct crash *c = &s->guest->first_crash;
	_autofree_ char *detail =
		a->reason ? xasprintf("the probe: %s\n%s", a->reason, c->text ? c->text : "")
			  : NULL;

	set_fill(a, VERDICT_CRASH, c->title, detail ? detail : c->text);
	free(a->fingerprint);
	a->fingerprint = xstrdup(c->fingerprint);
	if (a->state == UNASKED)
		set_close(s, a);
	set_tell(s, a);
}

/* What a machine is that did not end its exec, when no crash was seen on it. */
struct judgement {
	enum verdict verdict;
	struct strbuf reason, detail;
};

static void judgement_release(struct judgement *j)
{
	strbuf_release(&j->reason);
	strbuf_release(&j->detail);
}

/* One probe by itself gave no crash text: what it is otherwise. */
static void close_alone(struct set *s, struct answer *a, enum outcome out,
			const struct judgement *j)
{
	if (out != OUT_ENDED) {
		set_fill(a, j->verdict, strbuf_str(&j->reason), strbuf_str(&j->detail));
		set_close(s, a);
	} else if (a->state != SUSPECT) {
		set_fill(a, VERDICT_BROKEN,
			 s->exec_error ? s->exec_error : "the runner gave no result", NULL);
	}
	set_tell(s, a);
	if (out != OUT_ENDED)
		set_drop_guest(s);
}

/*
 * Ask one probe alone, on a machine without a crash. Its answer is final afterwards, whatever it
 * is; *ret_crashed says whether it brings a crash.
 */
static int ask_alone(struct set *s, struct answer *a, bool *ret_crashed, struct err *err)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	_cleanup_(judgement_release) struct judgement j = {.reason = STRBUF_INIT(REASON_MAX),
							   .detail = STRBUF_INIT(DETAIL_MAX)};
	enum outcome out;
	int r;

	*ret_crashed = false;
	r = set_need_guest(s, "one suspect alone", err);
	if (r != 0)
		return r;
	set_reset(a);
	strv_push(&names, a->name);
	s->accusing = true;
	r = set_ask(s, &names, &out, err);
	s->accusing = false;
	if (r < 0)
		return r;
	if (out == OUT_ENDED)
		set_settle(s);
	else if (!s->guest->crashes)
		j.verdict = guest_judge(s->guest, &j.reason, &j.detail);
	/* Also where its text came while the machine was looked at. */
	if (s->guest->crashes) {
		*ret_crashed = true;
		s->mixed |= !crash_same(&s->guest->first_crash, &s->crash);
		accuse(s, a);
		set_drop_guest(s);
	} else {
		close_alone(s, a, out, &j);
	}
	return 0;
}

/* Who brought it, and when it began on the machine that it ended. */
struct guilt {
	struct answer *who;
	uint64_t began;
};

/*
 * Those that ended before the guilty one began stand, unless there was another crash as well.
 * The machine of the others was tainted, wherever they are in the order: they are asked again.
 */
static void settle_others(struct set *s, uint64_t clean_until)
{
	for (size_t i = 0; i < s->n; i++) {
		struct answer *a = &s->answers[i];

		if (a->state != SUSPECT)
			continue;
		if (a->ended <= clean_until)
			set_tell(s, a);
		else
			set_reset(a);
	}
}

/* Asks the suspects until one brings the crash again. */
static int ask_line(struct set *s, struct answer *const *line, size_t n, struct guilt *ret_guilt,
		    struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t began = line[i]->began;
		bool crashed;
		int r = ask_alone(s, line[i], &crashed, err);

		if (r != 0)
			return r;
		if (crashed) {
			*ret_guilt = (struct guilt){line[i], began};
			return 0;
		}
	}
	return 0;
}

static void file_unattributed(struct set *s, int64_t boot)
{
	_autofree_ char *text =
		xasprintf("unattributed: %s (no probe brings it alone)", s->crash.title);
	_autofree_ char *key = xasprintf("note.crash.%lld", (long long)boot);
	_autofree_ char *note = xasprintf("a crash that no case brings alone, so that nobody is "
					  "accused of it (cell %lld): %s",
					  (long long)s->w->cell->id, s->crash.title);

	store_add_event(s->w->store, boot, "crash-unattributed", text, NULL);
	/* It is no case's verdict: who reads the figures has to know of it beside them. */
	store_set_fact(s->w->store, key, note, NULL);
	set_keep_idle(s, boot, VERDICT_CRASH, s->crash.title);
}

int set_find_guilty(struct set *s, struct err *err)
{
	_autofree_ struct answer **line = xcalloc(s->n + 1, sizeof(*line));
	struct answer_crash crash = {.began = s->guest->crash_began,
				     .settle_us = s->guest->settle_ms * MSEC,
				     .class = s->guest->first_crash.class};
	struct guilt guilt = {0};
	int64_t boot = s->guest->boot;
	size_t n;
	int r = 0;

	crash.began_guest = guest_crash_clock(s->guest, &crash.lag_us);
	s->crash = s->guest->first_crash;
	s->crash.text = NULL;
	s->mixed = s->guest->mixed;
	set_confirm(s, crash.began, false);
	if (s->gathered) {
		set_ask_closely(s, s->crash.title);
		return 0;
	}
	s->exact = 0;
	n = answer_line_up(s->answers, s->n, s->open, &crash, line);
	guilt.who = answer_evident(line, n, &crash);
	if (guilt.who) {
		guilt.began = guilt.who->began;
		accuse(s, guilt.who);
	}
	set_drop_guest(s);
	if (!guilt.who)
		r = ask_line(s, line, n, &guilt, err);
	if (r != 0)
		return r < 0 ? r : 0;
	if (!guilt.who)
		file_unattributed(s, boot);
	settle_others(s, guilt.who && !s->mixed ? guilt.began : 0);
	return 0;
}
