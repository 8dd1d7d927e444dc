/* SPDX-License-Identifier: MIT */
#include "base/fsutil.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

char *path_join(const char *a, const char *b)
{
	size_t n = strlen(a);

	return xasprintf("%s%s%s", a, n && a[n - 1] == '/' ? "" : "/", b);
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int mkdir_p(const char *path, struct err *err)
{
	_autofree_ char *p = xstrdup(path);

	/* Most often nothing is missing, or the last folder alone. */
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return 0;
	for (char *s = p + 1;; s++) {
		char c = *s;

		if (c != '/' && c != '\0')
			continue;
		*s = '\0';
		if (mkdir(p, 0755) < 0 && errno != EEXIST)
			return err_errno(err, errno, "cannot make folder %s", p);
		*s = c;
		if (c == '\0')
			return 0;
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int rm_rf(const char *path, struct err *err)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		return err_errno(err, errno, "cannot remove %s", path);
	return 0;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int file_stat(const char *path, struct stat *ret_stat, struct err *err)
{
	int code;

	if (stat(path, ret_stat) == 0)
		return 0;
	code = errno;
	err_errno(err, code, "cannot read %s", path);
	if (err && (code == ENOENT || code == ENOTDIR))
		err->kind = ERR_USAGE;
	return -code;
}

int file_read(const char *path, struct strbuf *sb, struct err *err)
{
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[65536];

	if (fd < 0)
		return err_errno(err, errno, "cannot open %s", path);
	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, errno, "cannot read %s", path);
		if (n == 0)
			return 0;
		if (strbuf_add(sb, buf, (size_t)n) < 0)
			return err_set(err, E2BIG, "%s is larger than %zu bytes", path, sb->max);
	}
}

int fd_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* A file that file_write_atomic() and its like fill. */
static int begin_atomic(const char *path, char **ret_tmp, struct err *err)
{
	_autofree_ char *tmp = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(tmp, O_CLOEXEC);

	if (fd < 0)
		return err_errno(err, errno, "cannot write %s", path);
	*ret_tmp = TAKE(tmp);
	return fd;
}

/* r: how the filling went. */
static int end_atomic(int fd, const char *tmp, const char *path, mode_t mode, int r,
		      struct err *err)
{
	if (r == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0 || rename(tmp, path) < 0))
		r = -errno;
	if (r < 0) {
		unlink(tmp);
		return err_errno(err, -r, "cannot write %s", path);
	}
	return 0;
}

int file_write_atomic(const char *path, const void *data, size_t n, mode_t mode, struct err *err)
{
	_autofree_ char *tmp = NULL;
	_autoclose_ int fd = begin_atomic(path, &tmp, err);

	if (fd < 0)
		return fd;
	return end_atomic(fd, tmp, path, mode, fd_write_all(fd, data, n), err);
}

int fd_copy(int in, int out)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) != 0) {
		int r = 0;

		if (n > 0)
			r = fd_write_all(out, buf, (size_t)n);
		else if (errno != EINTR)
			r = -errno;
		if (r < 0)
			return r;
	}
	return 0;
}

int file_copy_atomic(const char *path, FILE *from, mode_t mode, struct err *err)
{
	_autofree_ char *tmp = NULL;
	_autoclose_ int fd = begin_atomic(path, &tmp, err);
	int in = fileno(from), r = 0;

	if (fd < 0)
		return fd;
	if (fflush(from) != 0 || lseek(in, 0, SEEK_SET) < 0)
		r = -errno;
	if (r == 0)
		r = fd_copy(in, fd);
	return end_atomic(fd, tmp, path, mode, r, err);
}

int file_temp(const char *dir, FILE **ret_file, struct err *err)
{
	_autofree_ char *path = path_join(dir, "temporary-XXXXXX");
	_autoclose_ int fd = mkostemp(path, O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w+");

	if (fd >= 0)
		unlink(path);
	if (!f)
		return err_errno(err, errno, "cannot make a temporary file in %s", dir);
	fd = -1;
	*ret_file = f;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int dir_files(const char *dir, const char *suffix, struct strv *ret_paths, struct err *err)
{
	size_t before = ret_paths->n, tail = strlen(suffix);
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return err_errno(err, errno, "cannot read %s", dir);
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n > tail && strcmp(e->d_name + n - tail, suffix) == 0)
			strv_take(ret_paths, path_join(dir, e->d_name));
	}
	closedir(d);
	if (ret_paths->n > before)
		qsort(ret_paths->v + before, ret_paths->n - before, sizeof(*ret_paths->v), by_text);
	return 0;
}
