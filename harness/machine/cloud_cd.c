/* SPDX-License-Identifier: MIT */
/* A cloud's CD: an iso9660 image of a tree of files. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/library.h"
#include "base/strv.h"
#include "base/xalloc.h"
#include "machine/cloud.h"

/* clang-format off */
#define CALLS(X) \
	X(entry_free) X(entry_new) X(entry_set_atime) X(entry_set_birthtime) X(entry_set_ctime) \
	X(entry_set_filetype) X(entry_set_mtime) X(entry_set_pathname) X(entry_set_perm) \
	X(entry_set_size) X(error_string) X(write_add_filter_none) X(write_close) X(write_data) \
	X(write_free) X(write_header) X(write_new) X(write_open_filename) \
	X(write_set_format_iso9660) X(write_set_format_option)
/* clang-format on */
#define MEMBER(call) __typeof__(archive_##call) *call;
#define ROW(call)    {"archive_" #call, (void **)&archive.call},
static struct {
	CALLS(MEMBER)
} archive;
static const struct library_call calls[] = {CALLS(ROW){NULL, NULL}};
static struct library library = {.files = {"libarchive.so.13"}, .calls = calls};

/* A day like any other: the image is the same whenever it is made. */
#define MADE 1700000000
/* Of the volume: the first after the sectors that belong to the system. */
#define DESCRIPTOR (16 * 2048)

static int tell(struct archive *a, const char *path, struct err *err)
{
	return err_set(err, EIO, "cannot write the CD %s: %s", path, archive.error_string(a));
}

static bool add_entry(struct archive *a, const char *path, const struct cloud_file *f)
{
	struct archive_entry *e = archive.entry_new();
	bool done;

	archive.entry_set_pathname(e, path);
	archive.entry_set_filetype(e, f ? AE_IFREG : AE_IFDIR);
	archive.entry_set_perm(e, f ? 0444 : 0555);
	archive.entry_set_size(e, f ? (int64_t)f->n : 0);
	archive.entry_set_mtime(e, MADE, 0);
	archive.entry_set_ctime(e, MADE, 0);
	archive.entry_set_birthtime(e, MADE, 0);
	archive.entry_set_atime(e, MADE, 0);
	done = archive.write_header(a, e) == ARCHIVE_OK;
	archive.entry_free(e);
	return done && (!f || archive.write_data(a, f->data, f->n) == (la_ssize_t)f->n);
}

/* The folders of a path that have not been made. */
static bool add_folders(struct archive *a, const char *path, struct strv *made)
{
	for (const char *end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
		_autofree_ char *folder = xstrndup(path, (size_t)(end - path));

		if (strv_has(made, folder))
			continue;
		strv_push(made, folder);
		if (!add_entry(a, folder, NULL))
			return false;
	}
	return true;
}

static bool begin(struct archive *a, const char *path)
{
	return archive.write_set_format_iso9660(a) == ARCHIVE_OK &&
	       archive.write_add_filter_none(a) == ARCHIVE_OK &&
	       archive.write_set_format_option(a, "iso9660", "rockridge", "useful") == ARCHIVE_OK &&
	       archive.write_open_filename(a, path) == ARCHIVE_OK;
}

/* The standard knows no small letters and no dash, as clouds' labels have: libarchive would change
 * them. 32 characters, in the volume descriptor. */
static int write_label(const char *path, const char *label, struct err *err)
{
	_autoclose_ int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[33];

	snprintf(text, sizeof(text), "%-32s", label);
	if (fd < 0 || pwrite(fd, text, 32, DESCRIPTOR + 40) != 32)
		return err_errno(err, errno, "cannot write the label of %s", path);
	return 0;
}

static int write_tree(const struct cloud_tree *t, const char *path, struct err *err)
{
	_cleanup_(strv_release) struct strv made = STRV_INIT;
	struct archive *a = archive.write_new();
	bool done = begin(a, path);
	int r = 0;

	for (size_t i = 0; done && i < t->n; i++)
		done = add_folders(a, t->files[i].path, &made) &&
		       add_entry(a, t->files[i].path, &t->files[i]);
	if (!done || archive.write_close(a) != ARCHIVE_OK)
		r = tell(a, path, err);
	archive.write_free(a);
	return r;
}

int cloud_write_cd(const struct cloud_tree *t, const char *label, const char *path, struct err *err)
{
	int r = library_load(&library, err);

	if (r == 0)
		r = write_tree(t, path, err);
	return r == 0 ? write_label(path, label, err) : r;
}
