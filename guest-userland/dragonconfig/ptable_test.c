/* SPDX-License-Identifier: MIT */
#include "image_double.h"

#include <zlib.h>

#include "ptable.h"

#define MIB (1024 * 1024ul)

static int grow(struct image_double *d, unsigned int number, struct ptable_plan *p, struct err *err)
{
	struct ptable_disk disk = {.reader = image_double_reader(d), .size = d->n, .sector = 512};

	*p = (struct ptable_plan){0};
	return ptable_grow(&disk, number, p, err);
}

static void apply(struct image_double *d, const struct ptable_write *w, size_t n)
{
	assert_true(w->offset + w->n <= d->n);
	memcpy(d->bytes + w->offset, w->data, n);
}

/* A disk of so many MiB, partitioned by sfdisk when it had fewer. */
static void make(struct image_double *d, unsigned int then, unsigned int now, const char *table)
{
	_autofree_ char *script = xasprintf("truncate -s %uM disk; printf '%s' | sfdisk disk; "
					    "truncate -s %uM disk",
					    then, table, now);

	image_double_begin(d);
	image_double_run(d, script);
	image_double_load(d, "disk");
}

/* sfdisk reads it, finds nothing wrong with it, and a partition where it should be. */
static void sfdisk_agrees(struct image_double *d, const char *start_and_size)
{
	_autofree_ char *path = path_join(d->dir, "disk");
	_autofree_ char *script = xasprintf("sfdisk --verify disk | grep 'No errors'; sfdisk -d "
					    "disk | tr -d ' ' | grep -q '%s'",
					    start_and_size);

	assert_int_equal(file_write_atomic(path, d->bytes, d->n, 0600, NULL), 0);
	image_double_run(d, script);
}

/* All of it, with every cut on the way: of either write any part may be missing. */
static void grows(struct image_double *d, unsigned int number, uint64_t from, uint64_t to)
{
	_autofree_ char *before = memcpy(xmalloc(d->n), d->bytes, d->n);
	struct ptable_plan p, again;

	assert_int_equal(grow(d, number, &p, NULL), 0);
	assert_int_equal(p.old, from);
	assert_int_equal(p.size, to);
	assert_true(p.n > 0);
	for (size_t i = 0; i < p.n; i++) {
		/* The last one is on the disk as a whole, or not at all. */
		for (size_t cut = 0; i + 1 < p.n && cut < p.writes[i].n; cut += 512) {
			apply(d, &p.writes[i], cut);
			assert_int_equal(grow(d, number, &again, NULL), 0);
			assert_int_equal(again.old, from);
			assert_int_equal(again.size, to);
			ptable_plan_release(&again);
		}
		assert_true(i + 1 < p.n || p.writes[i].n <= PTABLE_BLOCK);
		apply(d, &p.writes[i], p.writes[i].n);
	}
	/* What is no table is as it was. */
	assert_memory_equal(d->bytes, before, 440);
	assert_memory_equal(d->bytes + MIB, before + MIB, 4 * MIB);
	assert_int_equal(grow(d, number, &again, NULL), 0);
	assert_int_equal(again.old, to);
	assert_int_equal(again.size, to);
	assert_int_equal(again.n, 0);
	ptable_plan_release(&p);
}

static void grows_not(struct image_double *d, unsigned int number, int why)
{
	struct err err = ERR_INIT;
	struct ptable_plan p;

	assert_int_equal(grow(d, number, &p, &err), -why);
	assert_int_equal(p.n, 0);
	assert_true(err.text[0]);
}

static void mbr_to_the_end_of_the_disk(void **arg)
{
	struct image_double d;

	(void)arg;
	make(&d, 8, 32, "label: dos\\nstart=2048,type=83,bootable\\n");
	memset(d.bytes, 0x90, 440);
	grows(&d, 1, 7 * MIB, 31 * MIB);
	sfdisk_agrees(&d, "start=2048,size=63488,type=83,bootable");
	image_double_release(&d);
}

static void mbr_to_the_next_partition(void **arg)
{
	struct image_double d;

	(void)arg;
	make(&d, 16, 32,
	     "label: dos\\nstart=2048,size=8192,type=83\\nstart=16384,size=8192,type=83\\n");
	grows(&d, 1, 4 * MIB, 7 * MIB);
	sfdisk_agrees(&d, "start=2048,size=14336");
	grows(&d, 2, 4 * MIB, 24 * MIB);
	sfdisk_agrees(&d, "start=16384,size=49152");
	image_double_release(&d);
}

static void mbr_without_room(void **arg)
{
	struct image_double d;
	struct ptable_plan p;

	(void)arg;
	make(&d, 8, 8, "label: dos\\nstart=2048,type=83\\n");
	assert_int_equal(grow(&d, 1, &p, NULL), 0);
	assert_int_equal(p.n, 0);
	assert_int_equal(p.size, 7 * MIB);
	grows_not(&d, 2, ENOENT);
	grows_not(&d, 0, ENOENT);
	grows_not(&d, 5, ENOTSUP);
	image_double_release(&d);
}

