/* SPDX-License-Identifier: MIT */
/*
 * One exec of the runner in the guest: what it says becomes answers, and what it does not say in
 * time ends the exec.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "run/caseset_priv.h"
#include "run/progress.h"

/* What the runner in the guest needs beyond a case's own limit to say that it hung. */
#define RUNNER_GRACE (2 * SEC)
/* From the first text of a crash on: what saw it tells so at once, the text is what comes late. */
#define HEAR_OUT (1200 * MSEC)
/* Between two cases, and from exec to the first line. */
#define BETWEEN_LIMIT (5 * SEC)

static void on_begin(void *arg, const char *name, uint64_t limit_ms, uint64_t at_us)
{
	struct set *s = arg;
	struct answer *a = set_find(s, name);

	s->open = NULL;
	if (!a || a->state != UNASKED)
		return;
	s->open = a;
	a->begin_us = store_now(s->w->store);
	a->began = now_us();
	a->began_guest = at_us;
	a->console_from = s->guest->console_bytes;
	strbuf_reset(&s->diagnostics);
	s->deadline = guest_deadline(s->guest, limit_ms * MSEC);
	s->deadline.at += RUNNER_GRACE;
	progress_begin((unsigned int)s->done + 1, (unsigned int)s->total, name);
}

static void on_text(void *arg, const char *text)
{
	struct set *s = arg;

	strbuf_addf(&s->diagnostics, "%s\n", text);
	if (s->open && answer_tells_of_panic(text))
		s->open->saw_panic = true;
}

static void on_result(void *arg, const char *name, enum verdict v, const char *reason)
{
	struct set *s = arg;
	struct answer *a = s->open;

	if (!a || strcmp(a->name, name) != 0)
		return;
	set_fill(a, v, reason, strbuf_str(&s->diagnostics));
	if (answer_tells_of_panic(reason))
		a->saw_panic = true;
	set_close(s, a);
	s->open = NULL;
	s->deadline = guest_deadline(s->guest, BETWEEN_LIMIT);
	if (!s->guest->crash_began && !s->accusing)
		set_confirm(s, now_us(), false);
}

static void on_error(void *arg, const char *text)
{
	struct set *s = arg;

	store_add_event(s->w->store, s->guest->boot, s->runner->format, text, NULL);
}

static void on_output(void *arg, int stream, const char *data, size_t n)
{
	struct set *s = arg;

	if (stream == 1)
		s->runner->parser_feed(s->parser, data, n);
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
		guest_wait(s->guest, was_heard, s,
			   (struct deadline){s->guest->crash_began + HEAR_OUT});
}

static void begin_exec(struct set *s, const struct case_sink *sink)
{
	s->parser = s->runner->parser_new(s->runner->arg, sink);
	s->open = NULL;
	s->ended = false;
	free(s->exec_error);
	s->exec_error = NULL;
	strbuf_reset(&s->diagnostics);
	s->deadline = guest_deadline(s->guest, BETWEEN_LIMIT);
}

/* Until it ends or something goes wrong. */
static int watch(struct set *s)
{
	int r = 0;

	/* A case that begins moves the deadline, so a wait may end before its time has come. */
	while (r == 0 && !something_happened(s)) {
		r = guest_wait(s->guest, something_happened, s, s->deadline);
		if (r == -ETIMEDOUT)
			r = 0;
	}
	if (s->guest->tainted && !s->guest->dead)
		hear_out(s);
	return r;
}

/* A command that cannot be made though guest and channel are well ends the exec before it began. */
static int prepare(struct set *s, const struct strv *names, struct strv *argv, struct err *err)
{
	int r = s->runner->command(s->runner->arg, s->guest, names, argv, err);

	if (r == 0 || r == -EINTR || r == -EPIPE || r == -ETIMEDOUT)
		return r;
	s->exec_error = xstrdup(err->text);
	s->ended = true;
	return 0;
}

int set_ask(struct set *s, const struct strv *names, enum outcome *ret_outcome, struct err *err)
{
	const struct case_sink sink = {.begin = on_begin,
				       .text = on_text,
				       .result = on_result,
				       .error = on_error,
				       .arg = s};
	const struct chan_call_listener calls = {
		.on_output = on_output, .on_done = on_done, .arg = s};
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct chan_exec exec = {0};
	struct chan_call *call = NULL;
	int r;

	begin_exec(s, &sink);
	s->gathered = s->runner->lags && names->n > 1;
	r = prepare(s, names, &argv, err);
	exec.argv = argv.v;
	if (r == 0 && !s->ended)
		r = chan_start_exec(s->guest->chan, &exec, &calls, &call, err);
	if (r == 0)
		r = watch(s);
	/* Without a call it could not even be asked. */
	if (call && !s->ended)
		chan_abandon(call);
	s->runner->parser_free(s->parser);
	s->parser = NULL;
	if (r == -EINTR)
		return err_set(err, EINTR, "interrupted");
	*ret_outcome = s->guest->tainted ? OUT_CRASHED
		       : r == -EPIPE	 ? OUT_DIED
		       : s->ended	 ? OUT_ENDED
					 : OUT_SILENT;
	return 0;
}

static bool is_tainted(void *arg)
{
	return ((struct set *)arg)->guest->tainted;
}

void set_settle(struct set *s)
{
	guest_wait(s->guest, is_tainted, s, deadline_in(s->guest->settle_ms * MSEC));
	if (s->guest->crash_began && !s->guest->tainted)
		guest_settle(s->guest);
}
