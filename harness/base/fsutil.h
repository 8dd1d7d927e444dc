/* SPDX-License-Identifier: MIT */
/*
 * fsutil: files and folders.
 *
 * Called by every layer. Strings returned through ret_ are the caller's to free.
 */
#ifndef BASE_FSUTIL_H
#define BASE_FSUTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* "a/b"; never fails. */
char *path_join(const char *a, const char *b) __attribute__((returns_nonnull));
/* The last component; points into path. */
const char *path_base(const char *path);
int mkdir_p(const char *path, struct err *err);
/* Remove a tree; a path that is not there is fine. Follows no symbolic link. */
int rm_rf(const char *path, struct err *err);
bool file_exists(const char *path);
struct stat;
/* stat() of what a user named: when it is not there, the error is of kind ERR_USAGE. */
int file_stat(const char *path, struct stat *ret_stat, struct err *err);
/* Appends the paths of a folder's entries whose names end so and are longer, sorted. */
int dir_files(const char *dir, const char *suffix, struct strv *ret_paths, struct err *err);
/* Whole file, at most sb->max bytes (-E2BIG past it). */
int file_read(const char *path, struct strbuf *sb, struct err *err);
/* Whole or not at all: temporary file in the same folder, fsync, rename. */
int file_write_atomic(const char *path, const void *data, size_t n, mode_t mode, struct err *err);
/* The same with all that a file holds that was written or read before. */
int file_copy_atomic(const char *path, FILE *from, mode_t mode, struct err *err);
/* A file without a name, on the file system of that folder. The caller closes it. */
int file_temp(const char *dir, FILE **ret_file, struct err *err);
/* write(2) until all is written. */
int fd_write_all(int fd, const void *data, size_t n);
/* From where in is to its end. */
int fd_copy(int in, int out);

#endif
