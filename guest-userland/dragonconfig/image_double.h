/* SPDX-License-Identifier: MIT */
/* image_double: images for tests: made by the usual tools, held in memory, and broken there. */
#ifndef DRAGONCONFIG_IMAGE_DOUBLE_H
#define DRAGONCONFIG_IMAGE_DOUBLE_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "image.h"

struct image_double {
	char dir[64];
	char *bytes;
	size_t n;
};

static inline int image_double_read_at(void *arg, uint64_t offset, void *buf, size_t n)
{
	const struct image_double *d = arg;

	if (offset > d->n || n > d->n - offset)
		return -EIO;
	memcpy(buf, d->bytes + offset, n);
	return 0;
}

static inline struct image_reader image_double_reader(struct image_double *d)
{
	return (struct image_reader){image_double_read_at, d};
}

static inline void image_double_begin(struct image_double *d)
{
	*d = (struct image_double){.dir = "/tmp/image-double-XXXXXX"};
	assert_non_null(mkdtemp(d->dir));
}

static inline void image_double_release(struct image_double *d)
{
	rm_rf(d->dir, NULL);
	free(d->bytes);
}

/* path: below the folder; folders on the way are made. */
static inline void image_double_file(struct image_double *d, const char *path, const char *text)
{
	_autofree_ char *full = path_join(d->dir, path), *dir = xstrdup(full);

	*strrchr(dir, '/') = '\0';
	assert_int_equal(mkdir_p(dir, NULL), 0);
	assert_int_equal(file_write_atomic(full, text, strlen(text), 0644, NULL), 0);
}

/* Runs sh in the folder: quiet, must succeed. */
static inline void image_double_run(struct image_double *d, const char *script)
{
	_autofree_ char *line =
		xasprintf("cd %s && { %s; } >log 2>&1 || { cat log; exit 1; }", d->dir, script);
	char *argv[] = {(char *)"sh", (char *)"-c", line, NULL};
	int status;
	pid_t pid;

	assert_int_equal(posix_spawnp(&pid, "sh", NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static inline void image_double_load(struct image_double *d, const char *name)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(128u << 20);
	_autofree_ char *path = path_join(d->dir, name);

	assert_int_equal(file_read(path, &sb, NULL), 0);
	free(d->bytes);
	d->bytes = strbuf_detach(&sb, &d->n);
}

/* Where these bytes are, from an offset on. */
static inline size_t image_double_at(const struct image_double *d, size_t from, const void *bytes,
				     size_t n)
{
	const char *at = memmem(d->bytes + from, d->n - from, bytes, n);

	assert_non_null(at);
	return (size_t)(at - d->bytes);
}

#endif
