/* SPDX-License-Identifier: MIT */
/* http_get, http_bodies, http_conditional: single requests and what must come back. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "step/act.h"
#include "step/web.h"

#define BODY_KEPT 65536

struct options {
	char *path, *method, *range, *body_sha256_of, *body, *header_has;
	int64_t port, status, bytes;
};

static const struct field fields[] = {
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, path),
	 .required = true,
	 .help = "What is asked for, beginning with a slash."},
	WEB_PORT_FIELD(struct options, port),
	{.name = "method",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, method),
	 .fallback = "GET",
	 .help = "GET, HEAD, …"},
	{.name = "range",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, range),
	 .help = "Bytes asked for, such as 10-19, 100- or -5."},
	{.name = "status",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, status),
	 .min = 100,
	 .max = 599,
	 .fallback = "200",
	 .help = "Status that is right."},
	{.name = "bytes",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, bytes),
	 .min = -1,
	 .max = 1 << 30,
	 .fallback = "-1",
	 .help = "Length of the body that is right; -1: any."},
	{.name = "body",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, body),
	 .help = "The whole body."},
	{.name = "body_sha256_of",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, body_sha256_of),
	 .help = "A served file, such as 1m.bin, that the body must equal."},
	{.name = "header_has",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, header_has),
	 .help = "A header that must be there, as \"Name: value\"."},
	FIELD_END,
};

static bool has_header(const struct http_response *r, const char *line, char *seen, size_t n)
{
	size_t name_len = strcspn(line, ":");
	_autofree_ char *name = xstrndup(line, name_len);
	const char *value = line + name_len + (line[name_len] == ':');

	snprintf(seen, n, "none");
	value += strspn(value, " ");
	return http_header(r, name, seen, n) && !strcmp(seen, value);
}

static int judge(struct guest *g, const struct options *opt, const struct http_response *r,
		 struct step_outcome *o, struct err *err)
{
	char seen[200];
	int ret = 0;

	if (!web_is_whole(r, opt->path, (int)opt->status, o, &ret, err))
		return ret;
	if (opt->bytes >= 0 && r->body_bytes != (uint64_t)opt->bytes)
		return step_fail(o, "%s: expected %lld bytes, saw %llu", opt->path,
				 (long long)opt->bytes, (unsigned long long)r->body_bytes);
	if (opt->body &&
	    (r->body_bytes != strlen(opt->body) || strcmp(strbuf_str(&r->body), opt->body)))
		return step_fail(
			o, "%s: expected the body \"%s\", saw \"%s\"", opt->path, opt->body,
			act_excerpt(strbuf_str(&r->body), r->body.len, seen, sizeof(seen)));
	if (opt->header_has && !has_header(r, opt->header_has, seen, sizeof(seen)))
		return step_fail(o, "%s: expected the header \"%s\", saw %s", opt->path,
				 opt->header_has, seen);
	if (opt->body_sha256_of && !web_is_file(g, r, opt->body_sha256_of, o, &ret, err))
		return ret;
	return step_pass_with(o, "%llu bytes in %.0f ms", (unsigned long long)r->body_bytes,
			      (double)r->time_us / 1000);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	const struct options *opt = options;
	_autofree_ char *range = opt->range ? xasprintf("Range: bytes=%s", opt->range) : NULL;
	const char *headers[] = {range, NULL};
	struct http_spec spec = {.path = opt->path,
				 .method = opt->method,
				 .headers = headers,
				 .keep = BODY_KEPT,
				 .deadline = deadline};
	struct http_request *req = NULL;
	struct http *h = NULL;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = web_open(g, opt->port, 1, &h, err);
	if (r == 0)
		r = web_fetch(g, h, &spec, &req, err);
	if (r == 0) {
		const struct http_response *resp = http_response(req);

		strbuf_add(&o->detail, resp->headers.buf, resp->headers.len);
		r = judge(g, opt, resp, o, err);
	}
	http_free(h);
	return r;
}

const struct step_ops step_http_get = {
	.name = "http_get",
	.help = "Makes one request and looks at the answer.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};

struct bodies_options {
	struct strv files;
	int64_t port;
};

static const struct field bodies_fields[] = {
	{.name = "files",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct bodies_options, files),
	 .fallback = "0b.bin 1b.bin 4k.bin 1m.bin 16m.bin",
	 .help = "Files at the root, one after the other over one client."},
	WEB_PORT_FIELD(struct bodies_options, port),
	FIELD_END,
};

static int run_bodies(struct guest *g, const void *options, struct deadline deadline,
		      struct step_outcome *o, struct err *err)
{
	const struct bodies_options *opt = options;
	uint64_t bytes = 0, from = now_us();
	struct http *h = NULL;
	bool good = true;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = web_open(g, opt->port, 1, &h, err);
	for (size_t i = 0; r == 0 && good && i < opt->files.n; i++) {
		_autofree_ char *path = xasprintf("/%s", opt->files.v[i]);
		struct http_spec spec = {.path = path, .deadline = deadline};
		struct http_request *req = NULL;

		r = web_fetch(g, h, &spec, &req, err);
		good = r == 0 && web_is_whole(http_response(req), path, 200, o, &r, err) &&
		       web_is_file(g, http_response(req), path, o, &r, err);
		if (good)
			bytes += http_response(req)->body_bytes;
	}
	http_free(h);
	if (r < 0 || !good)
		return r;
	return step_pass_with(o, "%zu bodies, %.2f MiB/s", opt->files.n,
			      (double)bytes / 1.048576 / (double)(now_us() - from + 1));
}

const struct step_ops step_http_bodies = {
	.name = "http_bodies",
	.help = "Fetches files and compares each with its known SHA-256.",
	.fields = bodies_fields,
	.options_size = sizeof(struct bodies_options),
	.run = run_bodies,
};

struct conditional_options {
	char *path;
	int64_t port;
};

static const struct field conditional_fields[] = {
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct conditional_options, path),
	 .required = true,
	 .help = "What is asked for three times."},
	WEB_PORT_FIELD(struct conditional_options, port),
	FIELD_END,
};

/* Ask again with what the first answer told; *ret_r as elsewhere. */
static bool ask_again(struct guest *g, struct http *h, const struct http_spec *first,
		      const char *header, int status, struct step_outcome *o, int *ret_r,
		      struct err *err)
{
	const char *headers[] = {header, NULL};
	struct http_spec spec = *first;
	struct http_request *req = NULL;

