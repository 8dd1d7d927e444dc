/* SPDX-License-Identifier: MIT */
/*
 * mount: a line of fstab carried out, without any program.
 *
 * Called by mounts.
 */
#ifndef DRAGONCONFIG_MOUNT_H
#define DRAGONCONFIG_MOUNT_H

#include "base/err.h"
#include "fstab.h"

/* Makes the folder and mounts, unless something is mounted there. -ENODEV: there is no such device.
 * fields: as of fstab_split(). */
int mount_line(char *const *fields, struct err *err);
/* The device that a first field means ("LABEL=x", "UUID=x", a path); NULL: none. Caller frees. */
char *mount_device(const char *spec);

#endif
