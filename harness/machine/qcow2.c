/* SPDX-License-Identifier: MIT */
#include "machine/qcow2.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"

/* docs/interop/qcow2.txt of QEMU. Clusters: header, refcount table, one refcount block, L1 table.
 */
#define CLUSTER_BITS	 16
#define CLUSTER		 (1u << CLUSTER_BITS)
#define BYTES_PER_L1	 ((uint64_t)CLUSTER * CLUSTER / 8)
#define EXTENSION_FORMAT 0xE2792ACAu

struct header {
	uint32_t magic, version;
	uint64_t backing_offset;
	uint32_t backing_size, cluster_bits;
	uint64_t size;
	uint32_t crypt, l1_size;
	uint64_t l1_offset, refcount_offset;
	uint32_t refcount_clusters, snapshots;
	uint64_t snapshots_offset, incompatible, compatible, autoclear;
	uint32_t refcount_order, header_length;
	uint32_t format_type, format_length;
	char format[8];
	uint32_t end_type, end_length;
};

static int write_at(int fd, const void *data, size_t n, off_t at)
{
	ssize_t r = pwrite(fd, data, n, at);

	return r < 0 ? -errno : (size_t)r == n ? 0 : -ENOSPC;
}

static int write_all(int fd, const char *backing, uint64_t size)
{
	const struct header h = {
		.magic = htobe32(0x514649fb), /* "QFI\xfb" */
		.version = htobe32(3),
		.backing_offset = htobe64(sizeof(h)),
		.backing_size = htobe32((uint32_t)strlen(backing)),
		.cluster_bits = htobe32(CLUSTER_BITS),
		.size = htobe64(size),
		.l1_size = htobe32((uint32_t)((size + BYTES_PER_L1 - 1) / BYTES_PER_L1)),
		.l1_offset = htobe64(3 * CLUSTER),
		.refcount_offset = htobe64(CLUSTER),
		.refcount_clusters = htobe32(1),
		.refcount_order = htobe32(4),
		.header_length = htobe32(104),
		.format_type = htobe32(EXTENSION_FORMAT),
		.format_length = htobe32(3),
		.format = "raw",
	};
	const uint64_t block = htobe64(2 * CLUSTER);
	const uint16_t used[4] = {htobe16(1), htobe16(1), htobe16(1), htobe16(1)};
	int r = write_at(fd, &h, sizeof(h), 0);

	if (r == 0)
		r = write_at(fd, backing, strlen(backing), sizeof(h));
	if (r == 0)
		r = write_at(fd, &block, sizeof(block), CLUSTER);
	if (r == 0)
		r = write_at(fd, used, sizeof(used), 2 * CLUSTER);
	if (r == 0 && ftruncate(fd, 4 * CLUSTER) < 0)
		r = -errno;
	return r;
}

int qcow2_create(const char *path, const char *backing, int *ret_fd, struct err *err)
{
	_autofree_ char *whole = realpath(backing, NULL);
	_autoclose_ int fd = -1;
	struct stat st;
	int r;

	if (!whole || stat(whole, &st) < 0)
		return err_errno(err, errno, "cannot read %s", backing);
	if (strlen(whole) > 1023)
		return err_set(err, ENAMETOOLONG, "%s is too long a name for an overlay", whole);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	r = fd < 0 ? -errno : write_all(fd, whole, (uint64_t)st.st_size);
	if (r < 0)
		return err_errno(err, -r, "cannot write %s", path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}
