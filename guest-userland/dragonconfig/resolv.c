/* SPDX-License-Identifier: MIT */
#include "resolv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"

#define FILE_MAX    65536
#define RESOLV_CONF "/etc/resolv.conf"
#define FIXED	    RESOLV_DIR "/fixed"
/* More than any C library asks. */
#define SERVERS_MAX 8
#define SEARCH_MAX  32

static const struct file_owner owner = {.mode = 0644};

static void take_lines(const char *text, struct strv *servers, struct strv *search)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *line = lines.v[i];

		if (strncmp(line, "nameserver ", 11) == 0 && servers->n < SERVERS_MAX &&
		    !strv_has(servers, line + 11))
			strv_push(servers, line + 11);
		else if (strncmp(line, "search ", 7) == 0 && search->n < SEARCH_MAX &&
			 !strv_has(search, line + 7))
			strv_push(search, line + 7);
	}
}

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "fixed") != 0;
}

static void collect(struct strv *servers, struct strv *search)
{
	struct dirent **list = NULL;
	int n = scandir(RESOLV_DIR, &list, is_visible, alphasort);

	for (int i = 0; i < n; i++) {
		_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
		_autofree_ char *path = path_join(RESOLV_DIR, list[i]->d_name);

		if (file_read(path, &sb, NULL) == 0)
			take_lines(strbuf_str(&sb), servers, search);
		free(list[i]);
	}
	free(list);
}

static int compose(struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	_cleanup_(strv_release) struct strv servers = STRV_INIT, search = STRV_INIT;

	if (file_read(FIXED, &sb, NULL) < 0) {
		strbuf_reset(&sb);
		collect(&servers, &search);
		for (size_t i = 0; i < servers.n; i++)
			strbuf_addf(&sb, "nameserver %s\n", servers.v[i]);
		for (size_t i = 0; i < search.n; i++)
			strbuf_addf(&sb, "%s%s", i ? " " : "search ", search.v[i]);
		if (search.n)
			strbuf_addch(&sb, '\n');
	}
	if (sb.len == 0 || file_holds(RESOLV_CONF, strbuf_str(&sb), sb.len))
		return 0;
	return file_put_as_is(RESOLV_CONF, strbuf_str(&sb), sb.len, err);
}

/* One at a time: else who read first might write last. */
static int put_and_compose(const char *path, const struct strbuf *sb, struct err *err)
{
	_autoclose_ int lock = -1;
	int rc = mkdir_p(RESOLV_DIR, err);

	if (rc < 0)
		return rc;
	lock = open(RESOLV_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0)
		flock(lock, LOCK_EX);
	if (sb)
		rc = file_put(path, strbuf_str(sb), sb->len, &owner, err);
	else if (unlink(path) < 0 && errno != ENOENT)
		rc = err_errno(err, errno, "%s", path);
	return rc < 0 ? rc : compose(err);
}

int resolv_put(const char *origin, const struct strv *servers, const struct strv *search,
	       struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	_autofree_ char *path = path_join(RESOLV_DIR, origin);

	for (size_t i = 0; i < servers->n; i++)
		strbuf_addf(&sb, "nameserver %s\n", servers->v[i]);
	for (size_t i = 0; i < search->n; i++)
		strbuf_addf(&sb, "search %s\n", search->v[i]);
	return put_and_compose(path, sb.len ? &sb : NULL, err);
}

int resolv_fix(const char *text, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);

	if (text && strbuf_addstr(&sb, text) < 0)
		return err_set(err, E2BIG, "resolv.conf: too long");
	return put_and_compose(FIXED, text ? &sb : NULL, err);
}
