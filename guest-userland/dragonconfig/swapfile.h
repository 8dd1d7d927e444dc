/* SPDX-License-Identifier: MIT */
/*
 * swapfile: a file that the kernel may swap to: how large, and made.
 *
 * Called by mounts. Bytes everywhere.
 */
#ifndef DRAGONCONFIG_SWAPFILE_H
#define DRAGONCONFIG_SWAPFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* "4096", "512M", "1G", "2TB"; false: no size. */
bool swapfile_read_size(const char *text, uint64_t *ret);
/* What cloud-init thinks right: as much as memory below 4 GiB, 4 GiB below 16, then the root of its
 * GiB; no more than max, which is a quarter of free and 8 GiB unless told (0: not told). */
uint64_t swapfile_suggest(uint64_t memory, uint64_t free, uint64_t max);
/* Whole or not at all, with mode 0600 from its first moment. A file that is a swap file already is
 * left as it is; -EEXIST: it is another; -ENOSPC: less than a tenth of the room would be left. */
int swapfile_make(const char *path, uint64_t size, struct err *err);
/* -ENOSYS: this kernel has no swap. In use already is fine. */
int swapfile_on(const char *path, struct err *err);
/* Whether swapfile_on() can be at all; changes nothing. */
int swapfile_can(struct err *err);

#endif
