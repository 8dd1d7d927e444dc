/* SPDX-License-Identifier: MIT */
/* http_reload, http_quit: no request may be lost while the server changes or ends. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "step/act.h"
#include "step/context.h"
#include "step/service.h"
#include "step/web.h"

struct reload_options {
	char *path, *log, *log_has;
	struct strv argv;
	int64_t port, connections, requests;
};

static const struct field reload_fields[] = {
	{.name = "argv",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct reload_options, argv),
	 .required = true,
	 .help = "What makes the server reload, such as [nginx, -s, reload]."},
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct reload_options, path),
	 .required = true,
	 .help = "A served file, fetched all the time."},
	{.name = "log",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct reload_options, log),
	 .fallback = "/var/log/nginx/error.log",
	 .help = "Guest file in which the server says that it reloaded."},
	{.name = "log_has",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct reload_options, log_has),
	 .fallback = "reconfiguring",
	 .help = "The words with which it does."},
	WEB_PORT_FIELD(struct reload_options, port),
	{.name = "connections",
	 .type = FIELD_INT,
	 .offset = offsetof(struct reload_options, connections),
	 .min = 1,
	 .max = 32,
	 .fallback = "4",
	 .help = "Requests under way at any time, each on a new connection."},
	{.name = "requests",
	 .type = FIELD_INT,
	 .offset = offsetof(struct reload_options, requests),
	 .min = 1,
	 .max = 10000,
	 .fallback = "20",
	 .help = "So many good answers before the reload and as many after it."},
	FIELD_END,
};

/* A steady stream of requests: each answer starts the next. */
struct stream {
	struct http *http;
	struct http_spec spec;
	char hash[65];
	uint64_t good, want;
	bool stop;
	int error; /* of ours */
	bool lost;
	char first[400]; /* what was lost, in words */
};

static void start_one(struct stream *s)
{
	struct err err = ERR_INIT;
	int r = http_start(s->http, &s->spec, NULL, &err);

	if (r < 0) {
		s->error = r;
		snprintf(s->first, sizeof(s->first), "%.300s", err.text);
	}
}

static void on_answer(void *arg, struct http_request *req)
{
	const struct http_response *r = http_response(req);
	struct stream *s = arg;

	if (!r->error && r->status == 200 && !strcmp(r->sha256, s->hash)) {
		s->good++;
	} else if (!s->lost) {
		s->lost = true;
		snprintf(s->first, sizeof(s->first), "status %d, %llu bytes%s%s", r->status,
			 (unsigned long long)r->body_bytes, r->error ? ", " : "", r->error_text);
	}
	http_request_free(req);
	if (!s->stop && !s->lost && !s->error)
		start_one(s);
}

static bool has_enough(void *arg)
{
	struct stream *s = arg;

	return s->lost || s->error || s->good >= s->want;
}

static int wait_answers(struct guest *g, struct stream *s, uint64_t more, struct deadline d,
			struct err *err)
{
	int r;

	s->want = s->good + more;
	r = act_wait(g, has_enough, s, d, "answers", err);
	if (r == 0 && s->error)
		r = err_set(err, -s->error, "%s", s->first);
	return r;
}

/* The log says so once more than before. */
static int count_words(struct guest *g, const struct reload_options *opt, size_t *ret,
		       struct deadline d, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4 << 20);
	int r = chan_get(g->chan, opt->log, &sb, d, err);

	*ret = 0;
	if (r < 0)
		return r;
	for (const char *p = strbuf_str(&sb); (p = strstr(p, opt->log_has)); p++)
		(*ret)++;
	return 0;
}

static int reload(struct guest *g, const struct reload_options *opt, size_t before,
		  struct deadline d, struct step_outcome *o, struct err *err)
{
	_cleanup_(act_result_release) struct act_result res = ACT_RESULT_INIT;
	uint64_t pause = 20 * MSEC;
	char status[80];
	size_t now = 0;
	int r = act_run(g, opt->argv.v, NULL, &res, d, err);

	if (r < 0)
		return r;
	strbuf_add(&o->detail, res.err_out.buf, res.err_out.len);
	if (res.status) {
		step_fail(o, "%s: expected exit status 0, saw %s", opt->argv.v[0],
			  proc_status_text(res.status, status, sizeof(status)));
		return 1;
	}
	while (r == 0) {
		r = count_words(g, opt, &now, d, err);
		if (r < 0 || now > before)
			break;
		r = act_pause(g, &pause, d, "the server's word that it reloaded", err);
	}
	return r;
}

static int run_stream(struct guest *g, const struct reload_options *opt, struct stream *s,
		      struct deadline d, struct step_outcome *o, struct err *err)
{
	const char *when = "before the reload";
	size_t before = 0;
	int r = count_words(g, opt, &before, d, err);

