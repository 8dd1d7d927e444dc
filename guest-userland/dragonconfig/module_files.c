/* SPDX-License-Identifier: MIT */
/* write_files: each file whole, with its final owner and mode; late ones in the last stage. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "codec.h"
#include "files.h"
#include "module.h"

/* "0644", "0o644", "644": octal. Decimal numbers without a zero before them mean octal too here, as
 * those who write them think. */
static bool read_mode(const char *text, mode_t *ret)
{
	char *end;
	unsigned long v;

	if (strncmp(text, "0o", 2) == 0)
		text += 2;
	v = strtoul(text, &end, 8);
	if (!*text || *end || v > 07777)
		return false;
	*ret = (mode_t)v;
	return true;
}

static bool read_owner(const char *text, struct file_owner *ret)
{
	_autofree_ char *user = xstrndup(text, strcspn(text, ":"));
	const char *colon = strchr(text, ':');
	const struct passwd *pw = getpwnam(user);
	const struct group *gr;

	if (!pw)
		return false;
	ret->uid = pw->pw_uid;
	ret->gid = pw->pw_gid;
	if (!colon)
		return true;
	gr = getgrnam(colon + 1);
	if (gr)
		ret->gid = gr->gr_gid;
	return gr != NULL;
}

/* What the file held before this instance appended to it, then what is appended. */
static int prepend_old(const struct context *c, const char *path, unsigned int place,
		       struct strbuf *data, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf old = STRBUF_INIT(USERDATA_MAX);
	_autofree_ char *key = xasprintf("%u", place);
	size_t size;
	int r = state_size_before(c->state, key, path, &size, err);

	if (r == 0 && file_exists(path))
		r = file_read(path, &old, err);
	if (r < 0)
		return r;
	if (old.len > size)
		old.len = size;
	if (strbuf_add(&old, strbuf_str(data), data->len) < 0)
		return err_set(err, E2BIG, "%s grows too large", path);
	strbuf_reset(data);
	return strbuf_add(data, strbuf_str(&old), old.len);
}

static void write_one(const struct context *c, const struct tree_node *file, unsigned int place)
{
	_cleanup_(strbuf_release) struct strbuf data = STRBUF_INIT(2 * USERDATA_MAX);
	const char *path = tree_get_text(file, "path"), *owner = tree_get_text(file, "owner");
	const char *mode = tree_get_text(file, "permissions");
	const struct tree_node *content = tree_get(file, "content");
	struct file_owner o = {.mode = 0644};
	struct err err = ERR_INIT;
	bool append = false;
	int r = 0;

	if (!file_path_is_safe(path)) {
		status_warn("write_files: line %u: a path must be absolute and without \"..\"",
			    file->line);
		return;
	}
	if (content && content->kind != TREE_SCALAR)
		content = NULL;
	if (codec_decode(tree_get_text(file, "encoding"), content ? content->text : "",
			 content ? content->len : 0, &data) < 0) {
		status_warn("write_files: %s: its content cannot be decoded", path);
		return;
	}
	if (mode && !read_mode(mode, &o.mode))
		status_warn("write_files: %s: no such permissions", path);
	if (owner && !read_owner(owner, &o))
		status_warn("write_files: %s: no such owner", path);
	tree_bool(tree_get(file, "append"), &append);
	if (append)
		r = prepend_old(c, path, place, &data, &err);
	if (r == 0)
		r = file_put_later(path, strbuf_str(&data), data.len, &o, &err);
	if (r < 0)
		status_warn("write_files: %s", err.text);
	else
		status_log("wrote %s", path);
}

static void write_all(const struct context *c, bool late)
{
	const struct tree_node *list = tree_get(c->config, "write_files");

	for (unsigned int i = 0; list && list->kind == TREE_LIST && i < list->n; i++) {
		bool defer = false;

		tree_bool(tree_get(list->items[i], "defer"), &defer);
		if (defer == late)
			write_one(c, list->items[i], i);
	}
}

static void early(const struct context *c)
{
	write_all(c, false);
}

static void late(const struct context *c)
{
	write_all(c, true);
}

const struct module module_files = {"write_files", STAGE_INIT, FREQUENCY_INSTANCE, early};
const struct module module_files_late = {"write_files_deferred", STAGE_FINAL, FREQUENCY_INSTANCE,
					 late};
