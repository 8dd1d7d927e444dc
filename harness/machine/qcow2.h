/* SPDX-License-Identifier: MIT */
/*
 * qcow2: an empty overlay over a raw image.
 *
 * Called by qemu for a machine that is to be saved: its throw-away disk needs a name for a while.
 */
#ifndef MACHINE_QCOW2_H
#define MACHINE_QCOW2_H

#include "base/err.h"

/* Writes a new file at path, as large for the guest as the raw image. *ret_fd: open for reading and
 * writing, the caller's. */
int qcow2_create(const char *path, const char *backing, int *ret_fd, struct err *err);

#endif
