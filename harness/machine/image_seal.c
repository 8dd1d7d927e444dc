/* SPDX-License-Identifier: MIT */
/*
 * seal: VHD and VMDK carry the time of their making and a random number; two files of one disk
 * shall be the same bytes. (Microsoft: "Virtual Hard Disk Image Format"; VMware: "Virtual Disk
 * Format 1.1".)
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "machine/image_make.h"

#define SECTOR 512

#define VHD_TIME     24
#define VHD_TYPE     60
#define VHD_CHECKSUM 64
#define VHD_UUID     68
#define VHD_FIXED    2

#define VMDK_DESCRIPTOR 28 /* where it is, in sectors */
#define VMDK_TEXT_MAX	(20 * SECTOR)

static bool read_at(int fd, void *buf, size_t n, off_t at)
{
	return pread(fd, buf, n, at) == (ssize_t)n;
}

static bool write_at(int fd, const void *buf, size_t n, off_t at)
{
	return pwrite(fd, buf, n, at) == (ssize_t)n;
}

static uint32_t vhd_checksum(const unsigned char *footer)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < SECTOR; i++)
		if (i < VHD_CHECKSUM || i >= VHD_CHECKSUM + 4)
			sum += footer[i];
	return ~sum;
}

static void from_hex(const char *hex, unsigned char *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned int byte = 0;

		sscanf(hex + 2 * i, "%2x", &byte);
		out[i] = (unsigned char)byte;
	}
}

/* A footer is the last sector, and a copy of it the first one where the disk is not stored whole.
 */
static bool seal_vhd(int fd, const char *seed)
{
	unsigned char footer[SECTOR];
	struct stat st;
	uint32_t type, sum;

	if (fstat(fd, &st) < 0 || st.st_size < SECTOR ||
	    !read_at(fd, footer, SECTOR, st.st_size - SECTOR) || memcmp(footer, "conectix", 8) != 0)
		return false;
	memset(footer + VHD_TIME, 0, 4);
	from_hex(seed, footer + VHD_UUID, 16);
	sum = htobe32(vhd_checksum(footer));
	memcpy(footer + VHD_CHECKSUM, &sum, sizeof(sum));
	memcpy(&type, footer + VHD_TYPE, sizeof(type));
	if (be32toh(type) != VHD_FIXED && !write_at(fd, footer, SECTOR, 0))
		return false;
	return write_at(fd, footer, SECTOR, st.st_size - SECTOR);
}

/* A content identity has eight digits or, where chance began it with zeros, fewer. */
static bool seal_cid(char text[static VMDK_TEXT_MAX + 1], const char *seed)
{
	char sealed[VMDK_TEXT_MAX + 1] = "";
	char *at = strstr(text, "\nCID=");
	size_t digits = at ? strspn(at + 5, "0123456789abcdef") : 0;
	int n;

	if (digits < 1 || digits > 8)
		return false;
	/* ffffffff means "none". */
	n = snprintf(sealed, sizeof(sealed), "%.*s%.7s0%s", (int)(at + 5 - text), text, seed,
		     at + 5 + digits);
	if (n > VMDK_TEXT_MAX)
		return false;
	memcpy(text, sealed, sizeof(sealed));
	return true;
}

static bool seal_vmdk(int fd, const char *seed)
{
	char text[VMDK_TEXT_MAX + 1] = "";
	unsigned char header[SECTOR];
	uint64_t sector;

	if (!read_at(fd, header, SECTOR, 0) || memcmp(header, "KDMV", 4) != 0)
		return false;
	memcpy(&sector, header + VMDK_DESCRIPTOR, sizeof(sector));
	sector = le64toh(sector);
	if (sector == 0 || sector > 1u << 20 ||
	    !read_at(fd, text, VMDK_TEXT_MAX, (off_t)(sector * SECTOR)))
		return false;
	return seal_cid(text, seed) && write_at(fd, text, VMDK_TEXT_MAX, (off_t)(sector * SECTOR));
}

int image_seal(const char *path, enum disk_format format, const char *seed, struct err *err)
{
	_autoclose_ int fd = -1;
	bool good = true;

	if (format != DISK_VHD && format != DISK_VMDK)
		return 0;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "cannot open %s", path);
	good = format == DISK_VHD ? seal_vhd(fd, seed) : seal_vmdk(fd, seed);
	if (!good)
		return err_set(err, EIO, "%s: not as qemu-img writes a %s", path,
			       disk_format_names[format]);
	return 0;
}
