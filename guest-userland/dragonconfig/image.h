/* SPDX-License-Identifier: MIT */
/*
 * image: what readers of file systems in images have in common: where bytes come from, what a
 * folder has, how a path is followed.
 *
 * Pure. Called by iso9660, vfat, volumes. Images are hostile: each reader bounds what it reads of a
 * folder, and a path is as long as its caller wrote it, so that loops of folders lead nowhere.
 */
#ifndef DRAGONCONFIG_IMAGE_H
#define DRAGONCONFIG_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

#define IMAGE_NAME_MAX	 1024	    /* bytes of UTF-8 */
#define IMAGE_FOLDER_MAX (1u << 20) /* bytes of one folder's records */

struct image_reader {
	/* All n bytes from offset on, else -errno; past the end: -EIO. */
	int (*read_at)(void *arg, uint64_t offset, void *buf, size_t n);
	void *arg;
};

struct image_entry {
	char name[IMAGE_NAME_MAX];
	uint64_t place; /* what it means is the reader's own business */
	uint32_t size;
	bool folder;
	bool odd; /* a file whose bytes do not lie in one row: cannot be read */
};

struct image_visitor {
	bool (*visit)(void *arg, const struct image_entry *e); /* true: that is enough */
	void *arg;
};

struct image {
	const void *fs;
	/* Shows what a folder has, without "." and ".."; -errno: it is broken. */
	int (*scan)(const void *fs, const struct image_entry *folder, const struct image_visitor *v,
		    struct err *err);
	const struct image_entry *root;
	bool fold; /* names are the same whatever their case */
};

/* -ENOENT: there is no such path; another -errno: the image is broken. */
int image_find(const struct image *image, const char *path, struct image_entry *ret,
	       struct err *err);
/* Appends the names in a folder, "/" at the end of each that is a folder. */
int image_list(const struct image *image, const char *path, struct strv *to, struct err *err);
/* Appends n bytes; past the ceiling of to: -E2BIG before anything is read. */
int image_copy(const struct image_reader *r, uint64_t offset, uint32_t n, struct strbuf *to,
	       struct err *err);
/* 16 bit characters until a NUL or the end, as UTF-8; what does not fit is cut. */
void image_utf8(const uint16_t *from, size_t n, char *to, size_t size);
/* A name that can be one: not empty, no "/". */
bool image_name_is_good(const char *name);

#endif
