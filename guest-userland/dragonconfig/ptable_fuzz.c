/* SPDX-License-Identifier: MIT */
/*
 * The first byte says which partition, the next how many MiB the disk has, and one bit whether
 * checksums are made right, so that what lies behind them is reached. The rest are the disk's first
 * bytes; the others are zero.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "ptable.h"

struct input {
	const uint8_t *data;
	size_t n;
	uint64_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int read_at(void *arg, uint64_t offset, void *buf, size_t n)
{
	const struct input *in = arg;

	if (offset > in->size || n > in->size - offset)
		return -EIO;
	memset(buf, 0, n);
	if (offset < in->n)
		memcpy(buf, in->data + offset, n < in->n - offset ? n : in->n - offset);
	return 0;
}

static uint32_t get(const uint8_t *p)
{
	return (uint32_t)(p[0] | p[1] << 8 | p[2] << 16) | (uint32_t)p[3] << 24;
}

static void put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

static void sign(uint8_t *disk, size_t n)
{
	size_t bytes;

	if (n < 1024 + 128)
		return;
	bytes = (size_t)get(disk + 512 + 80) * get(disk + 512 + 84);
	if (bytes && bytes <= n - 1024)
		put(disk + 512 + 88, (uint32_t)crc32(0, disk + 1024, (unsigned int)bytes));
	if (get(disk + 512 + 12) > 512)
		return;
	put(disk + 512 + 16, 0);
	put(disk + 512 + 16, (uint32_t)crc32(0, disk + 512, get(disk + 512 + 12)));
}

/* Grown once, it is not grown again. */
static void check(struct ptable_disk *d, unsigned int number, const struct ptable_plan *p)
{
	struct input *in = d->reader.arg;
	const struct ptable_write *w = &p->writes[p->n - 1];
	struct ptable_plan again = {0};
	uint8_t *disk = calloc(1, in->n > w->n ? in->n : w->n);

	memcpy(disk, in->data, in->n);
	memcpy(disk, w->data, w->n);
	in->data = disk;
	in->n = in->n > w->n ? in->n : w->n;
	if (w->offset != 0 || p->size <= p->old || p->start + p->size > d->size ||
	    ptable_grow(d, number, &again, NULL) < 0 || again.n || again.old != p->size)
		abort();
	free(disk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *copy;
	struct input in;
	struct ptable_disk d;
	struct ptable_plan p = {0};

	if (n < 2)
		return 0;
	copy = malloc(n);
	memcpy(copy, data, n);
	if (data[1] & 0x80)
		sign(copy + 2, n - 2);
	in = (struct input){copy + 2, n - 2, (uint64_t)(data[1] & 0x7f) << 20};
	d = (struct ptable_disk){{read_at, &in}, in.size, data[0] & 0x80 ? 4096 : 512};
	if (ptable_grow(&d, data[0] & 0x7f, &p, NULL) == 0 && p.n)
		check(&d, data[0] & 0x7f, &p);
	ptable_plan_release(&p);
	free(copy);
	return 0;
}
