/* SPDX-License-Identifier: MIT */
/*
 * Record locks of a file of ten bytes.
 *
 * Owns:       the file's path; descriptors are close-on-exec and live as long as the probe.
 * Called by:  probes of fcntl's locks.
 * Never does: judge what a lock gives.
 */
#ifndef FILELOCK_H
#define FILELOCK_H

#include <fcntl.h>
#include <sys/types.h>

/* Makes the file, in the probe's set-up. */
void filelock_make(void);
/* Opens it for reading and writing, and looks whether it is that one. */
int filelock_open(void);
/* fcntl with one of the lock commands for len bytes from start, 0 being all that follow. Gives what
 * it gave, and what it left in the structure, unless ret is NULL. */
int filelock(int fd, int command, int type, off_t start, off_t len, struct flock *ret);

#endif
