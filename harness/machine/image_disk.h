/* SPDX-License-Identifier: MIT */
/*
 * image_disk: a disk image's container and its partition table, both hostile.
 *
 * Owns a descriptor of the raw bytes. Called by image_inspect.
 */
#ifndef MACHINE_IMAGE_DISK_H
#define MACHINE_IMAGE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "machine/image_inspect.h"

#define DISK_SECTOR	 512
#define DISK_PARTITIONS	 128
#define DISK_VIRTUAL_MAX ((uint64_t)2 << 40)

enum disk_kind { DISK_LINUX, DISK_FAT, DISK_LVM, DISK_GRUB, DISK_OTHER };

struct disk_partition {
	unsigned int number;
	uint64_t start, size; /* bytes; within the disk */
	enum disk_kind kind;  /* as the table says */
	bool active;
};

struct disk {
	enum disk_format format;
	uint64_t virtual_size, file_size; /* bytes */
	int fd;				  /* of the raw bytes; -1 */
	bool gpt;
	struct disk_partition partitions[DISK_PARTITIONS];
	size_t n;
};

void disk_release(struct disk *d);
/* What the container says of itself, without any other program. ERR_USAGE: not one that is known,
 * or one that must not be opened (it names other files, is encrypted, or too large). */
int disk_probe(const char *path, struct disk *ret_disk, struct err *err);
/* Raw bytes as dir/disk: the image itself, or what qemu-img makes of it. Fills fd. */
int disk_open(struct disk *d, struct loop *loop, const char *path, const char *dir,
	      struct err *err);
/* False: past the end, or unreadable. */
bool disk_read(const struct disk *d, uint64_t at, void *buf, size_t n);
/* Fills the partitions; what is wrong with table and boot code goes to the report. */
void disk_look(struct disk *d, struct image_report *report);

#endif
