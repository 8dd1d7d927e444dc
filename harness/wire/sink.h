/* SPDX-License-Identifier: MIT */
/*
 * sink: where a writer of this layer puts its bytes.
 *
 * Owns nothing. Writers know neither files nor buffers; the caller gives a function that returns 0
 * or -errno.
 */
#ifndef WIRE_SINK_H
#define WIRE_SINK_H

#include <stddef.h>

struct sink {
	int (*write)(void *arg, const char *data, size_t n);
	void *arg;
};

#endif
