/* SPDX-License-Identifier: MIT */
/*
 * files: files of the guest, made whole or not at all, with their final owner and mode from the
 * first moment that anybody can see them. One process at a time makes a file: unlike base's
 * file_write_atomic(), which many may call at once, what was cut leaves nothing once it is redone.
 */
#ifndef DRAGONCONFIG_FILES_H
#define DRAGONCONFIG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"

struct file_owner {
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/* Replaces what a symbolic link there leads to, as writing through it would. Folders on the way are
 * made with mode 0755. */
int file_put(const char *path, const void *data, size_t n, const struct file_owner *owner,
	     struct err *err);
/*
 * As file_put(), but files_settle() waits for the disk, for all such files at once: for what is
 * made anew when the power went before. Only where no file is replaced, or the power could leave
 * neither, and on the file system of the folder that files_later() was told.
 */
int file_put_later(const char *path, const void *data, size_t n, const struct file_owner *owner,
		   struct err *err);
void files_later(const char *dir);
int files_settle(struct err *err);
/* As file_put(), keeping owner and mode of the file that is there (else root, 0644). */
int file_put_as_is(const char *path, const void *data, size_t n, struct err *err);
/* The same bytes are there already. */
bool file_holds(const char *path, const void *data, size_t n);
/* Absolute, names a file, and no ".." is a part of it. NULL: false. */
bool file_path_is_safe(const char *path);
/* To append to. It is made if it is not there, for group adm to read, where there is one. -1: as
 * open(2). */
int file_open_log(const char *path);
/* A link that leads to target, replacing another one. */
int link_put(const char *path, const char *target, struct err *err);

#endif
