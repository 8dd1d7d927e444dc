/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "machine/chan_priv.h"

/* One blocking call. */
struct wait {
	struct chan *chan;
	struct chan_call *call;
	struct strbuf *out, *err_out;
	bool done, failed, too_big, drop_rest;
	int status, pid;
	char error[600];
};

static bool is_over(void *arg)
{
	struct wait *w = arg;

	return w->done || w->too_big || w->chan->dead;
}

static bool is_up(void *arg)
{
	struct chan *c = arg;

	return c->up || c->dead;
}

static int dead(struct err *err)
{
	return err_set(err, EPIPE, "the machine is gone");
}

static int wait_failed(struct chan *c, int r, const char *what, struct err *err)
{
	if (r != -ETIMEDOUT)
		return err_set(err, -r, "interrupted: %s", what);
	if (!c->last_heard)
		return err_set(err, ETIMEDOUT, "the agent was never heard: %s", what);
	return err_set(err, ETIMEDOUT,
		       "no answer from the agent in time, last heard %llu ms ago: %s",
		       (unsigned long long)(now_us() - c->last_heard) / 1000, what);
}

int chan_wait_hello(struct chan *c, struct deadline d, struct err *err)
{
	int r = loop_wait(c->loop, is_up, c, d);

	if (c->dead)
		return dead(err);
	return r < 0 ? wait_failed(c, r, "hello", err) : 0;
}

static void on_done(void *arg, int status, int pid, const char *error)
{
	struct wait *w = arg;

	w->done = true;
	w->call = NULL;
	w->status = status;
	w->pid = pid;
	if (error) {
		w->failed = true;
		snprintf(w->error, sizeof(w->error), "%s", error);
	}
}

static void on_output(void *arg, int stream, const char *data, size_t n)
{
	struct wait *w = arg;
	struct strbuf *sb = stream == 2 ? w->err_out : w->out;

	if (!sb || w->too_big)
		return;
	if (n > sb->max - sb->len) {
		if (!w->drop_rest)
			w->too_big = true;
		else if (sb->len < sb->max)
			chan_tell(w->chan, "truncated", "output past %zu bytes was dropped",
				  sb->max);
		n = sb->max - sb->len;
	}
	strbuf_add(sb, data, n);
}

static struct chan_call_listener listen_for(struct wait *w)
{
	return (struct chan_call_listener){.on_output = on_output, .on_done = on_done, .arg = w};
}

/* Wait until the call is over; what it leaves behind on failure is abandoned. */
static int finish(struct wait *w, struct deadline d, const char *what, struct err *err)
{
	int r = loop_wait(w->chan->loop, is_over, w, d);

	if (w->call && !w->chan->dead)
		chan_abandon(w->call);
	if (w->chan->dead && !(w->done && !w->failed))
		return dead(err);
	if (w->too_big)
		return err_set(err, E2BIG, "%s: more than %zu bytes", what, w->out->max);
	if (r < 0)
		return wait_failed(w->chan, r, what, err);
	if (w->failed && strcmp(w->error, CHAN_LIMIT_PASSED) == 0)
		return err_set(err, ETIMEDOUT, "%s: %s", what, w->error);
	if (w->failed)
		return err_set(err, EREMOTEIO, "%s: %s", what, w->error);
	return 0;
}

static int run_exec(struct wait *w, const struct chan_exec *exec, struct deadline d,
		    struct err *err)
{
	struct chan_call_listener listener = listen_for(w);
	int r = chan_start_exec(w->chan, exec, &listener, &w->call, err);

	return r < 0 ? r : finish(w, d, exec->argv[0], err);
}

int chan_run(struct chan *c, const struct chan_exec *exec, struct strbuf *out,
	     struct strbuf *err_out, int *ret_status, struct deadline d, struct err *err)
{
	struct wait w = {.chan = c, .out = out, .err_out = err_out, .drop_rest = true};
	int r = run_exec(&w, exec, d, err);

	if (r == 0 && ret_status)
		*ret_status = w.status;
	return r;
}

int chan_spawn(struct chan *c, const struct chan_exec *exec, int *ret_pid, struct deadline d,
	       struct err *err)
{
	struct chan_exec detached = *exec;
	struct wait w = {.chan = c};
	int r;

