/* SPDX-License-Identifier: MIT */
/* http_keepalive, http_pipeline, http_parallel: many requests on one connection, or on many. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "load/exchange.h"
#include "wire/http1.h"
#include "step/act.h"
#include "step/web.h"

#define PARALLEL_MAX 256
#define BAD_PATIENCE (2 * SEC)

struct keepalive_options {
	char *path;
	int64_t port, count;
};

static const struct field keepalive_fields[] = {
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct keepalive_options, path),
	 .required = true,
	 .help = "A served file."},
	WEB_PORT_FIELD(struct keepalive_options, port),
	{.name = "count",
	 .type = FIELD_INT,
	 .offset = offsetof(struct keepalive_options, count),
	 .min = 2,
	 .max = 10000,
	 .fallback = "20",
	 .help = "Requests, all on one connection."},
	FIELD_END,
};

static int run_keepalive(struct guest *g, const void *options, struct deadline deadline,
			 struct step_outcome *o, struct err *err)
{
	const struct keepalive_options *opt = options;
	struct http_spec spec = {.path = opt->path, .deadline = deadline};
	struct http *h = NULL;
	int connections = 0, i, r;
	bool good = true;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = web_open(g, opt->port, 1, &h, err);
	for (i = 0; r == 0 && good && i < opt->count; i++) {
		struct http_request *req = NULL;

		r = web_fetch(g, h, &spec, &req, err);
		good = r == 0 && web_is_whole(http_response(req), opt->path, 200, o, &r, err) &&
		       web_is_file(g, http_response(req), opt->path, o, &r, err);
		if (r == 0)
			connections += http_response(req)->new_connection;
		http_request_free(req);
	}
	http_free(h);
	if (r < 0 || !good)
		return r;
	if (connections != 1)
		return step_fail(o, "expected %d requests on 1 connection, saw %d connections", i,
				 connections);
	return step_pass_with(o, "%d requests on one connection", i);
}

const struct step_ops step_http_keepalive = {
	.name = "http_keepalive",
	.help = "Makes many requests on one connection.",
	.fields = keepalive_fields,
	.options_size = sizeof(struct keepalive_options),
	.run = run_keepalive,
};

struct pipeline_options {
	struct strv files;
	int64_t port;
};

static const struct field pipeline_fields[] = {
	{.name = "files",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct pipeline_options, files),
	 .fallback = "4k.bin 0b.bin 1b.bin 1m.bin 4k.bin 1b.bin",
	 .help = "Files at the root, all asked for before the first answer."},
	WEB_PORT_FIELD(struct pipeline_options, port),
	FIELD_END,
};

/* The answers must come whole and in order. */
static int judge_pipeline(struct guest *g, const struct strv *files, const struct strbuf *reply,
			  struct step_outcome *o, struct err *err)
{
	const char *p = strbuf_str(reply);
	size_t left = reply->len;

	for (size_t i = 0; i < files->n; i++) {
		struct http1_response resp;
		char hash[65], came[65];
		int r = http1_parse(p, left, false, &resp);

		if (r == -EAGAIN)
			return step_fail(o, "expected %zu answers, saw the end within answer %zu",
					 files->n, i + 1);
		if (r < 0 || resp.status != 200)
			return step_fail(o, "answer %zu (%s): expected status 200, saw %d", i + 1,
					 files->v[i], r < 0 ? 0 : resp.status);
		r = act_www_sha256(g, files->v[i], hash, err);
		if (r < 0)
			return r;
		data_sha256(resp.body, resp.body_len, came);
		if (strcmp(hash, came))
			return step_fail(o, "answer %zu: expected the bytes of %s, saw others",
					 i + 1, files->v[i]);
		p += resp.total;
		left -= resp.total;
	}
	if (left)
		return step_fail(o, "expected the end after %zu answers, saw %zu bytes more",
				 files->n, left);
	return step_pass_with(o, "%zu answers in order", files->n);
}

