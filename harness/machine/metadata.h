/* SPDX-License-Identifier: MIT */
/*
 * metadata: a cloud's metadata service, for one machine.
 *
 * Owns the tree that it serves and the unix socket that it listens on; the machine's user network
 * leads the guest there. Called by qemu. Speaks HTTP/1.x with bounds on everything, since the guest
 * is hostile; opens no port.
 */
#ifndef MACHINE_METADATA_H
#define MACHINE_METADATA_H

#include <stdint.h>

#include "base/strbuf.h"
#include "machine/cloud.h"

#define METADATA_TOKENS	  8
#define METADATA_HEAD_MAX 8192
#define METADATA_BODY_MAX 4096 /* of a request; nobody looks at it */

/* What is served, without any socket. */
struct metadata_site {
	const struct cloud *cloud;
	struct cloud_tree tree;
	struct {
		char text[33];
		uint64_t until; /* µs */
	} tokens[METADATA_TOKENS];
	size_t n_tokens; /* given out so far; the oldest are forgotten */
};

/* What came of one request. */
struct metadata_reply {
	int status;
	bool close;	/* the connection is to end */
	char what[200]; /* "GET /latest/user-data 200", printable */
};

void metadata_site_init(struct metadata_site *site, const struct cloud *c, const struct seed *s);
void metadata_site_release(struct metadata_site *site);
/*
 * Answer the request that the data begin with: bytes consumed, 0: not whole yet. The answer is
 * added to out.
 */
size_t metadata_answer(struct metadata_site *site, uint64_t now, const char *data, size_t n,
		       struct strbuf *out, struct metadata_reply *ret);

struct metadata;

struct metadata_listener {
	void (*on_request)(void *arg, const char *what);
	void *arg;
};

int metadata_start(struct loop *loop, const struct cloud *c, const struct seed *s, const char *dir,
		   const struct metadata_listener *listener, struct metadata **ret_metadata,
		   struct err *err);
/* Path of the socket, for this process alone. */
const char *metadata_socket(const struct metadata *m);
/* NULL is fine. */
void metadata_free(struct metadata *m);

#endif