	spec.headers = headers;
	*ret_r = web_fetch(g, h, &spec, &req, err);
	return *ret_r == 0 && web_is_whole(http_response(req), header, status, o, ret_r, err);
}

static int run_conditional(struct guest *g, const void *options, struct deadline deadline,
			   struct step_outcome *o, struct err *err)
{
	const struct conditional_options *opt = options;
	struct http_spec spec = {.path = opt->path, .deadline = deadline};
	char etag[200], modified[200], by_etag[240], by_time[240];
	struct http_request *req = NULL;
	struct http *h = NULL;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = web_open(g, opt->port, 1, &h, err);
	if (r == 0)
		r = web_fetch(g, h, &spec, &req, err);
	if (r < 0 || !web_is_whole(http_response(req), opt->path, 200, o, &r, err))
		goto out;
	if (!http_header(http_response(req), "ETag", etag, sizeof(etag)) ||
	    !http_header(http_response(req), "Last-Modified", modified, sizeof(modified))) {
		r = step_fail(o, "%s: expected ETag and Last-Modified, saw not both", opt->path);
		goto out;
	}
	snprintf(by_etag, sizeof(by_etag), "If-None-Match: %s", etag);
	snprintf(by_time, sizeof(by_time), "If-Modified-Since: %s", modified);
	if (ask_again(g, h, &spec, by_etag, 304, o, &r, err) &&
	    ask_again(g, h, &spec, by_time, 304, o, &r, err) &&
	    ask_again(g, h, &spec, "If-None-Match: \"another\"", 200, o, &r, err))
		r = step_pass(o);
out:
	http_free(h);
	return r;
}

const struct step_ops step_http_conditional = {
	.name = "http_conditional",
	.help = "Asks again with the ETag and the date of the first answer: 304 must come.",
	.fields = conditional_fields,
	.options_size = sizeof(struct conditional_options),
	.run = run_conditional,
};
