/* SPDX-License-Identifier: MIT */
/*
 * http: requests to 127.0.0.1, many at once, without blocking, on the loop.
 *
 * Owns its connections. Called by step kinds. Never follows a redirect, uses no proxy, keeps no
 * cookie. Bodies are hashed as they come and not kept beyond a ceiling. A connection through QEMU's
 * user network is accepted by the host: a failed connect says nothing of the guest's listen queue.
 */
#ifndef LOAD_HTTP_H
#define LOAD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/strbuf.h"

#define HTTP_HEADERS_MAX (16u << 10)
#define HTTP_BODY_MAX	 (64u << 20)

struct http;
struct http_request;

struct http_spec {
	const char *path;	    /* "/a.html" */
	const char *method;	    /* NULL: GET */
	const char *const *headers; /* "Name: value", NULL-terminated; NULL: none */
	size_t keep;		    /* bytes of the body to keep */
	bool connect; /* on a connection of its own, though others are idle; it is kept for later */
	struct deadline deadline;
	/* Optional; called inside loop_wait(), may add and free requests. */
	void (*on_done)(void *arg, struct http_request *req);
	void *arg;
};

struct http_response {
	int error;	      /* 0: a whole response came; else -errno */
	char error_text[240]; /* "" without an error */
	int status;	      /* 0: none came */
	char sha256[65];      /* of the body as far as it came */
	uint64_t body_bytes;
	struct strbuf headers; /* as they came, CR LF and all */
	struct strbuf body;    /* the first bytes */
	bool new_connection;   /* had to connect for it */
	uint64_t time_us;
};

/* connections: at most so many at once; further requests wait for one. */
int http_new(struct loop *loop, uint16_t port, unsigned int connections, struct http **ret_http,
	     struct err *err);
/* NULL is fine. Drops what is under way and frees all requests. */
void http_free(struct http *h);
int http_start(struct http *h, const struct http_spec *spec, struct http_request **ret_req,
	       struct err *err);
/* Abandons it when it is under way. */
void http_request_free(struct http_request *req);
/* For loop_wait(). */
bool http_request_ended(void *req);
/* For loop_wait(): nothing is under way. */
bool http_idle(void *http);
/* Valid once it ended, as long as the request. */
const struct http_response *http_response(const struct http_request *req);
/* The value of a header (the last one of that name, without regard to case), false: not there. */
bool http_header(const struct http_response *r, const char *name, char *buf, size_t n);

#endif
