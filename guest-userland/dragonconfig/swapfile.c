/* SPDX-License-Identifier: MIT */
#include "swapfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/swap.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "blockdev.h"

#define GIB	 (1ull << 30)
#define SIGN	 "SWAPSPACE2"
#define SIGN_LEN 10
#define SIZE_MIN (1u << 20)

static size_t page_size(void)
{
	long n = sysconf(_SC_PAGESIZE);

	return n > 0 ? (size_t)n : 4096;
}

bool swapfile_read_size(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	uint64_t v;
	unsigned int shift = 0;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		end++;
	}
	end += *end == 'B' || *end == 'b';
	if (*end || errno || v > UINT64_MAX >> shift)
		return false;
	*ret = v << shift;
	return true;
}

static uint64_t root_of(uint64_t v)
{
	uint64_t r = 0;

	while ((r + 1) * (r + 1) <= v)
		r++;
	return r;
}

uint64_t swapfile_suggest(uint64_t memory, uint64_t free, uint64_t max)
{
	uint64_t size = memory < 4 * GIB    ? memory
			: memory < 16 * GIB ? 4 * GIB
					    : root_of(memory / GIB) * GIB;

	if (!max)
		max = free / 4 < 8 * GIB ? free / 4 : 8 * GIB;
	if (max > free / 10 * 9)
		max = free / 10 * 9;
	return size < max ? size : max;
}

static bool is_swap(int fd)
{
	char sign[SIGN_LEN];

	return blockdev_read(fd, page_size() - SIGN_LEN, sign, SIGN_LEN) == 0 &&
	       memcmp(sign, SIGN, SIGN_LEN) == 0;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

/* No holes: the kernel goes past the file system when it swaps. */
static int fill(int fd, uint64_t size)
{
	_autofree_ uint8_t *zeros = NULL;

	if (fallocate(fd, 0, 0, (off_t)size) == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	zeros = xcalloc(1, 65536);
	for (uint64_t done = 0; done < size;) {
		size_t n = size - done < 65536 ? (size_t)(size - done) : 65536;
		int r = fd_write_all(fd, zeros, n);

		if (r < 0)
			return r;
		done += n;
	}
	return 0;
}

static int write_header(int fd, uint64_t size)
{
	size_t page = page_size();
	_autofree_ uint8_t *header = xcalloc(1, page);

	put32(header + 1024, 1);
	put32(header + 1028, (uint32_t)(size / page - 1));
	/* An id that is no id is one that nobody asks for. */
	if (getrandom(header + 1036, 16, GRND_NONBLOCK) == 16) {
		header[1036 + 6] = (uint8_t)((header[1036 + 6] & 0x0f) | 0x40);
		header[1036 + 8] = (uint8_t)((header[1036 + 8] & 0x3f) | 0x80);
	}
	memcpy(header + page - SIGN_LEN, SIGN, SIGN_LEN);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return fd_write_all(fd, header, page);
}

static int make_new(const char *path, uint64_t size)
{
	_autofree_ char *tmp = xasprintf("%s.new", path);
	_autoclose_ int fd = -1;
	int r;

	unlink(tmp);
	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = fill(fd, size);
	if (r == 0)
		r = write_header(fd, size);
	if (r == 0 && (fsync(fd) < 0 || rename(tmp, path) < 0))
		r = -errno;
	if (r < 0)
		unlink(tmp);
	return r;
}

/* The folder's file system, of which no more than nine tenths may go. */
static int check_room(const char *path, uint64_t size, struct err *err)
{
	_autofree_ char *dir = xstrndup(path, (size_t)(path_base(path) - path));
	struct statvfs st;
	uint64_t free;

	if (statvfs(dir, &st) < 0)
		return err_errno(err, errno, "%s", dir);
	free = (uint64_t)st.f_frsize * st.f_bavail;
	if (size > free / 10 * 9)
		return err_set(err, ENOSPC, "%llu MiB are too much: %llu are free",
			       (unsigned long long)size >> 20, (unsigned long long)free >> 20);
	return 0;
}

int swapfile_make(const char *path, uint64_t size, struct err *err)
{
	_autoclose_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int r;

	if (fd >= 0)
		return is_swap(fd) ? 0
				   : err_set(err, EEXIST, "%s is there and is no swap file", path);
	size = size / page_size() * page_size();
	if (size < SIZE_MIN || size / page_size() > UINT32_MAX)
		return err_set(err, EINVAL, "of that size there is no swap file");
	r = check_room(path, size, err);
	if (r < 0)
		return r;
	r = make_new(path, size);
	return r < 0 ? err_errno(err, -r, "cannot make %s", path) : 0;
}

int swapfile_on(const char *path, struct err *err)
{
	if (swapon(path, 0) == 0 || errno == EBUSY)
		return 0;
	if (errno == ENOSYS)
		return err_set(err, ENOSYS, "this kernel has no swap");
	return err_errno(err, errno, "%s: this kernel does not swap to it", path);
}

int swapfile_can(struct err *err)
{
	/* No file has no name. */
	if (swapon("", 0) == 0 || errno == ENOENT || errno == EINVAL)
		return 0;
	return err_errno(err, errno, "this kernel does not swap");
}
