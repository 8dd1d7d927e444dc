/* SPDX-License-Identifier: MIT */
/*
 * iso9660: reads a CD's file system (ECMA-119) from wherever its bytes are.
 *
 * Pure. Names: Rock Ridge's where there are any, else Joliet's, else the plain ones in lower case
 * without a version. Never follows links, never recurses. The reader must live as long.
 */
#ifndef DRAGONCONFIG_ISO9660_H
#define DRAGONCONFIG_ISO9660_H

#include "image.h"

enum iso9660_names { ISO9660_PLAIN, ISO9660_JOLIET, ISO9660_ROCK_RIDGE };

struct iso9660 {
	struct image_reader reader;
	char label[33];
	enum iso9660_names names;
	uint32_t block; /* bytes */
	uint8_t skip;	/* bytes before Rock Ridge's in each record */
	struct image_entry root;
};

/* -EMEDIUMTYPE: it is none; another -errno: it cannot be read. */
int iso9660_open(struct iso9660 *ret, const struct image_reader *reader, struct err *err);
/* Appends a file; -ENOENT: there is none, -E2BIG: past the ceiling. */
int iso9660_read(const struct iso9660 *fs, const char *path, struct strbuf *to, struct err *err);
int iso9660_list(const struct iso9660 *fs, const char *path, struct strv *to, struct err *err);

#endif
