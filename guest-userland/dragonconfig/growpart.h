/* SPDX-License-Identifier: MIT */
/*
 * growpart: a partition in use made larger, and the ext4 on it.
 *
 * Called by the module of the same name. A kernel that cannot follow is asked before anything is
 * written; the table comes before the kernel's view, and that before the file system, so that a cut
 * anywhere leaves what the next boot takes up.
 */
#ifndef DRAGONCONFIG_GROWPART_H
#define DRAGONCONFIG_GROWPART_H

#include <stdint.h>

#include "base/err.h"

struct growth {
	uint64_t from, to; /* bytes; the same: there was nothing to grow */
};

/* Into the free room behind it. -ENOENT: the device is no partition; -ENOTSUP: not by this program.
 */
int growpart(const char *device, struct growth *ret, struct err *err);
/* The file system that is mounted at path, to the end of its device. -EMEDIUMTYPE: it is no ext4.
 */
int growpart_ext4(const char *device, const char *path, struct growth *ret, struct err *err);

#endif
