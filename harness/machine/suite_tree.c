/* SPDX-License-Identifier: MIT */
/*
 * The folder of a suite as it is: read through descriptors, no link is ever followed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "machine/suite_image.h"

#define ENTRIES_MAX 200000
#define BYTES_MAX   ((uint64_t)16 << 30)
#define DEPTH_MAX   32
#define NOTES_MAX   100

void suite_tree_release(struct suite_tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->entries[i].path);
		free(t->entries[i].target);
	}
	free(t->entries);
	free(t->dir);
	strv_release(&t->notes);
	if (t->fd > 0)
		close(t->fd);
	*t = (struct suite_tree){0};
}

static void leave_out(struct suite_tree *t, const char *path, const char *why)
{
	if (t->notes.n < NOTES_MAX)
		strv_pushf(&t->notes, "%s is left out: %s", path, why);
}

/* Does a link at path lead to somewhere inside the folder? By its words alone. */
static bool stays_inside(const char *path, const char *target)
{
	int depth = 0;

	if (*target == '/')
		return false;
	for (const char *p = path; (p = strchr(p, '/')); p++)
		depth++;
	while (*target) {
		size_t n = strcspn(target, "/");

		if (n == 2 && target[0] == '.' && target[1] == '.')
			depth--;
		else if (n && !(n == 1 && target[0] == '.'))
			depth++;
		if (depth < 0)
			return false;
		target += n + (target[n] == '/');
	}
	return true;
}

/* Line ends and other controls would end a line of the plan or of a command. */
static bool is_plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

static struct suite_entry *add(struct suite_tree *t, enum suite_entry_kind kind, const char *path)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->entries = xreallocarray(t->entries, t->cap, sizeof(*t->entries));
	}
	t->entries[t->n] = (struct suite_entry){.kind = kind, .path = xstrdup(path)};
	return &t->entries[t->n++];
}

static void add_link(struct suite_tree *t, int dir, const char *name, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	if (n <= 0) {
		leave_out(t, path, "its link cannot be read");
		return;
	}
	target[n] = '\0';
	if (!stays_inside(path, target))
		leave_out(t, path, "a link that leads out of the folder");
	else if (!is_plain(target))
		leave_out(t, path, "a link with control characters");
	else
		add(t, SUITE_LINK, path)->target = xstrdup(target);
}

static int walk(struct suite_tree *t, int dir, const char *path, int depth, struct err *err);

static int add_one(struct suite_tree *t, int dir, const char *name, const char *path, int depth,
		   struct err *err)
{
	struct suite_entry *e;
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		leave_out(t, path, strerror(errno));
	} else if (!is_plain(name) || strlen(path) > 900) {
		leave_out(t, path, "a name with control characters, or too long");
	} else if (t->n == ENTRIES_MAX || t->bytes > BYTES_MAX) {
		return err_usage(err, "%s is too large for a disk: more than %d files or %llu GiB",
				 t->dir, ENTRIES_MAX, (unsigned long long)(BYTES_MAX >> 30));
	} else if (S_ISLNK(st.st_mode)) {
		add_link(t, dir, name, path);
	} else if (S_ISDIR(st.st_mode)) {
		add(t, SUITE_DIR, path);
		return walk(t, openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
			    path, depth + 1, err);
	} else if (S_ISREG(st.st_mode)) {
		e = add(t, SUITE_FILE, path);
		e->executable = st.st_mode & 0111;
		e->size = (uint64_t)st.st_size;
		t->bytes += e->size;
	} else {
		leave_out(t, path, "neither file, folder nor link");
	}
	return 0;
}

/* Takes over dir. */
static int walk(struct suite_tree *t, int dir, const char *path, int depth, struct err *err)
{
	DIR *d = dir >= 0 ? fdopendir(dir) : NULL;
	struct dirent *e;
	int r = 0;

	if (!d || depth > DEPTH_MAX) {
		leave_out(t, path, d ? "folders in folders too deep" : strerror(errno));
		if (d)
			closedir(d);
		else if (dir >= 0)
			close(dir);
		return 0;
	}
	while (r == 0 && (e = readdir(d))) {
		_autofree_ char *below = NULL;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    strcmp(e->d_name, ".git") == 0)
			continue;
		below = *path ? xasprintf("%s/%s", path, e->d_name) : xstrdup(e->d_name);
		r = add_one(t, dirfd(d), e->d_name, below, depth, err);
	}
	closedir(d);
	return r;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct suite_entry *)a)->path, ((const struct suite_entry *)b)->path);
}

int suite_tree_read(const char *dir, struct suite_tree *ret_tree, struct err *err)
{
	_cleanup_(suite_tree_release) struct suite_tree t = {.dir = realpath(dir, NULL)};
	int r;

	t.fd = t.dir ? open(t.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (t.fd < 0)
		return err_usage(err, "no folder %s: %s", dir, strerror(errno));
	r = walk(&t, fcntl(t.fd, F_DUPFD_CLOEXEC, 3), "", 0, err);
	if (r < 0)
		return r;
	if (t.n)
		qsort(t.entries, t.n, sizeof(*t.entries), by_path);
	*ret_tree = t;
	t = (struct suite_tree){0};
	return 0;
}

int suite_tree_open(const struct suite_tree *t, const char *path)
{
	_autofree_ char *copy = xstrdup(path);
	int dir = fcntl(t->fd, F_DUPFD_CLOEXEC, 3);
	char *name = copy, *slash;

	while (dir >= 0 && (slash = strchr(name, '/'))) {
		int below;

		*slash = '\0';
		below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(dir);
		dir = below;
		name = slash + 1;
	}
	if (dir >= 0) {
		int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		struct stat st;

		close(dir);
		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}