	detached.detach = true;
	r = run_exec(&w, &detached, d, err);
	if (r == 0 && ret_pid)
		*ret_pid = w.pid;
	return r;
}

static int run_plain(struct chan *c, struct msg_writer *m, const char *what, struct deadline d,
		     struct err *err)
{
	struct wait w = {.chan = c};
	struct chan_call_listener listener = listen_for(&w);
	int r = chan_call_plain(c, m, &listener, &w.call, err);

	return r < 0 ? r : finish(&w, d, what, err);
}

int chan_signal(struct chan *c, int pid, int signo, struct deadline d, struct err *err)
{
	struct msg_writer m;
	char buf[256];

	msg_begin(&m, buf, sizeof(buf), "signal");
	msg_u64(&m, "pid", (uint64_t)(pid < 0 ? -(int64_t)pid : pid));
	msg_u64(&m, "signo", (uint64_t)(unsigned int)signo);
	if (pid < 0)
		msg_str(&m, "group", "1");
	return run_plain(c, &m, "signal", d, err);
}

int chan_ping(struct chan *c, struct deadline d, struct err *err)
{
	struct msg_writer m;
	char buf[128];

	msg_begin(&m, buf, sizeof(buf), "ping");
	return run_plain(c, &m, "ping", d, err);
}

void chan_nudge(struct chan *c)
{
	const struct chan_call_listener nobody = {0};
	struct chan_call *call;
	struct msg_writer m;
	char buf[128];

	msg_begin(&m, buf, sizeof(buf), "ping");
	chan_call_plain(c, &m, &nobody, &call, NULL);
}

int chan_keep(struct chan *c, const char *nonce, struct deadline d, struct err *err)
{
	struct msg_writer m;
	char buf[256];

	msg_begin(&m, buf, sizeof(buf), "keep");
	msg_str(&m, "nonce", nonce);
	return run_plain(c, &m, "keep", d, err);
}

int chan_woken(struct chan *c, uint64_t wall_us, const char *entropy, struct deadline d,
	       struct err *err)
{
	struct msg_writer m;
	char buf[512];

	msg_begin(&m, buf, sizeof(buf), "woken");
	msg_u64(&m, "time_us", wall_us);
	msg_str(&m, "entropy", entropy);
	return run_plain(c, &m, "woken", d, err);
}

int chan_poweroff(struct chan *c, struct err *err)
{
	static const struct chan_call_listener nobody;
	struct msg_writer m;
	char buf[128];

	msg_begin(&m, buf, sizeof(buf), "poweroff");
	return chan_call_plain(c, &m, &nobody, NULL, err);
}

/* put and get begin with a plain request, whose call then gets its kind. */
static int run_file(struct wait *w, struct msg_writer *m, enum chan_call_kind kind,
		    const char *path, struct err *err)
{
	struct chan_call_listener listener = listen_for(w);
	int r;

	msg_str(m, "path", path);
	r = chan_call_plain(w->chan, m, &listener, &w->call, err);
	if (r == 0 && w->call)
		w->call->kind = kind;
	return r;
}

int chan_put(struct chan *c, const char *guest_path, const void *data, size_t n, unsigned int mode,
	     struct deadline d, struct err *err)
{
	struct wait w = {.chan = c};
	struct msg_writer m;
	char buf[1400];
	int r;

	msg_begin(&m, buf, sizeof(buf), "put");
	msg_u64(&m, "mode", mode);
	r = run_file(&w, &m, CALL_PUT, guest_path, err);
	if (r < 0)
		return r;
	if (w.call)
		chan_call_give(w.call, data, n);
	return finish(&w, d, guest_path, err);
}

int chan_get(struct chan *c, const char *guest_path, struct strbuf *sb, struct deadline d,
	     struct err *err)
{
	struct wait w = {.chan = c, .out = sb};
	struct msg_writer m;
	char buf[1400];
	int r;

	msg_begin(&m, buf, sizeof(buf), "get");
	r = run_file(&w, &m, CALL_GET, guest_path, err);
	return r < 0 ? r : finish(&w, d, guest_path, err);
}