static int run_pipeline(struct guest *g, const void *options, struct deadline deadline,
			struct step_outcome *o, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(65536);
	const struct pipeline_options *opt = options;
	struct exchange_spec spec = {.reply_max = 32u << 20, .deadline = deadline};
	struct exchange *x = NULL;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	for (size_t i = 0; i < opt->files.n; i++)
		strbuf_addf(&text, "GET /%s HTTP/1.1\r\nHost: guest\r\n%s\r\n", opt->files.v[i],
			    i + 1 == opt->files.n ? "Connection: close\r\n" : "");
	spec.data = text.buf;
	spec.n = text.len;
	r = act_port(g, opt->port, &spec.port, err);
	if (r == 0)
		r = exchange_start(g->loop, &spec, &x, err);
	if (r < 0)
		return r;
	r = act_wait(g, exchange_ended, x, (struct deadline){deadline.at + SEC}, "answers", err);
	if (r == 0 && exchange_error(x) == -ETIMEDOUT)
		r = err_set(err, ETIMEDOUT, "expected %zu answers, saw %zu bytes and no end",
			    opt->files.n, exchange_reply(x)->len);
	else if (r == 0)
		r = judge_pipeline(g, &opt->files, exchange_reply(x), o, err);
	exchange_free(x);
	return r;
}

const struct step_ops step_http_pipeline = {
	.name = "http_pipeline",
	.help = "Sends several requests at once on one connection.",
	.fields = pipeline_fields,
	.options_size = sizeof(struct pipeline_options),
	.run = run_pipeline,
};

struct parallel_options {
	char *path;
	int64_t port, connections, starting;
};

static const struct field parallel_fields[] = {
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct parallel_options, path),
	 .required = true,
	 .help = "A served file."},
	WEB_PORT_FIELD(struct parallel_options, port),
	{.name = "connections",
	 .type = FIELD_INT,
	 .offset = offsetof(struct parallel_options, connections),
	 .min = 1,
	 .max = PARALLEL_MAX,
	 .fallback = "64",
	 .help = "Requests at the same time, each on a connection of its own."},
	{.name = "starting",
	 .type = FIELD_INT,
	 .offset = offsetof(struct parallel_options, starting),
	 .min = 1,
	 .max = PARALLEL_MAX,
	 .fallback = "2",
	 .help = "So many connections are opened at a time; QEMU's user network loses some of a "
		 "burst."},
	FIELD_END,
};

struct parallel {
	struct guest *g;
	const struct parallel_options *opt;
	struct http *http;
	struct http_request *reqs[PARALLEL_MAX];
	size_t n, want, starting;
};

static bool may_connect(void *arg)
{
	struct parallel *p = arg;
	size_t open = 0;

	for (size_t i = 0; i < p->n; i++)
		open += !http_request_ended(p->reqs[i]);
	return open < p->starting;
}

static bool one_is_bad(const struct parallel *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct http_response *resp = http_response(p->reqs[i]);

		if (http_request_ended(p->reqs[i]) && resp->error != -ETIMEDOUT &&
		    (resp->error || resp->status != 200))
			return true;
	}
	return false;
}

/* Once the verdict is certain, who is silent gets no more than this. */
static int wait_for(struct parallel *p, bool (*cond)(void *), void *arg, struct deadline d,
		    struct err *err)
{
	struct err why = ERR_INIT;
	int r;

	if (one_is_bad(p))
		d = deadline_earlier(d, guest_deadline(p->g, BAD_PATIENCE));
	r = act_wait(p->g, cond, arg, d, "answers", &why);
	if (r < 0 && r != -ETIMEDOUT && err)
		*err = why;
	return r;
}

/*
 * Requests until there are as many as wanted, so many under way at a time; fewer when time is up.
 * Who has not ended then counts as silent.
 */