/* An extended partition whose chain leads to itself: nobody follows it. */
static void mbr_with_a_loop(void **arg)
{
	struct image_double d;

	(void)arg;
	make(&d, 16, 32,
	     "label: dos\\nstart=2048,size=8192,type=5\\nstart=4096,size=2048,type=83\\n"
	     "start=10240,size=8192,type=83\\n");
	memcpy(d.bytes + MIB + 446, d.bytes + 446, 16);
	memset(d.bytes + MIB + 446 + 8, 0, 4);
	memcpy(d.bytes + MIB + 462, d.bytes + MIB + 446, 16);
	grows_not(&d, 1, ENOTSUP);
	grows_not(&d, 5, ENOTSUP);
	image_double_release(&d);
}

static void put(struct image_double *d, size_t at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		d->bytes[at + i] = (char)v;
}

static void mbr_that_lies(void **arg)
{
	struct image_double d;

	(void)arg;
	make(&d, 16, 32, "label: dos\\nstart=2048,size=8192,type=83\\nstart=12288,type=83\\n");
	put(&d, 446 + 16 + 12, 1u << 30, 4);
	grows_not(&d, 1, EBADMSG);
	put(&d, 446 + 16 + 8, 4096, 4);
	put(&d, 446 + 16 + 12, 2048, 4);
	grows_not(&d, 1, EBADMSG);
	put(&d, 446 + 16 + 8, UINT32_MAX, 4);
	put(&d, 446 + 16 + 12, UINT32_MAX, 4);
	grows_not(&d, 1, EBADMSG);
	put(&d, 446 + 16 + 4, 0, 1);
	put(&d, 446 + 32, 0x12, 1);
	grows_not(&d, 1, EBADMSG);
	put(&d, 446 + 32, 0, 1);
	put(&d, 446 + 8, 0, 4);
	grows_not(&d, 1, EBADMSG);
	put(&d, 510, 0, 1);
	grows_not(&d, 1, ENOENT);
	image_double_release(&d);
}

static void disks_of_hardly_a_sector(void **arg)
{
	struct image_double d;
	struct ptable_disk disk;
	struct ptable_plan p;
	struct err err = ERR_INIT;

	(void)arg;
	make(&d, 8, 32, "label: dos\\nstart=2048,type=83\\n");
	disk = (struct ptable_disk){image_double_reader(&d), d.n, 512};
	for (disk.size = 0; disk.size < 2048 * 512; disk.size += 256)
		assert_int_equal(ptable_grow(&disk, 1, &p, &err), -EBADMSG);
	disk.size = d.n;
	for (disk.sector = 0; disk.sector < 100000; disk.sector = disk.sector * 3 + 1)
		assert_int_equal(ptable_grow(&disk, 1, &p, &err), -ENOTSUP);
	image_double_release(&d);
	make(&d, 8, 8, "label: gpt\\nstart=2048\\n");
	disk = (struct ptable_disk){image_double_reader(&d), 0, 512};
	for (; disk.size < d.n; disk.size += 256 + disk.size / 2)
		assert_int_equal(ptable_grow(&disk, 1, &p, &err), -EBADMSG);
	image_double_release(&d);
}

/* 2^32 sectors are the end of an MBR; the disk is said to be larger than what is read of it. */
static void mbr_of_a_disk_past_its_end(void **arg)
{
	struct image_double d;
	struct ptable_disk disk;
	struct ptable_plan p;

	(void)arg;
	make(&d, 8, 32, "label: dos\\nstart=2048,type=83\\n");
	disk = (struct ptable_disk){image_double_reader(&d), 5ull << 40, 512};
	assert_int_equal(ptable_grow(&disk, 1, &p, NULL), 0);
	assert_int_equal(p.size, (2ull << 40) - MIB);
	assert_memory_equal(p.writes[0].data + 446 + 5, "\xfe\xff\xff", 3);
	ptable_plan_release(&p);
	image_double_release(&d);
}

static void gpt_to_the_end_of_the_disk(void **arg)
{
	struct image_double d;

	(void)arg;
	make(&d, 16, 64,
	     "label: gpt\\nstart=2048,size=2048,name=boot\\nstart=4096,size=8192,name=root\\n");
	grows(&d, 2, 4 * MIB, 61 * MIB);
	sfdisk_agrees(&d, "start=4096,size=124928,type=.*name=\"root\"");
	sfdisk_agrees(&d, "start=2048,size=2048,type=.*name=\"boot\"");
	sfdisk_agrees(&d, "last-lba:131038");
	image_double_release(&d);
}

/* Cloud images have their root first by number and last by place. */
static void gpt_whose_root_is_number_one(void **arg)
{
	struct image_double d;

	(void)arg;
	make(&d, 16, 16, "label: gpt\\n1: start=8192,size=2048\\n14: start=2048,size=6144\\n");
	grows(&d, 1, MIB, 11 * MIB);
	sfdisk_agrees(&d, "start=8192,size=22528");
	image_double_release(&d);
}

