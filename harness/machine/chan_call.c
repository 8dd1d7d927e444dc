/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "machine/chan_priv.h"

static struct chan_call *find(struct chan *c, uint64_t id)
{
	for (struct chan_call *call = c->calls; call; call = call->next)
		if (call->id == id)
			return call;
	return NULL;
}

static struct chan_call *new_call(struct chan *c, enum chan_call_kind kind,
				  const struct chan_call_listener *listener)
{
	struct chan_call *call = xcalloc(1, sizeof(*call));

	call->chan = c;
	call->kind = kind;
	call->listener = *listener;
	call->id = c->next_id++;
	call->next = c->calls;
	c->calls = call;
	return call;
}

static void unlink_call(struct chan_call *call)
{
	struct chan_call **p = &call->chan->calls;

	while (*p != call)
		p = &(*p)->next;
	*p = call->next;
}

static void free_call(struct chan_call *call)
{
	free(call->data);
	free(call);
}

/* The last word. The call is out of the list before anybody is told. */
static void finish(struct chan_call *call, int status, const char *error)
{
	unlink_call(call);
	if (call->listener.on_done)
		call->listener.on_done(call->listener.arg, status, call->pid, error);
	free_call(call);
}

void chan_call_fail_all(struct chan *c, const char *why)
{
	/* Calls that a callback starts meanwhile belong to what comes after. */
	uint64_t last = c->next_id;
	struct chan_call *call;

	do {
		for (call = c->calls; call && call->id >= last; call = call->next)
			;
		if (call)
			finish(call, 0, why);
	} while (call);
}

void chan_call_drop_all(struct chan *c)
{
	while (c->calls) {
		struct chan_call *call = c->calls;

		c->calls = call->next;
		free_call(call);
	}
}

void chan_abandon(struct chan_call *call)
{
	struct chan *c = call->chan;
	struct msg_writer w;
	char buf[64];

	if (call->kind != CALL_PLAIN && !call->detach) {
		msg_begin(&w, buf, sizeof(buf), "cancel");
		msg_u64(&w, "id", call->id);
		msg_end_head(&w);
		chan_send(c, &w);
	}
	unlink_call(call);
	free_call(call);
	chan_pump(c);
}

/* ---- exec ---- */

static void add_strings(struct msg_writer *w, char *const *v)
{
	for (; v && *v; v++)
		msg_add(w, *v, strlen(*v) + 1);
}

