/* SPDX-License-Identifier: MIT */
/*
 * Messages that carry descriptors (SCM_RIGHTS).
 *
 * Owns:       nothing; what is received is the caller's.
 * Called by:  probes below calls/unix.
 * Never does: wait; fail a probe.
 */
#ifndef PASSFD_H
#define PASSFD_H

#include <sys/types.h>

enum { PASSFD_MAX = 256 };

/* What one recvmsg gave. */
struct passfd {
	ssize_t bytes; /* -1 with errno */
	int flags;     /* msg_flags */
	int fds;       /* how many descriptors came; -1 when the control data is of another kind */
	int fd[PASSFD_MAX];
};

/* Sends len bytes with n descriptors, none for 0. Gives what sendmsg gave. */
ssize_t passfd_send(int sock, const void *data, size_t len, const int *fds, int n);
/* Receives up to len bytes and up to PASSFD_MAX descriptors. */
void passfd_receive(struct passfd *ret_got, int sock, void *data, size_t len, int flags);

#endif
