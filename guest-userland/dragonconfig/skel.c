/* SPDX-License-Identifier: MIT */
#include "skel.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "files.h"

#define SKEL	  "/etc/skel"
#define FILE_MAX  (1u << 20)
#define DEPTH_MAX 8

struct owner {
	uid_t uid;
	gid_t gid;
};

static int copy_folder(const char *from, const char *to, mode_t mode, const struct owner *o,
		       unsigned int depth, struct err *err);

static int copy_file(const char *from, const char *to, mode_t mode, const struct owner *o,
		     struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	const struct file_owner owner = {o->uid, o->gid, mode};
	int r = file_read(from, &sb, err);

	return r < 0 ? r : file_put_later(to, strbuf_str(&sb), sb.len, &owner, err);
}

static int copy_link(const char *from, const char *to, const struct owner *o, struct err *err)
{
	char target[4096];
	ssize_t n = readlink(from, target, sizeof(target) - 1);
	int r;

	if (n < 0)
		return err_errno(err, errno, "cannot read %s", from);
	target[n] = '\0';
	r = link_put(to, target, err);
	if (r == 0 && lchown(to, o->uid, o->gid) < 0)
		r = err_errno(err, errno, "cannot give %s to its owner", to);
	return r;
}

static int copy_entry(const char *from, const char *to, const struct owner *o, unsigned int depth,
		      struct err *err)
{
	struct stat st;

	if (lstat(from, &st) < 0)
		return err_errno(err, errno, "cannot look at %s", from);
	if (S_ISDIR(st.st_mode))
		return copy_folder(from, to, st.st_mode & 07777, o, depth + 1, err);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to, o, err);
	return S_ISREG(st.st_mode) ? copy_file(from, to, st.st_mode & 07777, o, err) : 0;
}

static int copy_folder(const char *from, const char *to, mode_t mode, const struct owner *o,
		       unsigned int depth, struct err *err)
{
	DIR *dir = depth < DEPTH_MAX ? opendir(from) : NULL;
	struct dirent *e;
	int r = mkdir_p(to, err);

	while (r == 0 && dir && (e = readdir(dir))) {
		_autofree_ char *x = path_join(from, e->d_name), *y = path_join(to, e->d_name);

		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = copy_entry(x, y, o, depth, err);
	}
	if (dir)
		closedir(dir);
	/* At the end: it is its owner's only when it is whole. */
	if (r == 0 && (chmod(to, mode) < 0 || chown(to, o->uid, o->gid) < 0))
		r = err_errno(err, errno, "cannot give %s to its owner", to);
	return r;
}

int home_make(const char *home, uid_t uid, gid_t gid, struct err *err)
{
	_autofree_ char *temp = xasprintf("%s.new", home);
	const struct owner owner = {uid, gid};
	int r;

	if (access(home, F_OK) == 0)
		return 0;
	/* Of a boot that was cut. */
	r = rm_rf(temp, err);
	if (r == 0)
		r = copy_folder(SKEL, temp, 0755, &owner, 0, err);
	if (r == 0)
		r = files_settle(err);
	if (r == 0 && rename(temp, home) < 0)
		r = err_errno(err, errno, "cannot make %s", home);
	return r;
}
