/* SPDX-License-Identifier: MIT */
/*
 * fetch: a small client of HTTP/1.1, without TLS: for metadata, for what user data includes, and
 * for telling a server that this machine is there.
 *
 * Owns its sockets. Many requests may be under way at once. What a server sends is hostile: heads,
 * bodies, redirections, tries and time have ceilings. Names are looked up in a process of their
 * own, since that cannot be given a deadline.
 */
#ifndef DRAGONCONFIG_FETCH_H
#define DRAGONCONFIG_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/err.h"

#define FETCH_REDIRECTS_MAX 5

struct fetch_request {
	const char *method; /* NULL: GET, the only one whose redirections are followed */
	const char *url;
	const char *headers; /* whole lines, each with CR LF; NULL: none. For no other host. */
	const char *body;
	size_t body_size; /* 0: none */
	size_t max;	  /* ceiling on the answer's body */
	/* Times that it is asked at most while connections fail or the server is in trouble (5xx,
	 * 429); 0: until the deadline. */
	unsigned int tries;
	struct deadline deadline; /* for all of it */
};

struct fetch;

/* Never fails: what is wrong is the result. Copies what it is given. */
struct fetch *fetch_start(const struct fetch_request *r) __attribute__((returns_nonnull));
/* NULL is fine. One that is under way is dropped. */
void fetch_free(struct fetch *h);
/* Of one that has ended: the status, or -errno and why: -ETIMEDOUT past the deadline, -E2BIG past
 * the ceiling, -EBADMSG: no HTTP, -EPROTONOSUPPORT: https. */
int fetch_result(const struct fetch *h, struct err *err);
/* Its body; caller frees. "" when there is none. */
char *fetch_take_body(struct fetch *h, size_t *ret_n) __attribute__((returns_nonnull));
/* Waits until all have ended. */
void fetch_wait(struct fetch *const *all, size_t n);

#endif
