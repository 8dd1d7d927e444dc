/* SPDX-License-Identifier: MIT */
/*
 * exchange: raw bytes to a TCP port of 127.0.0.1, and all that comes back until the peer closes.
 *
 * Owns its connection. Called by step kinds for what no HTTP library does: pipelining, half
 * requests, garbage.
 */
#ifndef LOAD_EXCHANGE_H
#define LOAD_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/strbuf.h"

struct exchange;

struct exchange_spec {
	uint16_t port;
	const void *data; /* copied */
	size_t n;
	size_t reply_max; /* what comes past it is dropped and the connection closed */
	struct deadline deadline;
};

int exchange_start(struct loop *loop, const struct exchange_spec *spec,
		   struct exchange **ret_exchange, struct err *err);
void exchange_free(struct exchange *x);
/* For loop_wait(). */
bool exchange_ended(void *exchange);
/* 0: the peer closed in order; -ETIMEDOUT, -ECONNREFUSED, -ECONNRESET, -EFBIG … */
int exchange_error(const struct exchange *x);
/* A connection was made. Through QEMU's user network that says little: see load/http.h. */
bool exchange_connected(const struct exchange *x);
const struct strbuf *exchange_reply(const struct exchange *x);

#endif
