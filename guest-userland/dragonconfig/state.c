/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"

#define ID_MAX	 200
#define STAND_IN "/run/dragonconfig/state"

static const struct file_owner plain = {.mode = 0644};

static bool is_file_name(const char *id)
{
	if (!*id || *id == '.' || strlen(id) > ID_MAX)
		return false;
	for (; *id; id++)
		if (*id == '/' || (unsigned char)*id < ' ')
			return false;
	return true;
}

static int put_line(const char *path, const char *text, struct err *err)
{
	_autofree_ char *line = xasprintf("%s\n", text);

	if (file_holds(path, line, strlen(line)))
		return 0;
	return file_put(path, line, strlen(line), &plain, err);
}

/* The id of the boot before, "" when there was none; caller frees. */
static char *last_id(const char *root)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(2 * ID_MAX);
	_autofree_ char *path = path_join(root, "data/instance-id");

	if (file_read(path, &sb, NULL) < 0)
		return xstrdup("");
	return xstrndup(strbuf_str(&sb), strcspn(strbuf_str(&sb), "\n"));
}

static int open_at(struct state *s, const char *root, struct err *err)
{
	_autofree_ char *target = xasprintf("instances/%s", s->id), *last = last_id(root);
	_autofree_ char *sem = xasprintf("%s/%s/sem", root, target), *once = path_join(root, "sem");
	_autofree_ char *scripts = xasprintf("%s/%s/scripts", root, target);
	_autofree_ char *link = path_join(root, "instance");
	_autofree_ char *before = path_join(root, "data/previous-instance-id");
	_autofree_ char *now = path_join(root, "data/instance-id");
	int r;

	s->root = root;
	free(s->dir);
	s->dir = path_join(root, target);
	r = mkdir_p(sem, err);
	if (r == 0)
		r = mkdir_p(scripts, err);
	if (r == 0)
		r = mkdir_p(once, err);
	if (r == 0)
		r = link_put(link, target, err);
	if (r == 0 && *last && strcmp(last, s->id) != 0)
		r = put_line(before, last, err);
	return r < 0 ? r : put_line(now, s->id, err);
}

int state_open(struct state *s, const char *id, struct err *err)
{
	int r;

	if (!is_file_name(id))
		return err_set(err, EINVAL, "an instance id that is no file name");
	s->id = xstrdup(id);
	r = open_at(s, STATE_DIR, err);
	if (r == 0)
		files_later(s->root);
	return r < 0 && open_at(s, STAND_IN, NULL) == 0 ? 1 : r;
}

void state_release(struct state *s)
{
	free(s->id);
	free(s->dir);
	*s = (struct state){0};
}

static char *mark_path(const struct state *s, const char *name, enum frequency f)
{
	return f == FREQUENCY_ONCE ? xasprintf("%s/sem/config_%s.once", s->root, name)
				   : xasprintf("%s/sem/config_%s", s->dir, name);
}

bool state_done(const struct state *s, const char *name, enum frequency f)
{
	_autofree_ char *path = mark_path(s, name, f);

	return f != FREQUENCY_ALWAYS && file_exists(path);
}

int state_mark(const struct state *s, const char *name, enum frequency f, struct err *err)
{
	_autofree_ char *path = mark_path(s, name, f);
	_autoclose_ int fd = -1;
	int r;

	if (f == FREQUENCY_ALWAYS)
		return 0;
	r = files_settle(err);
	if (r < 0)
		return r;
	/* Lost with the power: the work is done again, to the same end. */
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return fd < 0 ? err_errno(err, errno, "cannot make %s", path) : 0;
}

int state_size_before(const struct state *s, const char *key, const char *path, size_t *ret_size,
		      struct err *err)
{
	_autofree_ char *mark = xasprintf("%s/sem/append_%s", s->dir, key), *text = NULL;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(100);
	struct stat st;

	if (file_read(mark, &sb, NULL) == 0) {
		*ret_size = strtoull(strbuf_str(&sb), NULL, 10);
		return 0;
	}
	*ret_size = stat(path, &st) == 0 ? (size_t)st.st_size : 0;
	text = xasprintf("%zu", *ret_size);
	return file_put(mark, text, strlen(text), &plain, err);
}
