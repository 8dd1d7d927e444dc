/* SPDX-License-Identifier: MIT */
#include "volumes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "blockdev.h"
#include "problems.h"

#define DEVICES_MAX 64
#define MOUNT_POINT "/run/dragonconfig-volume"

static int read_fd(void *arg, uint64_t offset, void *buf, size_t n)
{
	return blockdev_read((int)(intptr_t)arg, offset, buf, n);
}

/* Devices of memory and of other devices hold no seeds. */
static bool is_disk(const char *name)
{
	static const char *const others[] = {"loop", "ram", "zram", "fd", "mtd", "nbd"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return false;
	return name[0] != '.';
}

static void add_device(struct strv *to, const char *name)
{
	_autofree_ char *path = path_join("/dev", name);

	if (to->n < DEVICES_MAX && is_disk(name) && !strchr(name, '/') && file_exists(path) &&
	    !strv_has(to, path))
		strv_push(to, path);
}

/* good: what a name begins with, in no more than a few letters; NULL: all. */
static void from_folder(struct strv *to, const char *folder, const char *const *good)
{
	struct dirent *e;
	DIR *dir = opendir(folder);

	while (dir && (e = readdir(dir))) {
		bool is_good = !good;

		for (size_t i = 0; good && good[i]; i++)
			is_good |= strncmp(e->d_name, good[i], strlen(good[i])) == 0;
		if (is_good)
			add_device(to, e->d_name);
	}
	if (dir)
		closedir(dir);
}

/* Lines of "major minor blocks name". */
static void from_partitions(struct strv *to)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	file_read("/proc/partitions", &sb, NULL);
	strv_split(&lines, strbuf_str(&sb), "\n");
	for (size_t i = 1; i < lines.n; i++) {
		_cleanup_(strv_release) struct strv words = STRV_INIT;

		strv_split(&words, lines.v[i], " \t");
		if (words.n == 4)
			add_device(to, words.v[3]);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void volumes_devices(struct strv *to)
{
	static const char *const usual[] = {"vd", "sd", "sr", "hd", "xvd", "nvme", NULL};

	from_folder(to, "/sys/class/block", NULL);
	if (!to->n)
		from_partitions(to);
	if (!to->n)
		from_folder(to, "/dev", usual);
	if (to->n)
		qsort(to->v, to->n, sizeof(*to->v), by_name);
}

static bool is_ext4(struct volume *v, const struct image_reader *reader)
{
	uint8_t super[256];

	if (reader->read_at(reader->arg, 1024, super, sizeof(super)) < 0 || super[56] != 0x53 ||
	    super[57] != 0xef)
		return false;
	memcpy(v->label, super + 120, 16);
	v->label[16] = '\0';
	return true;
}

/* A hybrid CD has other things where a disk has its boot sector: iso9660 is asked first. */
static int recognize(struct volume *v, const struct image_reader *reader, struct err *err)
{
	if (iso9660_open(&v->iso9660, reader, NULL) == 0) {
		v->kind = VOLUME_ISO9660;
		memcpy(v->label, v->iso9660.label, sizeof(v->iso9660.label));
	} else if (is_ext4(v, reader)) {
		v->kind = VOLUME_EXT4;
	} else if (vfat_open(&v->vfat, reader, NULL) == 0) {
		v->kind = VOLUME_VFAT;
		memcpy(v->label, v->vfat.label, sizeof(v->vfat.label));
	} else {
		return err_set(err, EMEDIUMTYPE, "%s: neither iso9660, vfat nor ext4", v->device);
	}
	return 0;
}

int volume_open(struct volume *ret, const char *device, struct err *err)
{
	/* A drive without a disc must not be waited for. */
	struct volume v = {.fd = open(device, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
	struct image_reader reader = {read_fd, (void *)(intptr_t)v.fd};
	struct stat st;
	int r;

	if (v.fd < 0)
		return err_errno(err, errno, "cannot open %s", device);
	v.device = xstrdup(device);
	if (fstat(v.fd, &st) < 0 || (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode)))
		r = err_set(err, ENOTBLK, "%s is no disk", device);
	else
		r = recognize(&v, &reader, err);
	if (r < 0)
		volume_release(&v);
	else
		*ret = v;
	return r;
}

void volume_release(struct volume *v)
{
	if (v->mounted)
		umount2(MOUNT_POINT, MNT_DETACH);
	if (v->device && v->fd >= 0)
		close(v->fd);
	free(v->device);
	*v = (struct volume){.fd = -1};
}

void volumes_abandon(void)
{
	umount2(MOUNT_POINT, MNT_DETACH);
}

const char *volume_kind_name(enum volume_kind kind)
{
	static const char *const names[] = {"iso9660", "vfat", "ext4"};

	return names[kind];
}

static int mount_it(struct volume *v, struct err *err)
{
	unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int r = mkdir_p(MOUNT_POINT, err);

	if (r < 0 || v->mounted)
		return r;
	/* With its journal left alone, unless the kernel knows no such word. */
	if (mount(v->device, MOUNT_POINT, "ext4", flags, "noload") < 0 &&
	    mount(v->device, MOUNT_POINT, "ext4", flags, NULL) < 0)
		return err_errno(err, errno, "this kernel does not mount the ext4 of %s",
				 v->device);
	v->mounted = true;
	return 0;
}

static int read_whole(int fd, struct strbuf *to)
{
	char buf[4096];

	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf));
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = strbuf_add(to, buf, (size_t)n);
		if (r < 0)
			return r;
	}
}

