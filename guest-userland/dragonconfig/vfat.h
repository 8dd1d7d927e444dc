/* SPDX-License-Identifier: MIT */
/*
 * vfat: reads FAT12, FAT16 and FAT32 with long names from wherever the bytes are, for kernels that
 * have none of them.
 *
 * Pure. A chain of clusters is followed no further than the file is long, a folder no further than
 * IMAGE_FOLDER_MAX, so that loops end. The reader must live as long.
 */
#ifndef DRAGONCONFIG_VFAT_H
#define DRAGONCONFIG_VFAT_H

#include "image.h"

struct vfat {
	struct image_reader reader;
	char label[12];
	unsigned int bits;	/* 12, 16 or 32 */
	uint32_t sector;	/* bytes */
	uint32_t cluster;	/* sectors */
	uint32_t clusters;	/* how many; they count from 2 */
	uint64_t fat, fat_size; /* bytes */
	uint64_t root;		/* bytes; of FAT12 and 16 */
	uint32_t root_sectors;	/* 0: FAT32, the root is a chain */
	uint64_t data;		/* bytes; where cluster 2 is */
	struct image_entry top;
};

/* -EMEDIUMTYPE: it is none; another -errno: it cannot be read. */
int vfat_open(struct vfat *ret, const struct image_reader *reader, struct err *err);
/* Appends a file; -ENOENT: there is none, -E2BIG: past the ceiling. Case does not count. */
int vfat_read(const struct vfat *fs, const char *path, struct strbuf *to, struct err *err);
int vfat_list(const struct vfat *fs, const char *path, struct strv *to, struct err *err);

#endif
