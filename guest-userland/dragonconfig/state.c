/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"

#define ID_MAX 200

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
static char *last_id(void)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(2 * ID_MAX);

	if (file_read(STATE_DIR "/data/instance-id", &sb, NULL) < 0)
		return xstrdup("");
	return xstrndup(strbuf_str(&sb), strcspn(strbuf_str(&sb), "\n"));
}

int state_open(struct state *s, const char *id, struct err *err)
{
	_autofree_ char *last = last_id(), *target = xasprintf("instances/%s", id), *sem = NULL;
	int r;

	if (!is_file_name(id))
		return err_set(err, EINVAL, "an instance id that is no file name");
	s->id = xstrdup(id);
	s->dir = xasprintf(STATE_DIR "/instances/%s", id);
	s->is_new = strcmp(last, id) != 0;
	sem = path_join(s->dir, "sem");
	r = mkdir_p(sem, err);
	if (r == 0)
		r = mkdir_p(STATE_DIR "/data", err);
	if (r == 0)
		r = mkdir_p(STATE_DIR "/sem", err);
	if (r == 0)
		r = link_put(STATE_DIR "/instance", target, err);
	if (r == 0 && s->is_new && *last)
		r = put_line(STATE_DIR "/data/previous-instance-id", last, err);
	return r < 0 ? r : put_line(STATE_DIR "/data/instance-id", id, err);
}

void state_release(struct state *s)
{
	free(s->id);
	free(s->dir);
	*s = (struct state){0};
}

static char *mark_path(const struct state *s, const char *name, enum frequency f)
{
	return f == FREQUENCY_ONCE ? xasprintf(STATE_DIR "/sem/config_%s.once", name)
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

	return f == FREQUENCY_ALWAYS ? 0 : file_put(path, "", 0, &plain, err);
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
