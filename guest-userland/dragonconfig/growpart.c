/* SPDX-License-Identifier: MIT */
#include "growpart.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "blockdev.h"
#include "ptable.h"

#define MIB	  (1u << 20)
#define RESIZE_FS _IOW('f', 16, uint64_t) /* EXT4_IOC_RESIZE_FS: no header has it */

/* What is being grown. */
struct partition {
	const char *device;
	char *disk_name;
	unsigned int number;
	int disk, fd;
	uint64_t start, size; /* bytes, as the kernel has them */
};

static void partition_release(struct partition *p)
{
	free(p->disk_name);
	cleanup_close(&p->disk);
	cleanup_close(&p->fd);
}

static int open_partition(struct partition *p, const char *device, struct err *err)
{
	int r;

	p->device = device;
	if (!blockdev_split(device, &p->disk_name, &p->number))
		return err_set(err, ENOENT, "it is no partition");
	p->disk = open(p->disk_name, O_RDONLY | O_CLOEXEC);
	if (p->disk < 0)
		return err_errno(err, errno, "cannot open %s", p->disk_name);
	p->fd = open(device, O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		return err_errno(err, errno, "cannot open %s", device);
	r = blockdev_size(p->fd, &p->size, err);
	return r < 0 ? r : blockdev_start(p->fd, device, &p->start, err);
}

static int read_disk(void *arg, uint64_t offset, void *buf, size_t n)
{
	const struct partition *p = arg;

	return blockdev_read(p->disk, offset, buf, n);
}

static int plan(struct partition *p, struct ptable_plan *ret, struct err *err)
{
	struct ptable_disk disk = {.reader = {read_disk, p}, .sector = 512};
	unsigned int sector = 0;
	int r = blockdev_size(p->disk, &disk.size, err);

	if (r < 0)
		return r;
	if (ioctl(p->disk, BLKSSZGET, &sector) == 0)
		disk.sector = sector;
	r = ptable_grow(&disk, p->number, ret, err);
	if (r < 0)
		return r;
	/* After a cut between the table and the kernel, the kernel's is the old size yet. */
	if (ret->start != p->start || ret->old < p->size) {
		ptable_plan_release(ret);
		return err_set(err, EBADMSG, "the table and the kernel do not mean the same place");
	}
	return 0;
}

static int tell_kernel(struct partition *p, uint64_t size, struct err *err)
{
	struct blkpg_partition part = {
		.start = (long long)p->start, .length = (long long)size, .pno = (int)p->number};
	struct blkpg_ioctl_arg arg = {
		.op = BLKPG_RESIZE_PARTITION, .datalen = sizeof(part), .data = &part};

	if (ioctl(p->disk, BLKPG, &arg) < 0)
		return err_errno(err, errno, "this kernel does not resize a partition in use");
	return 0;
}

static int write_all(int fd, const struct ptable_write *w)
{
	for (size_t done = 0; done < w->n;) {
		ssize_t n = pwrite(fd, w->data + done, w->n - done, (off_t)(w->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int write_table(struct partition *p, const struct ptable_plan *plan, struct err *err)
{
	_autoclose_ int fd = open(p->disk_name, O_WRONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : 0;

	for (size_t i = 0; i < plan->n && r == 0; i++)
		r = write_all(fd, &plan->writes[i]);
	return r < 0 ? err_errno(err, -r, "cannot write the table of %s", p->disk_name) : 0;
}

int growpart(const char *device, struct growth *ret, struct err *err)
{
	_cleanup_(partition_release) struct partition p = {.disk = -1, .fd = -1};
	_cleanup_(ptable_plan_release) struct ptable_plan todo = {0};
	int r = open_partition(&p, device, err);

	if (r == 0)
		r = plan(&p, &todo, err);
	if (r < 0)
		return r;
	*ret = (struct growth){p.size, p.size};
	if (!todo.n && todo.size == p.size)
		return 0;
	/* The size that it has changes nothing, and shows whether the kernel can. */
	r = tell_kernel(&p, p.size, err);
	if (r == 0)
		r = write_table(&p, &todo, err);
	if (r == 0)
		r = tell_kernel(&p, todo.size, err);
	if (r == 0)
		ret->to = todo.size;
	return r;
}

/* Bytes of the file system, by its super block. */
static int ext4_size(int fd, uint64_t *ret_bytes, uint32_t *ret_block, struct err *err)
{
	uint8_t s[512];
	uint64_t blocks;
	int r = blockdev_read(fd, 1024, s, sizeof(s));

	if (r < 0)
		return err_errno(err, -r, "cannot read the super block");
	if (s[56] != 0x53 || s[57] != 0xef || s[25] || s[26] || s[27] || s[24] > 6)
		return err_set(err, EMEDIUMTYPE, "its file system is no ext4");
	blocks = (uint32_t)(s[4] | s[5] << 8 | s[6] << 16) | (uint64_t)s[7] << 24;
	/* 64bit */
	if (s[96] & 0x80)
		blocks |= (uint64_t)(s[336] | s[337] << 8 | s[338] << 16) << 32 | (uint64_t)s[339]
											  << 56;
	*ret_block = 1024u << s[24];
	*ret_bytes = blocks * *ret_block;
	return 0;
}

int growpart_ext4(const char *device, const char *path, struct growth *ret, struct err *err)
{
	_autoclose_ int dev = open(device, O_RDONLY | O_CLOEXEC);
	_autoclose_ int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t bytes, blocks;
	uint32_t block;
	int r;

	if (dev < 0 || top < 0)
		return err_errno(err, errno, "cannot open %s", dev < 0 ? device : path);
	r = blockdev_size(dev, &bytes, err);
	if (r == 0)
		r = ext4_size(dev, &ret->from, &block, err);
	if (r < 0)
		return r;
	ret->to = ret->from;
	if (bytes < ret->from || bytes - ret->from < MIB)
		return 0;
	blocks = bytes / block;
	if (ioctl(top, RESIZE_FS, &blocks) < 0)
		return err_errno(err, errno, "this kernel does not grow an ext4 in use by %llu MiB",
				 (unsigned long long)((bytes - ret->from) / MIB));
	return ext4_size(dev, &ret->to, &block, err);
}
