/* SPDX-License-Identifier: MIT */
/*
 * conn: a connected stream socket on the loop, with a bounded output queue; or a pipe's reading
 * end.
 *
 * Owns its descriptor. Called by machine/ (QMP, console, channel) and load/. Knows nothing of what
 * the bytes mean.
 */
#ifndef BASE_CONN_H
#define BASE_CONN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"
#include "base/strbuf.h"

struct conn {
	struct loop *loop;
	struct loop_fd watch;
	int fd; /* -1: closed */
	struct strbuf out;
	/* After a delivery let bytes gather for so long, µs; 0: tell at once. For a peer that
	 * writes byte by byte. May be set before conn_init(). */
	uint64_t gather_us;
	struct loop_timer gathering;
	/* Bytes arrived. May close the connection. */
	void (*on_data)(void *arg, const char *data, size_t n);
	/* The peer closed or an error came (positive errno, 0: orderly); called once, after the
	 * last on_data. */
	void (*on_close)(void *arg, int error);
	void *arg;
};

/* Ceiling on queued output; conn_write() past it fails with -ENOBUFS. */
#define CONN_OUT_MAX (4u << 20)

/* Take over a connected descriptor; it becomes non-blocking. */
int conn_init(struct conn *c, struct loop *loop, int fd, struct err *err);
/* Connect to a listening unix socket; -ENOENT and -ECONNREFUSED are returned as such for callers
 * that retry. */
int conn_open_unix(struct conn *c, struct loop *loop, const char *path, struct err *err);
int conn_write(struct conn *c, const void *data, size_t n);
/* Hand over what has arrived already, at most max bytes (rounded up to a read). */
void conn_drain(struct conn *c, size_t max);
/* Everything queued was written. */
bool conn_drained(const struct conn *c);
void conn_close(struct conn *c);

#endif
