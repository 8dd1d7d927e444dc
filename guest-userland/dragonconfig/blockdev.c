/* SPDX-License-Identifier: MIT */
#include "blockdev.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "volumes.h"

#define MOUNTS_MAX (1u << 20)

static bool is_block(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

static char *by_number(dev_t dev)
{
	_cleanup_(strv_release) struct strv all = STRV_INIT;
	struct stat st;

	volumes_devices(&all);
	for (size_t i = 0; i < all.n; i++)
		if (stat(all.v[i], &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == dev)
			return xstrdup(all.v[i]);
	return NULL;
}

/* The last mount there is the one that is seen. */
static char *by_mount(const char *path)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(MOUNTS_MAX);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	char *found = NULL;

	file_read("/proc/self/mounts", &sb, NULL);
	strv_split(&lines, strbuf_str(&sb), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		_cleanup_(strv_release) struct strv words = STRV_INIT;

		strv_split(&words, lines.v[i], " ");
		if (words.n < 2 || strcmp(words.v[1], path) != 0)
			continue;
		free(found);
		found = is_block(words.v[0]) ? xstrdup(words.v[0]) : NULL;
	}
	return found;
}

char *blockdev_under(const char *path)
{
	struct stat st;
	char *found;

	if (stat(path, &st) < 0)
		return NULL;
	if (S_ISBLK(st.st_mode))
		return xstrdup(path);
	found = by_number(st.st_dev);
	return found ? found : by_mount(path);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool blockdev_split(const char *device, char **ret_disk, unsigned int *ret_number)
{
	size_t n = strlen(device), end = n;
	unsigned long number;

	while (n && is_digit(device[n - 1]))
		n--;
	if (n == end || end - n > 3)
		return false;
	number = strtoul(device + n, NULL, 10);
	if (n > 1 && device[n - 1] == 'p' && is_digit(device[n - 2]))
		n--;
	else if (n == 0 || device[n - 1] < 'a' || device[n - 1] > 'z')
		return false;
	if (!number)
		return false;
	*ret_disk = xstrndup(device, n);
	*ret_number = (unsigned int)number;
	return true;
}

int blockdev_size(int fd, uint64_t *ret_bytes, struct err *err)
{
	uint64_t n;

	if (ioctl(fd, BLKGETSIZE64, &n) < 0)
		return err_set(err, ENOTSUP, "this kernel does not say how large a disk is: %s",
			       strerror(errno));
	*ret_bytes = n;
	return 0;
}

int blockdev_start(int fd, const char *device, uint64_t *ret_bytes, struct err *err)
{
	_autofree_ char *path = xasprintf("/sys/class/block/%s/start", path_base(device));
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(100);
	struct hd_geometry geometry = {0};

	if (file_read(path, &sb, NULL) == 0) {
		*ret_bytes = strtoull(strbuf_str(&sb), NULL, 10) * 512;
		return 0;
	}
	if (ioctl(fd, HDIO_GETGEO, &geometry) < 0)
		return err_set(err, ENOTSUP, "this kernel does not say where a partition begins");
	*ret_bytes = (uint64_t)geometry.start * 512;
	return 0;
}

int blockdev_read(int fd, uint64_t offset, void *buf, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = offset <= INT64_MAX - n ? pread(fd, (char *)buf + done, n - done,
							    (off_t)(offset + done))
						    : 0;

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -EIO;
		done += (size_t)r;
	}
	return 0;
}
