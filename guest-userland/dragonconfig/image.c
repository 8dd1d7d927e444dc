/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

struct search {
	const char *name;
	bool fold, found;
	struct image_entry *to;
};

static bool is_it(void *arg, const struct image_entry *e)
{
	struct search *s = arg;

	s->found = (s->fold ? strcasecmp(e->name, s->name) : strcmp(e->name, s->name)) == 0;
	if (s->found)
		*s->to = *e;
	return s->found;
}

int image_find(const struct image *image, const char *path, struct image_entry *ret,
	       struct err *err)
{
	_cleanup_(strv_release) struct strv parts = STRV_INIT;
	struct image_entry at = *image->root, next;

	strv_split(&parts, path, "/");
	for (size_t i = 0; i < parts.n; i++) {
		struct search s = {.name = parts.v[i], .fold = image->fold, .to = &next};
		struct image_visitor v = {is_it, &s};
		int r = at.folder ? image->scan(image->fs, &at, &v, err) : 0;

		if (r < 0)
			return r;
		if (!s.found)
			return err_set(err, ENOENT, "there is no %s", path);
		at = next;
	}
	*ret = at;
	return 0;
}

static bool add_name(void *arg, const struct image_entry *e)
{
	strv_pushf(arg, "%s%s", e->name, e->folder ? "/" : "");
	return false;
}

int image_list(const struct image *image, const char *path, struct strv *to, struct err *err)
{
	struct image_visitor v = {add_name, to};
	struct image_entry folder;
	int r = image_find(image, path, &folder, err);

	if (r < 0)
		return r;
	if (!folder.folder)
		return err_set(err, ENOTDIR, "%s is no folder", path);
	return image->scan(image->fs, &folder, &v, err);
}

int image_copy(const struct image_reader *r, uint64_t offset, uint32_t n, struct strbuf *to,
	       struct err *err)
{
	char buf[4096];

	if (n > to->max - to->len)
		return err_set(err, E2BIG, "larger than %zu bytes", to->max);
	for (uint32_t done = 0; done < n;) {
		size_t part = n - done < sizeof(buf) ? n - done : sizeof(buf);
		int e = r->read_at(r->arg, offset + done, buf, part);

		if (e < 0)
			return err_errno(err, -e, "cannot read at byte %llu",
					 (unsigned long long)offset + done);
		e = strbuf_add(to, buf, part);
		if (e < 0)
			return err_errno(err, -e, "cannot keep it");
		done += (uint32_t)part;
	}
	return 0;
}

static size_t encode(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

void image_utf8(const uint16_t *from, size_t n, char *to, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < n && from[i] && len + 5 <= size; i++) {
		uint32_t c = from[i];

		if (c >= 0xd800 && c < 0xdc00 && i + 1 < n && (from[i + 1] & 0xfc00) == 0xdc00)
			c = 0x10000 + ((c & 0x3ff) << 10) + (from[++i] & 0x3ffu);
		else if (c >= 0xd800 && c < 0xe000)
			c = 0xfffd;
		len += encode(c, to + len);
	}
	to[len] = '\0';
}

bool image_name_is_good(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}
