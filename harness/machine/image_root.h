/* SPDX-License-Identifier: MIT */
/*
 * image_root: the root file system on a disk image: its superblock, and what lies on it.
 *
 * Called by image_inspect. Files come out by debugfs, a child with limits, into the folder dir.
 */
#ifndef MACHINE_IMAGE_ROOT_H
#define MACHINE_IMAGE_ROOT_H

#include "base/loop.h"
#include "base/strbuf.h"
#include "machine/image_disk.h"

struct root {
	const struct disk_partition *at; /* NULL: none found */
	char uuid[37];
	uint32_t compat, incompat, ro_compat, block_size, inode_size;
};

/* The partition whose ext file system is the root, the last one if there are several. */
void root_find(const struct disk *d, struct root *ret_root, struct image_report *report);
/* Features against the cloud's rules, GRUB's when it reads this file system (fat: it has one of its
 * own), and the kernel's. */
void root_features(const struct root *root, const struct image_cloud *cloud, bool fat,
		   bool multiboot2, struct image_report *report);
/* What the files that were taken out of it to dir say, and GRUB's configuration from here or from
 * the FAT partition (NULL: none). lists: of folders, as debugfs prints them. */
void root_look(const struct root *root, const struct disk_partition *fat,
	       const struct image_cloud *cloud, const char *dir, const struct strbuf *lists,
	       struct image_report *report);
/* Takes them out and looks. */
int root_files(struct loop *loop, const struct root *root, const struct disk_partition *fat,
	       const struct image_cloud *cloud, const char *dir, struct image_report *report,
	       struct err *err);

#endif
