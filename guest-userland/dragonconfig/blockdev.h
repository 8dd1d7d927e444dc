/* SPDX-License-Identifier: MIT */
/*
 * blockdev: which device is under a path, which disk a partition is of, and what the kernel says of
 * both.
 *
 * Called by growpart and mounts. Needs neither udev nor /sys. Strings are the caller's to free.
 */
#ifndef DRAGONCONFIG_BLOCKDEV_H
#define DRAGONCONFIG_BLOCKDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The device that is mounted where path is, or path itself if it is one; NULL: none in /dev. */
char *blockdev_under(const char *path);
/* "/dev/vda1" is the first of "/dev/vda", "/dev/nvme0n1p2" the second of "/dev/nvme0n1". false: the
 * name is no partition's. */
bool blockdev_split(const char *device, char **ret_disk, unsigned int *ret_number);
/* -ENOTSUP: this kernel does not say. */
int blockdev_size(int fd, uint64_t *ret_bytes, struct err *err);
/* Where a partition begins on its disk, bytes. -ENOTSUP: this kernel does not say. */
int blockdev_start(int fd, const char *device, uint64_t *ret_bytes, struct err *err);
/* All n bytes at offset, else -errno (past the end -EIO). */
int blockdev_read(int fd, uint64_t offset, void *buf, size_t n);

#endif
