/* SPDX-License-Identifier: MIT */
/* service, service_stop: a server in the guest, started until it answers and ended by a signal. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "load/exchange.h"
#include "step/act.h"
#include "step/context.h"
#include "step/service.h"

#define FIRST_PAUSE (20 * MSEC)
/* One look whether the server answers yet. */
#define LOOK_LIMIT (5 * SEC)

enum ready { READY_NONE, READY_SSH, READY_HTTP };
static const char *const ready_words[] = {"none", "ssh", "http", NULL};

struct options {
	char *name, *pid_file, *log;
	struct strv argv;
	int64_t port;
	int ready;
};

static const struct field fields[] = {
	{.name = "name",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, name),
	 .required = true,
	 .help = "What service_stop calls it."},
	{.name = "argv",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct options, argv),
	 .required = true,
	 .help = "The program and its arguments."},
	{.name = "port",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, port),
	 .min = 1,
	 .max = 65535,
	 .help = "The guest's TCP port that it listens on."},
	{.name = "ready",
	 .type = FIELD_ENUM,
	 .offset = offsetof(struct options, ready),
	 .words = ready_words,
	 .fallback = "none",
	 .help = "What it must answer on that port before the step ends."},
	{.name = "pid_file",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, pid_file),
	 .help = "It goes to the background and leaves its process number there."},
	{.name = "log",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, log),
	 .help = "Guest file for its output; without it /tmp/NAME.log."},
	FIELD_END,
};

/* The end of the service's log, for people. */
static void add_log(struct guest *g, const struct context_service *s, struct step_outcome *o)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1 << 20);
	size_t skip;

	if (!s->log || g->dead ||
	    chan_get(g->chan, s->log, &sb, guest_deadline(g, 5 * SEC), NULL) < 0)
		return;
	skip = sb.len > 8000 ? sb.len - 8000 : 0;
	strbuf_addf(&o->detail, "--- %s\n", s->log);
	strbuf_add(&o->detail, strbuf_str(&sb) + skip, sb.len - skip);
}

/* The last line of what is kept for people. */
static void last_words(const struct step_outcome *o, char *buf, size_t n)
{
	const char *text = strbuf_str(&o->detail), *from;
	size_t len = o->detail.len;

	while (len && text[len - 1] == '\n')
		len--;
	from = memrchr(text, '\n', len);
	from = from ? from + 1 : text;
	act_excerpt(from, (size_t)(text + len - from), buf, n);
}

static int not_up(struct guest *g, struct context_service *s, struct step_outcome *o,
		  const char *why)
{
	char said[300];

	free(s->failure);
	s->failure = xstrdup("it did not come up");
	add_log(g, s, o);
	last_words(o, said, sizeof(said));
	return step_fail(o, "expected %s to come up, saw: %s%s%s", s->name, why,
			 *said ? "; it said last: " : "", said);
}

/* 0 alive, -ESRCH gone, other errors. */
static int look_alive(struct guest *g, int pid, struct deadline d, struct err *err)
{
	struct err why = ERR_INIT;
	int r = chan_signal(g->chan, pid, 0, d, &why);

	if (r == -EREMOTEIO)
		return -ESRCH;
	if (r < 0 && err)
		*err = why;
	return r;
}

static bool speaks(const struct strbuf *reply, enum ready ready)
{
	const char *word = ready == READY_SSH ? "SSH-" : "HTTP/1.";
	size_t n = strlen(word);

	return reply->len >= n && !memcmp(reply->buf, word, n);
}

struct look {
	struct exchange *x;
	enum ready ready;
};

static bool look_over(void *arg)
{
	struct look *l = arg;

	return exchange_ended(l->x) || speaks(exchange_reply(l->x), l->ready);
}

/* One connection: 1 it answers, 0 not yet, or an error. Through QEMU's user network the connection
 * itself always succeeds; only what the server says counts. */
static int look_port(struct guest *g, enum ready ready, uint16_t port, struct deadline d,
		     struct err *err)
{
	static const char head[] = "HEAD / HTTP/1.0\r\nHost: guest\r\n\r\n";
	struct exchange_spec spec = {.port = port,
				     .data = head,
				     .n = ready == READY_HTTP ? sizeof(head) - 1 : 0,
				     .reply_max = 4096};
	struct look look = {.ready = ready};
	int r;

	spec.deadline = deadline_earlier(d, guest_deadline(g, LOOK_LIMIT));
	r = exchange_start(g->loop, &spec, &look.x, err);
	if (r < 0)
		return r;
	r = act_wait(g, look_over, &look, d, "answer of the service", err);
	if (r == 0)
		r = speaks(exchange_reply(look.x), ready) ? 1 : 0;
	exchange_free(look.x);
	return r;
}

static int wait_ready(struct guest *g, const struct options *opt, struct context_service *s,
		      struct deadline d, struct step_outcome *o, struct err *err)
{
	uint64_t pause = FIRST_PAUSE, from = now_us();
	uint16_t port;
	int r = act_port(g, opt->port, &port, err);

	while (r == 0) {
		r = look_port(g, (enum ready)opt->ready, port, d, err);
		if (r == 1)
			return step_pass_with(o, "answers after %.0f ms",
					      (double)(now_us() - from) / 1000);
		if (r == 0 && look_alive(g, s->pid, d, err) == -ESRCH)
			return not_up(g, s, o, "the program ended before it listened");
		if (r == 0)
			r = act_pause(g, &pause, d, "answer of the service", err);
	}
	if (r == -ETIMEDOUT) {
		not_up(g, s, o, "it runs, but does not answer within the limit");
		err_set(err, ETIMEDOUT, "%s", strbuf_str(&o->reason));
	}
	return r;
}

