/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells about a datagram beside its bytes.
 *
 * Owns:       nothing.
 * Called by:  probes of control messages (IP_PKTINFO, SO_TIMESTAMP and their like).
 * Never does: wait past the probe's patience.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>

/* Takes the next datagram, which is required to be this text, and with it the one control message
 * of this level and type and len bytes. False when it came without. */
bool control_take(int fd, const char *text, int level, int type, void *ret, size_t len);

#endif
