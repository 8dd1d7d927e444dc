/* SPDX-License-Identifier: MIT */
/*
 * Unix sockets in the probe's folder.
 *
 * Owns:       nothing; descriptors are close-on-exec and live as long as the probe.
 * Called by:  probes below calls/unix.
 * Never does: fail a probe; trouble here is a broken one.
 */
#ifndef UNIXADDR_H
#define UNIXADDR_H

#include <sys/socket.h>
#include <sys/un.h>

struct sockaddr_un unix_addr(const char *name);
/* A listening stream socket that everybody may connect to. */
int unix_listener(const char *name, int backlog, struct sockaddr_un *ret_addr);

#endif
