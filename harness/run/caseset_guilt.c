/* SPDX-License-Identifier: MIT */
/*
 * Who brought a crash.
 *
 * Crash text may come late (settle_ms) and names no program reliably, so a result counts only once
 * the console stayed clean for that long after it; until then it is a suspect. When a crash is
 * seen, the suspects of its first text are asked again one by one, on a machine that no crash has
 * touched, until one brings a crash: that one is guilty, what ended before it stands, what came
 * after is asked again; if it is a crash of another title, all others are asked again. Only who saw
 * a panic as the only one, or was the only suspect, needs not be asked. If none brings it, nobody
 * is accused and the crash is filed as unattributed.
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

/* One probe by itself gave no crash text: what it is otherwise. */
static void close_alone(struct set *s, struct answer *a, enum outcome out)
{
	_cleanup_(strbuf_release) struct strbuf reason = STRBUF_INIT(REASON_MAX);
	_cleanup_(strbuf_release) struct strbuf detail = STRBUF_INIT(DETAIL_MAX);
	enum verdict v;

	if (out != OUT_ENDED) {
		v = guest_judge(s->guest, &reason, &detail);
		set_fill(a, v, strbuf_str(&reason), strbuf_str(&detail));
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
	if (s->guest->crashes) {
		*ret_crashed = true;
		s->mixed |= !crash_same(&s->guest->first_crash, &s->crash);
		accuse(s, a);
		set_drop_guest(s);
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
			set_tell(s, a);
		else
			set_reset(a);
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

int set_find_guilty(struct set *s, struct err *err)
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
	set_confirm(s, crash.began, false);
	if (s->gathered) {
		set_ask_closely(s, s->crash.title);
		return 0;
	}
	s->exact = 0;
	n = answer_line_up(s->answers, s->n, s->open, &crash, line);
	guilty = answer_evident(line, n, &crash);
	if (guilty)
		accuse(s, guilty);
	set_drop_guest(s);
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
		set_keep_idle(s, boot, VERDICT_CRASH, s->crash.title);
		settle_others(s, s->answers, true);
	}
	return 0;
}