static int ask_all(struct parallel *p, const struct http_spec *spec, struct err *err)
{
	struct deadline d = {spec->deadline.at + SEC};
	int r = 0;

	for (p->n = 0; r == 0 && p->n < p->want && !deadline_passed(spec->deadline);) {
		r = wait_for(p, may_connect, p, d, err);
		if (r == 0)
			r = http_start(p->http, spec, &p->reqs[p->n], err);
		if (r == 0)
			p->n++;
	}
	if (r == 0)
		r = wait_for(p, http_idle, p->http, d, err);
	return r == -ETIMEDOUT ? 0 : r;
}

/* What became of p->n requests. */
struct tally {
	size_t good, fresh, silent; /* fresh: had to connect; silent: no end within the limit */
	struct step_outcome bad;    /* the first that ended badly */
};

static int count(struct parallel *p, struct tally *t, struct err *err)
{
	const char *path = p->opt->path;
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		const struct http_response *resp = http_response(p->reqs[i]);

		t->fresh += resp->new_connection;
		if (!http_request_ended(p->reqs[i]) || resp->error == -ETIMEDOUT)
			t->silent++;
		else
			t->good += web_is_whole(resp, path, 200, &t->bad, &r, err) &&
				   web_is_file(p->g, resp, path, &t->bad, &r, err);
	}
	return r;
}

static int judge_tally(const struct parallel *p, const struct tally *t, const char *when,
		       struct step_outcome *o, struct err *err)
{
	size_t bad = p->n - t->good - t->silent;

	/* That one ended badly is certain; why another did not end is not. */
	if (bad)
		return step_fail(
			o,
			"%s: expected %zu good answers, saw %zu, %zu without an end; another: %s",
			when, p->want, t->good, t->silent, strbuf_str(&t->bad.reason));
	if (t->good < p->want)
		return err_set(err, ETIMEDOUT,
			       "%s: expected %zu good answers, saw %zu, %zu without an end", when,
			       p->want, t->good, t->silent);
	return 0;
}

/* True: all are good, and *ret_fresh of them had to connect. Else *o or *ret_r is set. */
static bool all_good(struct parallel *p, const char *when, size_t *ret_fresh,
		     struct step_outcome *o, int *ret_r, struct err *err)
{
	struct tally t = {.bad = {.reason = STRBUF_INIT(2000), .detail = STRBUF_INIT(2000)}};

	*ret_r = count(p, &t, err);
	if (*ret_r == 0)
		*ret_r = judge_tally(p, &t, when, o, err);
	*ret_fresh = t.fresh;
	strbuf_release(&t.bad.reason);
	strbuf_release(&t.bad.detail);
	return *ret_r == 0 && t.good == p->want;
}

/* Open the connections one after the other, keep them, then use all at once. */
static int play_parallel(struct parallel *p, struct deadline d, struct step_outcome *o,
			 struct err *err)
{
	struct http_spec spec = {.path = p->opt->path, .connect = true, .deadline = d};
	size_t fresh;
	int r;

	p->want = (size_t)p->opt->connections;
	p->starting = (size_t)p->opt->starting;
	r = ask_all(p, &spec, err);
	if (r < 0 || !all_good(p, "one by one", &fresh, o, &r, err))
		return r;
	spec.connect = false;
	p->starting = p->want;
	r = ask_all(p, &spec, err);
	if (r < 0 || !all_good(p, "at the same time", &fresh, o, &r, err))
		return r;
	if (fresh)
		return step_fail(o, "expected %zu connections to stay open, saw %zu closed",
				 p->want, fresh);
	return step_pass_with(o, "%zu connections, all used at the same time", p->want);
}

static int run_parallel(struct guest *g, const void *options, struct deadline deadline,
			struct step_outcome *o, struct err *err)
{
	const struct parallel_options *opt = options;
	struct parallel p = {.g = g, .opt = opt};
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = web_open(g, opt->port, (unsigned int)opt->connections, &p.http, err);
	if (r == 0)
		r = play_parallel(&p, deadline, o, err);
	http_free(p.http);
	return r;
}

const struct step_ops step_http_parallel = {
	.name = "http_parallel",
	.help = "Fetches a file over many connections at the same time.",
	.fields = parallel_fields,
	.options_size = sizeof(struct parallel_options),
	.run = run_parallel,
};
