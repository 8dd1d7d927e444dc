/* SPDX-License-Identifier: MIT */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

/* A folder of the file system on which files are waited for together, and whether there are any. */
static struct {
	int fd; /* -1: each is waited for */
	dev_t dev;
	bool some;
} later = {.fd = -1};

static int make_parents(const char *path, struct err *err)
{
	_autofree_ char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');

	if (!slash || slash == dir)
		return 0;
	*slash = '\0';
	return mkdir_p(dir, err);
}

/* Where a link leads, else the path itself; and whether something is there. */
static char *follow(const char *path, bool *ret_there)
{
	struct stat st;
	bool there = lstat(path, &st) == 0;
	char *real = there && S_ISLNK(st.st_mode) ? realpath(path, NULL) : NULL;

	*ret_there = there;
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

/* Nobody who may not look at last may look before: to anybody else than root it is given later. */
static int open_fresh(const char *path, const struct file_owner *owner)
{
	mode_t mode = owner->uid || owner->gid ? 0600 : owner->mode & 0777;

	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

/* Not through a link that somebody else put there, and not into a file that he has open. */
static int open_new(const char *path, const struct file_owner *owner, struct err *err)
{
	int fd = open_fresh(path, owner);

	if (fd < 0 && errno == ENOENT) {
		int r = make_parents(path, err);

		if (r < 0)
			return r;
		fd = open_fresh(path, owner);
	} else if (fd < 0 && errno == EEXIST) {
		unlink(path);
		fd = open_fresh(path, owner);
	}
	return fd < 0 ? err_errno(err, errno, "cannot write %s", path) : fd;
}

static int bring_to_disk(int fd, dev_t dev, bool may_wait)
{
	if (may_wait && later.fd >= 0 && later.dev == dev) {
		later.some = true;
		return 0;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* The mode after the owner, whose change takes bits of it away. */
static int write_new(int fd, const void *data, size_t n, const struct file_owner *owner,
		     bool may_wait)
{
	struct stat st;
	bool others;
	int r = fd_write_all(fd, data, n);

	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	others = st.st_uid != owner->uid || st.st_gid != owner->gid;
	if (others && fchown(fd, owner->uid, owner->gid) < 0)
		return -errno;
	if ((others || (st.st_mode & 07777) != owner->mode) && fchmod(fd, owner->mode) < 0)
		return -errno;
	return bring_to_disk(fd, st.st_dev, may_wait);
}

static int put(const char *path, const void *data, size_t n, const struct file_owner *owner,
	       bool may_wait, struct err *err)
{
	bool replaces;
	_autofree_ char *target = follow(path, &replaces), *tmp = beside(target);
	_autoclose_ int fd = open_new(tmp, owner, err);
	int r;

	if (fd < 0)
		return fd;
	r = write_new(fd, data, n, owner, may_wait && !replaces);
	if (r == 0 && rename(tmp, target) < 0)
		r = -errno;
	if (r < 0) {
		unlink(tmp);
		return err_errno(err, -r, "cannot write %s", path);
	}
	return 0;
}

int file_put(const char *path, const void *data, size_t n, const struct file_owner *owner,
	     struct err *err)
{
	return put(path, data, n, owner, false, err);
}

int file_put_later(const char *path, const void *data, size_t n, const struct file_owner *owner,
		   struct err *err)
{
	return put(path, data, n, owner, true, err);
}

void files_later(const char *dir)
{
	struct stat st;

	cleanup_close(&later.fd);
	later.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (later.fd >= 0 && fstat(later.fd, &st) == 0)
		later.dev = st.st_dev;
	else
		cleanup_close(&later.fd);
}

int files_settle(struct err *err)
{
	if (later.some && syncfs(later.fd) < 0) {
		if (errno != ENOSYS)
			return err_errno(err, errno, "cannot bring files to the disk");
		sync();
	}
	later.some = false;
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

int file_open_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	const struct group *adm;
	struct stat st;

	/* An empty one may have been made by a boot that was cut before this. */
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size)
		return fd;
	adm = getgrnam("adm");
	if (adm && adm->gr_gid != st.st_gid)
		(void)!fchown(fd, (uid_t)-1, adm->gr_gid);
	return fd;
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
	int r = leads_to(path, target) ? 1 : make_parents(path, err);

	if (r)
		return r < 0 ? r : 0;
	unlink(tmp);
	if (symlink(target, tmp) < 0)
		return err_errno(err, errno, "cannot link %s", path);
	if (rename(tmp, path) < 0) {
		r = err_errno(err, errno, "cannot link %s", path);
		unlink(tmp);
	}
	return r;
}