static int read_pid(struct guest *g, struct context_service *s, struct deadline d, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(64);
	int r = chan_get(g->chan, s->pid_file, &sb, d, err);

	if (r == 0)
		s->pid = (int)strtol(strbuf_str(&sb), NULL, 10);
	return r;
}

/* A program that goes to the background by itself, its pid in a file. */
static int start_daemon(struct guest *g, const struct options *opt, struct context_service *s,
			struct deadline d, struct step_outcome *o, struct err *err)
{
	_cleanup_(act_result_release) struct act_result res = ACT_RESULT_INIT;
	char status[80];
	int r = act_run(g, opt->argv.v, NULL, &res, d, err);

	if (r < 0)
		return r;
	strbuf_add(&o->detail, res.err_out.buf, res.err_out.len);
	if (res.status) {
		not_up(g, s, o, proc_status_text(res.status, status, sizeof(status)));
		return 1;
	}
	r = read_pid(g, s, d, err);
	if (r == -EREMOTEIO || (r == 0 && s->pid < 2)) {
		not_up(g, s, o, "it left no process number");
		return 1;
	}
	return r;
}

/* 0: started; 1: it did not, *o says why; or an error. */
static int start(struct guest *g, const struct options *opt, struct context_service *s,
		 struct deadline d, struct step_outcome *o, struct err *err)
{
	struct chan_exec exec = {.argv = opt->argv.v, .detach = true, .output = s->log};
	struct err why = ERR_INIT;
	int r = opt->pid_file ? start_daemon(g, opt, s, d, o, &why)
			      : chan_spawn(g->chan, &exec, &s->pid, d, &why);

	if (act_kernel_refused(r, &why)) {
		not_up(g, s, o, why.text);
		return 1;
	}
	if (r < 0 && err)
		*err = why;
	return r;
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	const struct options *opt = options;
	struct context_service *s = context_add_service(context_of(g), opt->name);
	int r;

	if (!s)
		return err_set(err, ENOSPC, "too many services in one scenario");
	if (!opt->argv.n)
		return err_set(err, EINVAL, "argv is empty");
	if (opt->ready != READY_NONE && !opt->port)
		return err_set(err, EINVAL, "ready needs a port");
	s->port = (uint16_t)opt->port;
	s->failure = xstrdup("it was not started");
	s->pid_file = opt->pid_file ? xstrdup(opt->pid_file) : NULL;
	s->log = opt->log ? xstrdup(opt->log) : xasprintf("/tmp/%s.log", opt->name);
	r = start(g, opt, s, deadline, o, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = opt->ready == READY_NONE ? step_pass(o) : wait_ready(g, opt, s, deadline, o, err);
	if (r == 0 && o->verdict == VERDICT_PASS) {
		free(s->failure);
		s->failure = NULL;
	}
	return r;
}

const struct step_ops step_service = {
	.name = "service",
	.help = "Starts a server in the guest and waits until it answers.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};

struct stop_options {
	char *name;
	int signal;
};

static const char *const signal_words[] = {"TERM", "QUIT", "INT", "KILL", NULL};
static const int signals[] = {SIGTERM, SIGQUIT, SIGINT, SIGKILL};

static const struct field stop_fields[] = {
	{.name = "name",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct stop_options, name),
	 .required = true,
	 .help = "As the service step called it."},
	{.name = "signal",
	 .type = FIELD_ENUM,
	 .offset = offsetof(struct stop_options, signal),
	 .words = signal_words,
	 .fallback = "TERM",
	 .help = "What it is sent."},
	FIELD_END,
};

int service_wait_end(struct guest *g, const struct context_service *s, struct deadline d,
		     struct err *err)
{
	uint64_t pause = FIRST_PAUSE;
	int r;

	for (;;) {
		r = look_alive(g, s->pid, d, err);
		if (r == -ESRCH)
			return 0;
		if (r == 0)
			r = act_pause(g, &pause, d, "end of the service", err);
		if (r < 0)
			return r;
	}
}

static int run_stop(struct guest *g, const void *options, struct deadline deadline,
		    struct step_outcome *o, struct err *err)
{
	const struct stop_options *opt = options;
	struct context_service *s = context_find_service(context_of(g), opt->name);
	uint64_t from = now_us();
	int r;

	if (!s)
		return err_set(err, ENOENT, "no service step is called %s", opt->name);
	if (s->failure)
		return step_skip(o, "service %s is not there: %s", s->name, s->failure);
	r = chan_signal(g->chan, s->pid, signals[opt->signal], deadline, err);
	if (r == -EREMOTEIO) {
		s->failure = xstrdup("it had ended by itself");
		add_log(g, s, o);
		return step_fail(o, "expected %s to run, but it had ended", s->name);
	}
	if (r == 0)
		r = service_wait_end(g, s, deadline, err);
	add_log(g, s, o);
	if (r == -ETIMEDOUT)
		err_set(err, ETIMEDOUT, "expected %s to end after SIG%s, but it runs on", s->name,
			signal_words[opt->signal]);
	if (r < 0)
		return r;
	s->failure = xstrdup("it was stopped");
	return step_pass_with(o, "ended after %.0f ms", (double)(now_us() - from) / 1000);
}

const struct step_ops step_service_stop = {
	.name = "service_stop",
	.help = "Ends a service with a signal and waits until it is gone.",
	.fields = stop_fields,
	.options_size = sizeof(struct stop_options),
	.run = run_stop,
};
