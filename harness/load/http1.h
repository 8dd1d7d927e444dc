/* SPDX-License-Identifier: MIT */
/*
 * http1: splits a stream of HTTP/1.1 responses, as a pipelined connection brings them.
 *
 * Pure: no descriptor, no clock. The bytes are hostile. Only bodies with Content-Length (or none)
 * are known: what static files are served with.
 */
#ifndef LOAD_HTTP1_H
#define LOAD_HTTP1_H

#include <stdbool.h>
#include <stddef.h>

struct http1_response {
	int status;
	const char *body; /* points into the data */
	size_t body_len;
	size_t total; /* bytes of head and body */
	bool close;   /* the server says it will close */
};

/* One response at the start of data. 0; -EAGAIN: cut off; -EBADMSG: not HTTP/1.x, or a form not
 * known. head: an answer to HEAD, which has no body. */
int http1_parse(const char *data, size_t n, bool head, struct http1_response *ret);

#endif
