/* SPDX-License-Identifier: MIT */
/*
 * image_cloud: what each cloud takes of a disk image, and what kernels and GRUB want of its root.
 *
 * Owns the tables, the only place where these rules stand: image_make builds by them, image_inspect
 * judges by them. Nothing here was tried on a live account; it is what the clouds' documents say.
 */
#ifndef MACHINE_IMAGE_CLOUD_H
#define MACHINE_IMAGE_CLOUD_H

#include <stdbool.h>
#include <stdint.h>

enum disk_format { DISK_RAW, DISK_QCOW2, DISK_VHD, DISK_VMDK, DISK_FORMATS };
/* "raw", "qcow2", "vhd", "vmdk". */
extern const char *const disk_format_names[DISK_FORMATS + 1];

/* Of a rule: it holds, it may not, it does not. */
enum image_say { IMAGE_FINE, IMAGE_DOUBT, IMAGE_REFUSED };

struct image_cloud {
	const char *name, *title;
	enum disk_format format;	      /* what is built unless told otherwise */
	enum image_say formats[DISK_FORMATS]; /* taken? */
	enum image_say gpt, agent_missing;
	uint64_t size_mib;	  /* what is built unless told otherwise */
	uint64_t max_virtual_mib; /* 0: no limit known */
	uint64_t max_file_mib;	  /* 0: the same */
	bool one_root;		  /* a single partition with a root file system */
	bool custom_folder;	  /* the platform writes aliyun_custom_image/os.conf into it */
	const char *profile;	  /* machine like its own; NULL: none is known */
	const char *note;	  /* what no look at the image can tell; NULL: nothing */
};

/* The last one has no name. */
extern const struct image_cloud image_clouds[];
/* NULL: there is none. */
const struct image_cloud *image_cloud_find(const char *name);

/* Who has a word about the root's ext4: a cloud by its name, GRUB, or a kernel that GRUB starts by
 * multiboot2. */
#define EXT4_GRUB	"GRUB"
#define EXT4_MULTIBOOT2 "multiboot2"

struct ext4_rule {
	const char *feature, *who;
	bool needed; /* else refused */
	const char *why;
};

/* The last one has no feature. */
extern const struct ext4_rule ext4_rules[];
/* NULL: who has no word about it. */
const struct ext4_rule *ext4_rule_find(const char *feature, const char *who);

#endif
