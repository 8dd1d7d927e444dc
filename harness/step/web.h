/* SPDX-License-Identifier: MIT */
/*
 * web: what the step kinds that fetch pages have in common.
 *
 * Called by step kinds. Nothing here says "refused" or "backlog" of a connection through QEMU's
 * user network, which answers the host's handshake by itself.
 */
#ifndef STEP_WEB_H
#define STEP_WEB_H

#include "load/http.h"
#include "step/step.h"

#define WEB_PORT_FIELD(owner, member)                                                           \
	{                                                                                       \
		.name = "port", .type = FIELD_INT, .offset = offsetof(owner, member), .min = 1, \
		.max = 65535, .fallback = "80", .help = "The guest's TCP port."                 \
	}

/* A client for the guest's port. */
int web_open(struct guest *g, int64_t guest_port, unsigned int connections, struct http **ret_http,
	     struct err *err);
/* One request to its end. The request belongs to the client. */
int web_fetch(struct guest *g, struct http *h, const struct http_spec *spec,
	      struct http_request **ret_req, struct err *err);
/*
 * True when a whole response with that status came. Else *o is a fail, or *ret_r is -ETIMEDOUT with
 * err set.
 */
bool web_is_whole(const struct http_response *r, const char *what, int status,
		  struct step_outcome *o, int *ret_r, struct err *err);
/* Compares with the hash list; true: right. Else *o is a fail or *ret_r an error. */
bool web_is_file(struct guest *g, const struct http_response *r, const char *path,
		 struct step_outcome *o, int *ret_r, struct err *err);

#endif