	for (int64_t i = 0; r == 0 && i < opt->connections; i++)
		start_one(s);
	if (r == 0)
		r = wait_answers(g, s, (uint64_t)opt->requests, d, err);
	if (r == 0 && !s->lost) {
		when = "at the reload";
		r = reload(g, opt, before, d, o, err);
	}
	if (r == 0 && !s->lost)
		r = wait_answers(g, s, (uint64_t)opt->requests, d, err);
	s->stop = true;
	if (r == 0)
		r = act_wait(g, http_idle, s->http, d, "the last answers", err);
	if (r == 0 && s->lost)
		return step_fail(
			o,
			"expected no request to be lost, saw one lost %s after %llu good ones: %s",
			when, (unsigned long long)s->good, s->first);
	if (r == 0)
		return step_pass_with(o, "%llu requests, none lost", (unsigned long long)s->good);
	return r == 1 ? 0 : r;
}

static int run_reload(struct guest *g, const void *options, struct deadline deadline,
		      struct step_outcome *o, struct err *err)
{
	static const char *const close_header[] = {"Connection: close", NULL};
	const struct reload_options *opt = options;
	struct stream s = {.spec = {.path = opt->path,
				    .headers = close_header,
				    .deadline = deadline,
				    .on_done = on_answer}};
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	s.spec.arg = &s;
	r = act_www_sha256(g, path_base(opt->path), s.hash, err);
	if (r == 0)
		r = web_open(g, opt->port, (unsigned int)opt->connections, &s.http, err);
	if (r == 0)
		r = run_stream(g, opt, &s, deadline, o, err);
	http_free(s.http);
	return r;
}

const struct step_ops step_http_reload = {
	.name = "http_reload",
	.help = "Reloads the server under steady requests: none may be lost.",
	.fields = reload_fields,
	.options_size = sizeof(struct reload_options),
	.run = run_reload,
};

struct quit_options {
	char *name, *path;
	int64_t port;
};

static const struct field quit_fields[] = {
	{.name = "name",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct quit_options, name),
	 .required = true,
	 .help = "The service, as its step called it."},
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct quit_options, path),
	 .required = true,
	 .help = "A large served file: its transfer is under way when SIGQUIT comes."},
	WEB_PORT_FIELD(struct quit_options, port),
	FIELD_END,
};

static bool body_began(void *arg)
{
	struct http_request *req = arg;

	return http_request_ended(req) || http_response(req)->body_bytes > 0;
}

static int quit_under_transfer(struct guest *g, const struct quit_options *opt,
			       const struct context_service *s, struct http *h, struct deadline d,
			       struct step_outcome *o, struct err *err)
{
	struct http_spec spec = {.path = opt->path, .deadline = d};
	struct http_request *req = NULL;
	uint64_t had = 0;
	int r = http_start(h, &spec, &req, err);

	if (r == 0)
		r = act_wait(g, body_began, req, d, "the first bytes", err);
	if (r == 0) {
		had = http_response(req)->body_bytes;
		r = chan_signal(g->chan, s->pid, SIGQUIT, d, err);
		if (r == -EREMOTEIO)
			return step_fail(o, "expected %s to run, but it had ended", s->name);
	}
	if (r == 0)
		r = act_wait(g, http_request_ended, req, d, "the rest of the file", err);
	if (r < 0 || !web_is_whole(http_response(req), opt->path, 200, o, &r, err) ||
	    !web_is_file(g, http_response(req), opt->path, o, &r, err))
		return r;
	r = service_wait_end(g, s, d, err);
	if (r < 0)
		return r;
	return step_pass_with(o, "the last %llu of %llu bytes came after SIGQUIT",
			      (unsigned long long)(http_response(req)->body_bytes - had),
			      (unsigned long long)http_response(req)->body_bytes);
}

static int run_quit(struct guest *g, const void *options, struct deadline deadline,
		    struct step_outcome *o, struct err *err)
{
	const struct quit_options *opt = options;
	struct context_service *s = context_find_service(context_of(g), opt->name);
	struct http *h = NULL;
	int r;

	if (!s)
		return err_set(err, ENOENT, "no service step is called %s", opt->name);
	if (s->failure)
		return step_skip(o, "service %s is not there: %s", s->name, s->failure);
	r = web_open(g, opt->port, 1, &h, err);
	if (r == 0)
		r = quit_under_transfer(g, opt, s, h, deadline, o, err);
	http_free(h);
	s->failure = xstrdup("it was told to quit");
	return r;
}

const struct step_ops step_http_quit = {
	.name = "http_quit",
	.help = "Ends the server gracefully while a transfer is under way: it must finish.",
	.fields = quit_fields,
	.options_size = sizeof(struct quit_options),
	.run = run_quit,
};
