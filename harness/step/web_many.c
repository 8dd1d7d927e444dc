/* SPDX-License-Identifier: MIT */
/* http_keepalive, http_pipeline, http_parallel: many requests on one connection, or on many. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "load/exchange.h"
#include "load/http1.h"
#include "step/act.h"
#include "step/web.h"

#define PARALLEL_MAX 256

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
	int64_t port, connections;
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
	FIELD_END,
};

static int judge_parallel(struct guest *g, const struct parallel_options *opt,
			  struct http_request **reqs, struct step_outcome *o, struct err *err)
{
	struct step_outcome first = {.reason = STRBUF_INIT(2000), .detail = STRBUF_INIT(2000)};
	size_t n = (size_t)opt->connections, good = 0, fresh = 0;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct http_response *resp = http_response(reqs[i]);

		fresh += resp->new_connection;
		if (web_is_whole(resp, opt->path, 200, &first, &r, err) &&
		    web_is_file(g, resp, opt->path, &first, &r, err))
			good++;
	}
	if (r == 0 && good == n && fresh != n)
		r = err_set(err, EIO, "only %zu connections were made for %zu requests", fresh, n);
	else if (r == 0 && good == n)
		step_pass_with(o, "%zu at the same time", n);
	else if (r == 0)
		step_fail(o, "expected %zu good answers, saw %zu; another: %s", n, good,
			  strbuf_str(&first.reason));
	strbuf_release(&first.reason);
	strbuf_release(&first.detail);
	return r;
}

static int run_parallel(struct guest *g, const void *options, struct deadline deadline,
			struct step_outcome *o, struct err *err)
{
	const struct parallel_options *opt = options;
	struct http_spec spec = {.path = opt->path, .deadline = deadline};
	struct http_request *reqs[PARALLEL_MAX];
	struct http *h = NULL;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = web_open(g, opt->port, (unsigned int)opt->connections, &h, err);
	for (int64_t i = 0; r == 0 && i < opt->connections; i++)
		r = http_start(h, &spec, &reqs[i], err);
	if (r == 0)
		r = act_wait(g, http_idle, h, (struct deadline){deadline.at + SEC}, "answers", err);
	if (r == 0)
		r = judge_parallel(g, opt, reqs, o, err);
	http_free(h);
	return r;
}

const struct step_ops step_http_parallel = {
	.name = "http_parallel",
	.help = "Fetches a file over many connections at the same time.",
	.fields = parallel_fields,
	.options_size = sizeof(struct parallel_options),
	.run = run_parallel,
};
