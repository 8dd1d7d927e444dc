/* SPDX-License-Identifier: MIT */
/*
 * volumes: block devices, what is on them, and files of it, read-only.
 *
 * iso9660 and vfat are read here, without the kernel; ext4 is mounted for as long as a volume is
 * open. Never writes to a device. A device that cannot be read is passed over.
 */
#ifndef DRAGONCONFIG_VOLUMES_H
#define DRAGONCONFIG_VOLUMES_H

#include "iso9660.h"
#include "vfat.h"

enum volume_kind { VOLUME_ISO9660, VOLUME_VFAT, VOLUME_EXT4 };

struct volume {
	char *device; /* path */
	char label[33];
	enum volume_kind kind;
	int fd;
	bool mounted;
	struct iso9660 iso9660;
	struct vfat vfat;
};

/* Whole disks and partitions, as paths, in the order of their names. */
void volumes_devices(struct strv *to);
/* device: of a disk, or a file that holds an image of one. -EMEDIUMTYPE: none of these kinds is on
 * it. */
int volume_open(struct volume *ret, const char *device, struct err *err);
void volume_release(struct volume *v);
/* After a process that had one open was killed. */
void volumes_abandon(void);
const char *volume_kind_name(enum volume_kind kind);
/* A file of max bytes at most, which need not be there. false: it is not, or cannot be read, which
 * is a problem then. Replaces *ret, which is free()d. Follows no symbolic link. */
struct problems;
bool volume_take(struct volume *v, const char *path, size_t max, char **ret, size_t *ret_n,
		 struct problems *problems);
/* The first volume that takes, in the order of devices; case of labels does not count. label: NULL:
 * any. take: may read it and keep what it read; false: go on. */
bool volumes_find(const char *label, bool (*take)(void *arg, struct volume *v), void *arg);

#endif
