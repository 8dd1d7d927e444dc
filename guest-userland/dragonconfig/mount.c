/* SPDX-License-Identifier: MIT */
#include "mount.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "blockdev.h"
#include "volumes.h"

#define MOUNTS_MAX (1u << 20)

static const struct {
	const char *word;
	unsigned long set, clear;
} options[] = {
	{"ro", MS_RDONLY, 0},
	{"rw", 0, MS_RDONLY},
	{"nosuid", MS_NOSUID, 0},
	{"suid", 0, MS_NOSUID},
	{"nodev", MS_NODEV, 0},
	{"dev", 0, MS_NODEV},
	{"noexec", MS_NOEXEC, 0},
	{"exec", 0, MS_NOEXEC},
	{"sync", MS_SYNCHRONOUS, 0},
	{"async", 0, MS_SYNCHRONOUS},
	{"noatime", MS_NOATIME, 0},
	{"atime", 0, MS_NOATIME},
	{"nodiratime", MS_NODIRATIME, 0},
	{"relatime", MS_RELATIME, 0},
	{"strictatime", MS_STRICTATIME, 0},
	{"bind", MS_BIND, 0},
	{"rbind", MS_BIND | MS_REC, 0},
	/* For those who read fstab. */
	{"defaults", 0, 0},
	{"auto", 0, 0},
	{"nofail", 0, 0},
	{"_netdev", 0, 0},
	{"user", 0, 0},
	{"users", 0, 0},
	{"nouser", 0, 0},
};

/* What no flag says is the file system's own. */
static unsigned long read_options(const char *text, struct strbuf *own)
{
	_cleanup_(strv_release) struct strv words = STRV_INIT;
	unsigned long flags = 0;

	strv_split(&words, text, ",");
	for (size_t i = 0; i < words.n; i++) {
		const char *w = words.v[i];
		size_t k = 0;

		while (k < ARRAY_SIZE(options) && strcmp(options[k].word, w) != 0)
			k++;
		if (k < ARRAY_SIZE(options))
			flags = (flags | options[k].set) & ~options[k].clear;
		else if (strncmp(w, "x-", 2) != 0 && strncmp(w, "comment=", 8) != 0)
			strbuf_addf(own, "%s%s", own->len ? "," : "", w);
	}
	return flags;
}

/* Without /proc a place of another device than its folder's is one. */
static bool is_mounted(const char *path)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(MOUNTS_MAX);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	_autofree_ char *parent = path_join(path, "..");
	struct stat a, b;
	bool found = false;

	if (file_read("/proc/self/mounts", &sb, NULL) < 0)
		return stat(path, &a) == 0 && stat(parent, &b) == 0 && a.st_dev != b.st_dev;
	strv_split(&lines, strbuf_str(&sb), "\n");
	for (size_t i = 0; i < lines.n && !found; i++) {
		_cleanup_(strv_release) struct strv f = STRV_INIT;

		found = fstab_split(lines.v[i], &f) && strcmp(f.v[FSTAB_FILE], path) == 0;
	}
	return found;
}

struct wanted {
	const char *uuid; /* NULL: the label is enough */
	char *device;
};

static void uuid_text(const uint8_t *u, char text[37])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0, n = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[n++] = '-';
		text[n++] = digits[u[i] >> 4];
		text[n++] = digits[u[i] & 15];
	}
	text[36] = '\0';
}

static bool take(void *arg, struct volume *v)
{
	struct wanted *w = arg;
	uint8_t uuid[16];
	char text[37];

	if (w->uuid) {
		if (v->kind != VOLUME_EXT4 || blockdev_read(v->fd, 1024 + 104, uuid, 16) < 0)
			return false;
		uuid_text(uuid, text);
		if (strcasecmp(text, w->uuid) != 0)
			return false;
	}
	w->device = xstrdup(v->device);
	return true;
}

/* udev's link where there is one, else what lies on the disks themselves. */
static char *by_name(const char *folder, const char *name, bool is_uuid)
{
	_autofree_ char *link = xasprintf("/dev/disk/%s/%s", folder, name);
	struct wanted w = {.uuid = is_uuid ? name : NULL};

	if (!strchr(name, '/') && file_exists(link))
		return TAKE(link);
	volumes_find(is_uuid ? NULL : name, take, &w);
	return w.device;
}

char *mount_device(const char *spec)
{
	if (strncmp(spec, "LABEL=", 6) == 0)
		return by_name("by-label", spec + 6, false);
	if (strncmp(spec, "UUID=", 5) == 0)
		return by_name("by-uuid", spec + 5, true);
	/* What is no path is a name of the file system's own, such as "tmpfs". */
	return *spec != '/' || file_exists(spec) ? xstrdup(spec) : NULL;
}

/* By what lies on it, if that is known. */
static int find_type(const char *device, const char **type, struct err *err)
{
	_cleanup_(volume_release) struct volume v = {.fd = -1};

	if (strcmp(*type, "auto") != 0)
		return 0;
	if (volume_open(&v, device, NULL) < 0)
		return err_set(err, EMEDIUMTYPE,
			       "%s has neither ext4, vfat nor iso9660: its type must be told",
			       device);
	*type = volume_kind_name(v.kind);
	return 0;
}

int mount_line(char *const *f, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf own = STRBUF_INIT(4000);
	_autofree_ char *device = NULL;
	const char *type = f[FSTAB_TYPE];
	unsigned long flags = read_options(f[FSTAB_OPTIONS], &own);
	int r;

	if (is_mounted(f[FSTAB_FILE]))
		return 0;
	device = mount_device(f[FSTAB_SPEC]);
	if (!device)
		return err_set(err, ENODEV, "there is no %s", f[FSTAB_SPEC]);
	r = flags & MS_BIND ? 0 : find_type(device, &type, err);
	if (r == 0)
		r = mkdir_p(f[FSTAB_FILE], err);
	if (r < 0)
		return r;
	if (mount(device, f[FSTAB_FILE], type, flags, own.len ? strbuf_str(&own) : NULL) < 0)
		return err_errno(err, errno, "this kernel does not mount %s as %s at %s", device,
				 type, f[FSTAB_FILE]);
	return 0;
}