static uint64_t count(char *const *v)
{
	uint64_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

static int write_exec(struct msg_writer *w, const struct chan_exec *e, uint64_t id, struct err *err)
{
	msg_u64(w, "id", id);
	msg_u64(w, "args", count(e->argv));
	msg_u64(w, "envs", count(e->env));
	if (e->dir)
		msg_str(w, "dir", e->dir);
	if (e->limit_ms)
		msg_u64(w, "limit_ms", e->limit_ms);
	if (e->stdin_data)
		msg_str(w, "stdin", "1");
	if (e->detach)
		msg_str(w, "detach", "1");
	if (e->output)
		msg_str(w, "output", e->output);
	msg_end_head(w);
	add_strings(w, e->argv);
	add_strings(w, e->env);
	if (w->failed)
		return err_set(err, E2BIG,
			       "arguments and environment of %s are too long for the agent",
			       e->argv[0]);
	return 0;
}

int chan_start_exec(struct chan *c, const struct chan_exec *e,
		    const struct chan_call_listener *listener, struct chan_call **ret_call,
		    struct err *err)
{
	_autofree_ char *buf = xmalloc(MSG_TO_GUEST_MAX);
	struct chan_call *call;
	struct msg_writer w;
	int r;

	if (c->dead)
		return err_set(err, EPIPE, "the channel is closed");
	if (!e->argv || !e->argv[0] || (e->detach && e->stdin_data))
		return err_set(err, EINVAL, "exec without a program, or detached with stdin");
	msg_begin(&w, buf, MSG_TO_GUEST_MAX, "exec");
	r = write_exec(&w, e, c->next_id, err);
	if (r < 0)
		return r;
	call = new_call(c, CALL_EXEC, listener);
	call->detach = e->detach;
	chan_send(c, &w);
	if (ret_call)
		*ret_call = call;
	if (e->stdin_data)
		chan_call_give(call, e->stdin_data, e->stdin_len);
	else
		chan_pump(c);
	return 0;
}

int chan_call_plain(struct chan *c, struct msg_writer *w, const struct chan_call_listener *listener,
		    struct chan_call **ret_call, struct err *err)
{
	struct chan_call *call;

	if (c->dead)
		return err_set(err, EPIPE, "the channel is closed");
	msg_u64(w, "id", c->next_id);
	msg_end_head(w);
	if (w->failed)
		return err_set(err, EINVAL,
			       "a request does not fit, or a name in it has a newline");
	call = new_call(c, CALL_PLAIN, listener);
	chan_send(c, w);
	if (ret_call)
		*ret_call = call;
	chan_pump(c);
	return 0;
}

/* ---- bulk data to the guest ---- */

void chan_call_give(struct chan_call *call, const void *data, size_t n)
{
	call->data = xmalloc(n + 1);
	if (n)
		memcpy(call->data, data, n);
	call->len = n;
	call->sending = true;
	chan_pump(call->chan);
}

static bool has_more(const struct chan_call *call)
{
	if (!call->sending)
		return false;
	/* A file is taken as fast as frames are acknowledged; a program reads when it likes. */
	return call->kind == CALL_PUT || call->off == call->len ||
	       call->off - call->taken < CHAN_STDIN_MAX;
}

static void send_piece(struct chan *c, struct chan_call *call)
{
	bool file = call->kind == CALL_PUT;
	size_t left = call->len - call->off;
	char buf[CHAN_CHUNK];
	struct msg_writer w;

	msg_begin(&w, buf, sizeof(buf), !file ? "stdin" : left ? "data" : "end");
	msg_u64(&w, "id", call->id);
	if (file && !left)
		msg_u64(&w, "size", call->len);
	if (!file && !left)
		msg_str(&w, "eof", "1");
	msg_end_head(&w);
	if (left > w.room - w.len)
		left = w.room - w.len;
	if (!file && left > CHAN_STDIN_MAX - (call->off - call->taken))
		left = CHAN_STDIN_MAX - (size_t)(call->off - call->taken);
	msg_add(&w, call->data + call->off, left);
	if (left == 0)
		call->sending = false;
	call->off += left;
	chan_send(c, &w);
}

bool chan_call_produce(struct chan *c)
{
	struct chan_call *call;

	/* The oldest call stands last in the list, and is served first. */
	struct chan_call *oldest = NULL;

	for (call = c->calls; call; call = call->next)
		if (has_more(call))
			oldest = call;
	if (!oldest)
		return false;
	send_piece(c, oldest);
	return true;
}

/* ---- answers ---- */

static void on_out(struct chan_call *call, const struct msg *m)
{
	uint64_t stream = 0;

	if (call->kind != CALL_EXEC || !msg_get_u64(m, "s", &stream) || stream < 1 || stream > 2) {
		call->chan->n.bad_messages++;
		return;
	}
	if (call->listener.on_output)
		call->listener.on_output(call->listener.arg, (int)stream, m->body, m->body_len);
}

static void on_data(struct chan_call *call, const struct msg *m)
{
	if (call->kind != CALL_GET) {
		call->chan->n.bad_messages++;
		return;
	}
	call->size += m->body_len;
	if (call->listener.on_output)
		call->listener.on_output(call->listener.arg, 1, m->body, m->body_len);
}

static void take_pid(struct chan_call *call, const struct msg *m)
{
	uint64_t pid;

	if (msg_get_u64(m, "pid", &pid) && pid <= INT_MAX)
		call->pid = (int)pid;
}

static void on_started(struct chan_call *call, const struct msg *m)
{
	take_pid(call, m);
	if (call->detach)
		finish(call, 0, NULL);
}

static void on_credit(struct chan_call *call, const struct msg *m)
{
	uint64_t n;

	if (msg_get_u64(m, "n", &n) && n >= call->taken && n <= call->off)
		call->taken = n;
	else
		call->chan->n.bad_messages++;
}

static void on_exit_(struct chan_call *call, const struct msg *m)
{
	uint64_t status;

	if (call->kind != CALL_EXEC || !msg_get_u64(m, "status", &status) || status > UINT32_MAX) {
		call->chan->n.bad_messages++;
		return;
	}
	take_pid(call, m);
	finish(call, (int)(uint32_t)status, msg_is(m, "limit", "1") ? CHAN_LIMIT_PASSED : NULL);
}

static void on_ok(struct chan_call *call, const struct msg *m)
{
	uint64_t size;

	if (call->kind == CALL_EXEC) {
		call->chan->n.bad_messages++;
		return;
	}
	if (call->kind == CALL_GET && (!msg_get_u64(m, "size", &size) || size != call->size))
		finish(call, 0, "the file arrived with another length than was sent");
	else
		finish(call, 0, NULL);
}

static void on_error(struct chan_call *call, const struct msg *m)
{
	char text[600];

	if (!msg_get_str(m, "text", text, sizeof(text)))
		snprintf(text, sizeof(text), "the agent failed without words");
	finish(call, 0, text);
}

static const struct answer {
	const char *op;
	void (*fn)(struct chan_call *call, const struct msg *m);
} answers[] = {
	{"out", on_out},    {"data", on_data}, {"started", on_started}, {"credit", on_credit},
	{"exit", on_exit_}, {"ok", on_ok},     {"error", on_error},
};

static void on_ended(struct chan *c, const struct msg *m)
{
	uint64_t pid = 0, status = 0;

	if (++c->n_notes > CHAN_NOTES_MAX) {
		c->dropped_notes++;
		return;
	}
	msg_get_u64(m, "pid", &pid);
	msg_get_u64(m, "status", &status);
	chan_tell(c, "ended", "detached program %" PRIu64 " ended with wait status 0x%" PRIx64, pid,
		  status);
}

void chan_call_message(struct chan *c, const struct msg *m)
{
	struct chan_call *call;
	uint64_t id;

	if (msg_is(m, "op", "ended")) {
		on_ended(c, m);
		return;
	}
	if (!msg_get_u64(m, "id", &id)) {
		c->n.bad_messages++;
		return;
	}
	call = find(c, id);
	/* Answers to what was abandoned are on their way for a while. */
	if (!call) {
		c->n.bad_messages += id >= c->next_id;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (msg_is(m, "op", answers[i].op)) {
			answers[i].fn(call, m);
			return;
		}
	c->n.bad_messages++;
}
