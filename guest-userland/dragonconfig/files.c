/* SPDX-License-Identifier: MIT */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

static int make_parents(const char *path, struct err *err)
{
	_autofree_ char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');

	if (!slash || slash == dir)
		return 0;
	*slash = '\0';
	return mkdir_p(dir, err);
}

/* Where a link leads, else the path itself. */
static char *follow(const char *path)
{
	struct stat st;
	char *real = lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(path, NULL) : NULL;

	return real ? real : xstrdup(path);
}

/*
 * Where a file is made before it takes its place: always the same name, so that what a cut attempt
 * left there is gone after the next one. Caller frees.
 */
static char *beside(const char *path)
{
	const char *base = path_base(path);

	return xasprintf("%.*s.%s.new", (int)(base - path), path, base);
}

/* Not through a link that somebody else put there, and not into a file that he has open. */
static int open_new(const char *path)
{
	unlink(path);
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Nobody else may look until owner and mode are right. */
static int write_new(int fd, const void *data, size_t n, const struct file_owner *owner)
{
	int r = fd_write_all(fd, data, n);

	if (r < 0)
		return r;
	if (fchown(fd, owner->uid, owner->gid) < 0 || fchmod(fd, owner->mode) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

int file_put(const char *path, const void *data, size_t n, const struct file_owner *owner,
	     struct err *err)
{
	_autofree_ char *target = follow(path), *tmp = beside(target);
	_autoclose_ int fd = -1;
	int r = make_parents(target, err);

	if (r < 0)
		return r;
	fd = open_new(tmp);
	if (fd < 0)
		return err_errno(err, errno, "cannot write %s", path);
	r = write_new(fd, data, n, owner);
	if (r == 0 && rename(tmp, target) < 0)
		r = -errno;
	if (r < 0) {
		unlink(tmp);
		return err_errno(err, -r, "cannot write %s", path);
	}
	return 0;
}

int file_put_as_is(const char *path, const void *data, size_t n, struct err *err)
{
	struct file_owner owner = {.mode = 0644};
	struct stat st;

	if (stat(path, &st) == 0)
		owner = (struct file_owner){st.st_uid, st.st_gid, st.st_mode & 07777};
	return file_put(path, data, n, &owner, err);
}

bool file_holds(const char *path, const void *data, size_t n)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(n);

	return file_read(path, &sb, NULL) == 0 && sb.len == n &&
	       memcmp(strbuf_str(&sb), data, n) == 0;
}

bool file_path_is_safe(const char *path)
{
	return path && *path == '/' && !strstr(path, "/../") &&
	       (strlen(path) < 3 || strcmp(path + strlen(path) - 3, "/..") != 0) &&
	       path[strlen(path) - 1] != '/';
}

static bool leads_to(const char *path, const char *target)
{
	char there[PATH_MAX];
	ssize_t n = readlink(path, there, sizeof(there));

	return n == (ssize_t)strlen(target) && memcmp(there, target, (size_t)n) == 0;
}

int link_put(const char *path, const char *target, struct err *err)
{
	_autofree_ char *tmp = beside(path);
	int r = make_parents(path, err);

	if (r < 0 || leads_to(path, target))
		return r;
	unlink(tmp);
	if (symlink(target, tmp) < 0)
		return err_errno(err, errno, "cannot link %s", path);
	if (rename(tmp, path) < 0) {
		r = err_errno(err, errno, "cannot link %s", path);
		unlink(tmp);
	}
	return r;
}