static void gpt_that_lies(void **arg)
{
	struct image_double d;
	size_t backup;

	(void)arg;
	make(&d, 16, 64, "label: gpt\\nstart=2048,size=8192\\nstart=20480,size=2048\\n");
	backup = 16 * MIB - 512;
	put(&d, backup, 0, 8);
	grows(&d, 1, 4 * MIB, 9 * MIB); /* the other header alone is made anew */
	d.bytes[512 + 60] ^= 1;
	grows_not(&d, 1, EBADMSG);
	d.bytes[512 + 60] ^= 1;
	d.bytes[1024 + 40] ^= 1;
	grows_not(&d, 1, EBADMSG);
	d.bytes[1024 + 40] ^= 1;
	d.bytes[446 + 16 + 4] = 12;
	d.bytes[446 + 16 + 12] = 1;
	grows_not(&d, 1, ENOTSUP);
	d.bytes[446 + 16 + 4] = 0;
	grows_not(&d, 3, ENOENT);
	grows_not(&d, 129, ENOENT);
	d.n = 32 * MIB; /* a disk that became smaller */
	grows_not(&d, 1, EBADMSG);
	image_double_release(&d);
}

static void gpt_that_is_signed_and_lies(void **arg)
{
	/* Sizes and places that overflow, or that no kernel takes. */
	static const struct {
		size_t at, n;
		uint64_t v;
	} lies[] = {
		{12, 4, UINT32_MAX}, {12, 4, 0},	  {24, 8, 2},	       {32, 8, UINT64_MAX},
		{40, 8, 2},	     {40, 8, UINT64_MAX}, {48, 8, UINT64_MAX}, {72, 8, 3},
		{80, 4, UINT32_MAX}, {80, 4, 0},	  {84, 4, 0},	       {84, 4, UINT32_MAX},
		{84, 4, 130},	     {84, 4, 64},	  {80, 4, 1025},
	};
	struct image_double d;

	(void)arg;
	make(&d, 16, 64, "label: gpt\\nstart=2048,size=8192\\n");
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		uint8_t keep[512];
		struct ptable_plan p;
		struct err err = ERR_INIT;

		memcpy(keep, d.bytes + 512, sizeof(keep));
		put(&d, 512 + lies[i].at, lies[i].v, lies[i].n);
		put(&d, 512 + 16, 0, 4);
		put(&d, 512 + 16, crc32(0, (uint8_t *)d.bytes + 512, 92), 4);
		assert_true(grow(&d, 1, &p, &err) < 0);
		memcpy(d.bytes + 512, keep, sizeof(keep));
	}
	image_double_release(&d);
}

/* Past the end that the table tells, past the disk's, and past what a number of bytes can tell. */
static void gpt_with_a_partition_past_its_end(void **arg)
{
	static const uint64_t ends[] = {32735,	   40000, 131039, 1ull << 54, (1ull << 55) + 10239,
					UINT64_MAX};
	struct image_double d;

	(void)arg;
	make(&d, 16, 64, "label: gpt\\nstart=2048,size=8192\\n");
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		put(&d, 1024 + 40, ends[i], 8);
		put(&d, 512 + 88, crc32(0, (uint8_t *)d.bytes + 1024, 128 * 128), 4);
		put(&d, 512 + 16, 0, 4);
		put(&d, 512 + 16, crc32(0, (uint8_t *)d.bytes + 512, 92), 4);
		grows_not(&d, 1, EBADMSG);
	}
	image_double_release(&d);
}

static void gpt_of_large_sectors(void **arg)
{
	struct image_double d;
	struct ptable_disk disk;
	struct ptable_plan p;
	struct err err = ERR_INIT;

	(void)arg;
	make(&d, 16, 64, "label: gpt\\nsector-size: 4096\\nstart=256,size=1024\\n");
	disk = (struct ptable_disk){image_double_reader(&d), d.n, 4096};
	assert_int_equal(ptable_grow(&disk, 1, &p, &err), -ENOTSUP);
	image_double_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mbr_to_the_end_of_the_disk),
		cmocka_unit_test(mbr_to_the_next_partition),
		cmocka_unit_test(mbr_without_room),
		cmocka_unit_test(mbr_with_a_loop),
		cmocka_unit_test(mbr_that_lies),
		cmocka_unit_test(disks_of_hardly_a_sector),
		cmocka_unit_test(mbr_of_a_disk_past_its_end),
		cmocka_unit_test(gpt_to_the_end_of_the_disk),
		cmocka_unit_test(gpt_whose_root_is_number_one),
		cmocka_unit_test(gpt_that_lies),
		cmocka_unit_test(gpt_that_is_signed_and_lies),
		cmocka_unit_test(gpt_with_a_partition_past_its_end),
		cmocka_unit_test(gpt_of_large_sectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