/* Link by link would lead out of the volume: each step is one name that is none. */
static int open_below(const char *path)
{
	_cleanup_(strv_release) struct strv parts = STRV_INIT;
	int at = open(MOUNT_POINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	strv_split(&parts, path, "/");
	for (size_t i = 0; at >= 0 && i < parts.n; i++) {
		int next = openat(at, parts.v[i], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		int code = errno;

		close(at);
		errno = code;
		at = next;
	}
	return at >= 0 ? at : -errno;
}

static int read_mounted(struct volume *v, const char *path, struct strbuf *to, struct err *err)
{
	_autoclose_ int fd = -1;
	int r = mount_it(v, err);

	if (r < 0)
		return r;
	fd = open_below(path);
	r = fd < 0 ? fd : read_whole(fd, to);
	return r < 0 ? err_errno(err, -r, "cannot read %s", path) : 0;
}

/* Appends a file; -ENOENT: there is none, -E2BIG: past the ceiling. */
static int read_file(struct volume *v, const char *path, struct strbuf *to, struct err *err)
{
	switch (v->kind) {
	case VOLUME_ISO9660:
		return iso9660_read(&v->iso9660, path, to, err);
	case VOLUME_VFAT:
		return vfat_read(&v->vfat, path, to, err);
	case VOLUME_EXT4:
		return read_mounted(v, path, to, err);
	}
	return err_set(err, EINVAL, "no such kind of volume");
}

bool volume_take(struct volume *v, const char *path, size_t max, char **ret, size_t *ret_n,
		 struct problems *problems)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(max);
	struct err err = ERR_INIT;
	int r = read_file(v, path, &sb, &err);

	if (r < 0) {
		if (r != -ENOENT)
			problem_warn(problems, 0, "%s: %s: %s", v->device, path, err.text);
		return false;
	}
	free(*ret);
	*ret = strbuf_detach(&sb, ret_n);
	return true;
}

/* Each source asks again: a device with nothing on it, or with a disc that cannot be read, is
 * waited for once. */
static struct strv empty = STRV_INIT;

static bool open_once(struct volume *v, const char *device)
{
	if (strv_has(&empty, device))
		return false;
	if (volume_open(v, device, NULL) == 0)
		return true;
	strv_push(&empty, device);
	return false;
}

bool volumes_find(const char *label, bool (*take)(void *arg, struct volume *v), void *arg)
{
	_cleanup_(strv_release) struct strv devices = STRV_INIT;
	bool found = false;

	volumes_devices(&devices);
	for (size_t i = 0; i < devices.n && !found; i++) {
		_cleanup_(volume_release) struct volume v = {.fd = -1};

		if (open_once(&v, devices.v[i]) && (!label || strcasecmp(v.label, label) == 0))
			found = take(arg, &v);
	}
	return found;
}
