/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts.h"
#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"

#define KEYS_MAX (1u << 20)

/* sshd refuses keys in a folder that others may write to. */
static int make_folder(const char *dir, const struct account_facts *f, struct err *err)
{
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_errno(err, errno, "cannot make %s", dir);
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, ENOTDIR, "%s is no folder", dir);
	if (chmod(dir, 0700) < 0 || chown(dir, f->uid, f->gid) < 0)
		return err_errno(err, errno, "cannot give %s to its owner", dir);
	return 0;
}

int keys_authorize(const char *user, const struct strv *keys, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(KEYS_MAX);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	_autofree_ char *dir = NULL, *path = NULL;
	struct account_facts f;
	struct file_owner owner = {.mode = 0600};
	int r;

	if (!account_find(user, &f))
		return err_set(err, ENOENT, "there is no user %s", user);
	owner.uid = f.uid;
	owner.gid = f.gid;
	dir = path_join(f.home, ".ssh");
	path = path_join(dir, "authorized_keys");
	r = make_folder(dir, &f, err);
	if (r == 0 && file_exists(path))
		r = file_read(path, &sb, err);
	if (r < 0)
		return r;
	strv_split(&lines, strbuf_str(&sb), "\n");
	if (sb.len && sb.buf[sb.len - 1] != '\n')
		strbuf_addch(&sb, '\n');
	for (size_t i = 0; i < keys->n; i++)
		if (!strv_has(&lines, keys->v[i]) && !strchr(keys->v[i], '\n') &&
		    strbuf_addf(&sb, "%s\n", keys->v[i]) < 0)
			return err_set(err, E2BIG, "too many keys for %s", user);
	return file_put_later(path, strbuf_str(&sb), sb.len, &owner, err);
}
