/* SPDX-License-Identifier: MIT */
/*
 * http1: reads HTTP/1.1 responses: one head, one body as it arrives, or a stream of them as a
 * pipelined connection brings it.
 *
 * Pure: no descriptor, no clock. Called by load/, step/ and the guest's dragonconfig. The bytes are
 * hostile: head, header lines and what stands between chunks have ceilings; two lengths that
 * contradict each other are no answer.
 */
#ifndef WIRE_HTTP1_H
#define WIRE_HTTP1_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum http1_framing { HTTP1_NO_BODY, HTTP1_LENGTH, HTTP1_CHUNKED, HTTP1_UNTIL_CLOSE };

struct http1_head {
	int status;
	size_t size; /* bytes, with the empty line */
	enum http1_framing framing;
	size_t length; /* of the body, when that is HTTP1_LENGTH */
	bool close;    /* the server says it will close */
	const char *location;
	size_t location_len; /* 0: none */
};

/* 0; -EAGAIN: cut off; -EBADMSG: not HTTP/1.x, or a form not known. head: an answer to HEAD, which
 * has no body. What it points to is in data. */
int http1_parse_head(const char *data, size_t n, bool head, struct http1_head *ret);

struct http1_body {
	enum http1_framing framing;
	size_t left; /* of the body, or of a chunk */
	unsigned int state, digits, noise;
};

void http1_body_init(struct http1_body *b, const struct http1_head *h);
/* Appends what n bytes more hold of it. 1: it is whole; 0: more must come; -EBADMSG, or -E2BIG past
 * the ceiling of out. */
int http1_body_take(struct http1_body *b, const char *data, size_t n, struct strbuf *out);
/* The connection has ended: 0, or -EBADMSG: the body has not. */
int http1_body_end(const struct http1_body *b);

struct http1_response {
	int status;
	const char *body; /* points into the data */
	size_t body_len;
	size_t total; /* bytes of head and body */
	bool close;
};

/* One response at the start of data, with Content-Length or no body: what static files are served
 * with. -EBADMSG: another form. */
int http1_parse(const char *data, size_t n, bool head, struct http1_response *ret);

#endif
