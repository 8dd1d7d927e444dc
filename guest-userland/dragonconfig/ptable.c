/* SPDX-License-Identifier: MIT */
#include "ptable.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

#define MIB	    (1u << 20)
#define MBR_SIZE    512
#define MBR_ENTRIES 446
#define MBR_MAX	    UINT32_MAX /* the last sector that fits an entry */

#define HEADER_SIZE_MIN 92
#define ENTRY_SIZE_MIN	128
#define ARRAY_MAX	(128u << 10) /* bytes of all entries: eight times the usual */

/* In sectors; first and last are the partition's. */
struct span {
	uint64_t first, last;
};

/* Room for a partition, in sectors. */
struct room {
	uint64_t lowest, highest; /* that a partition may have */
	struct span mine;
	uint64_t limit; /* how far mine may go */
	bool found;
};

static uint64_t get(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

static void put(uint8_t *p, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

static int broken(struct err *err, const char *what)
{
	return err_set(err, EBADMSG, "the partition table does not hold: %s", what);
}

/* Each partition within bounds, no two in one place; how far number mine may go. */
static int find_room(struct room *r, const struct span *spans, size_t n, struct err *err)
{
	r->limit = r->highest;
	for (size_t i = 0; i < n; i++) {
		const struct span *s = &spans[i];

		if (s->first < r->lowest || s->last < s->first || s->last > r->highest)
			return broken(err, "a partition lies outside of the disk");
		for (size_t k = 0; k < i; k++)
			if (s->first <= spans[k].last && spans[k].first <= s->last)
				return broken(err, "partitions overlap");
		if (s->first > r->mine.last && s->first - 1 < r->limit)
			r->limit = s->first - 1;
	}
	return 0;
}

/* The last sector to be, on a whole MiB of the disk; less than a MiB more is not worth a write. */
static bool new_last(const struct ptable_disk *d, const struct room *r, uint64_t *ret)
{
	uint64_t per_mib = MIB / d->sector;
	uint64_t end = (r->limit + 1) / per_mib * per_mib;

	if (end <= r->mine.last || end - 1 - r->mine.last < per_mib)
		return false;
	*ret = end - 1;
	return true;
}

static void plan_size(struct ptable_plan *p, const struct ptable_disk *d, const struct room *r,
		      uint64_t last)
{
	p->start = r->mine.first * d->sector;
	p->old = (r->mine.last - r->mine.first + 1) * d->sector;
	p->size = (last - r->mine.first + 1) * d->sector;
}

/* Data is the plan's from now on. */
static void plan_write(struct ptable_plan *p, uint64_t offset, uint8_t *data, size_t n)
{
	p->writes[p->n++] = (struct ptable_write){offset, data, n};
}

void ptable_plan_release(struct ptable_plan *p)
{
	while (p->n)
		free(p->writes[--p->n].data);
}

/* MBR ----------------------------------------------------------------------------------------- */

static uint8_t *mbr_entry(uint8_t *mbr, unsigned int i)
{
	return mbr + MBR_ENTRIES + 16 * i;
}

static bool mbr_used(const uint8_t *entry)
{
	return entry[4] && get(entry + 12, 4);
}

static bool mbr_is_extended(const uint8_t *entry)
{
	return entry[4] == 0x05 || entry[4] == 0x0f || entry[4] == 0x85;
}

/* As every tool has written it for a disk of 255 heads and 63 sectors: nothing reads it but old
 * firmware, which must not see another geometry. */
static void mbr_put_chs(uint8_t *to, uint64_t sector)
{
	uint64_t cylinder = sector / (255 * 63), head = sector / 63 % 255, s = sector % 63 + 1;

	if (cylinder > 1023) {
		cylinder = 1023;
		head = 254;
		s = 63;
	}
	to[0] = (uint8_t)head;
	to[1] = (uint8_t)(s | cylinder >> 8 << 6);
	to[2] = (uint8_t)cylinder;
}

static int mbr_room(const struct ptable_disk *d, uint8_t *mbr, unsigned int number, struct room *r,
		    struct err *err)
{
	uint64_t sectors = d->size / d->sector;
	struct span spans[4];
	size_t n = 0;

	r->lowest = 1;
	r->highest = sectors - 1 < MBR_MAX ? sectors - 1 : MBR_MAX;
	for (unsigned int i = 0; i < 4; i++) {
		uint8_t *e = mbr_entry(mbr, i);

		if (e[0] & 0x7f)
			return broken(err, "an entry is neither active nor inactive");
		if (!mbr_used(e))
			continue;
		spans[n].first = get(e + 8, 4);
		spans[n].last = spans[n].first + get(e + 12, 4) - 1;
		if (i + 1 == number) {
			r->mine = spans[n];
			r->found = true;
		}
		n++;
	}
	return find_room(r, spans, n, err);
}

static int mbr_grow(const struct ptable_disk *d, uint8_t *mbr, unsigned int number,
		    struct ptable_plan *p, struct err *err)
{
	struct room r = {0};
	uint64_t last;
	uint8_t *e;
	int rc;

	if (number > 4)
		return err_set(err, ENOTSUP, "it is a logical partition");
	rc = mbr_room(d, mbr, number, &r, err);
	if (rc < 0)
		return rc;
	if (!r.found)
		return err_set(err, ENOENT, "the table has no such partition");
	e = mbr_entry(mbr, number - 1);
	if (mbr_is_extended(e))
		return err_set(err, ENOTSUP, "it is an extended partition");
	p->kind = "MBR";
	plan_size(p, d, &r, r.mine.last);
	if (!new_last(d, &r, &last))
		return 0;
	plan_size(p, d, &r, last);
	put(e + 12, 4, last - r.mine.first + 1);
	mbr_put_chs(e + 5, last);
	plan_write(p, 0, memcpy(xmalloc(MBR_SIZE), mbr, MBR_SIZE), MBR_SIZE);
	return 0;
}

/* GPT ----------------------------------------------------------------------------------------- */

struct gpt {
	uint8_t *block;	 /* the disk's first PTABLE_BLOCK bytes: MBR, header, first entries */
	uint8_t *header; /* in block */
	uint8_t *entries;
	uint32_t n, size;	      /* of entries: how many, bytes of each */
	uint64_t first, last_usable;  /* sectors */
	uint64_t array, backup, last; /* sectors: of all entries; where the other header is; the
				       * disk's last */
};

static void gpt_release(struct gpt *g)
{
	free(g->block);
	free(g->entries);
}

static uint32_t sum(const uint8_t *p, size_t n)
{
	return (uint32_t)crc32(crc32(0, NULL, 0), p, (unsigned int)n);
}

static void gpt_sign(uint8_t *header)
{
	put(header + 16, 4, 0);
	put(header + 16, 4, sum(header, get(header + 12, 4)));
}

static bool gpt_is_signed(const uint8_t *header, size_t n, uint32_t sector)
{
	_autofree_ uint8_t *copy = NULL;

	if (n < HEADER_SIZE_MIN || n > sector)
		return false;
	copy = memcpy(xmalloc(n), header, n);
	gpt_sign(copy);
	return memcmp(copy + 16, header + 16, 4) == 0;
}

/* All that is refused here a kernel would take: it only reads. */
static int gpt_check_header(const struct ptable_disk *d, struct gpt *g, struct err *err)
{
	const uint8_t *h = g->header;

	if (memcmp(h, "EFI PART", 8) != 0)
		return broken(err, "no GPT where its MBR says one");
	if (!gpt_is_signed(h, get(h + 12, 4), d->sector))
		return broken(err, "the checksum of the GPT's header is wrong");
	g->n = (uint32_t)get(h + 80, 4);
	g->size = (uint32_t)get(h + 84, 4);
	g->backup = get(h + 32, 8);
	g->first = get(h + 40, 8);
	g->last_usable = get(h + 48, 8);
	g->last = d->size / d->sector - 1;
	if (get(h + 24, 8) != 1 || g->backup <= g->last_usable || g->backup > g->last)
		return broken(err, "the GPT's header lies about where headers are");
	if (get(h + 72, 8) != 2)
		return err_set(err, ENOTSUP, "the GPT's entries are not behind its header");
	if (g->size < ENTRY_SIZE_MIN || g->size % 8 || !g->n || g->size > ARRAY_MAX ||
	    g->n > ARRAY_MAX / g->size)
		return broken(err, "the GPT has no entries, or too many");
	g->array = ((uint64_t)g->n * g->size + d->sector - 1) / d->sector;
	if (g->first < 2 + g->array || g->first > g->last_usable ||
	    g->last < g->first + g->array + 1)
		return broken(err, "the GPT's header lies about the room for partitions");
	return 0;
}

/* The MBR beside a GPT must only say that there is one. */
static int gpt_check_mbr(struct gpt *g, struct err *err)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < 4; i++)
		used += mbr_used(mbr_entry(g->block, i));
	if (used != 1)
		return err_set(err, ENOTSUP, "the MBR beside the GPT has partitions too");
	return 0;
}

static int gpt_read(const struct ptable_disk *d, struct gpt *g, struct err *err)
{
	int r = gpt_check_mbr(g, err);
	size_t n;

	if (r < 0)
		return r;
	if (2 * d->sector > PTABLE_BLOCK)
		return err_set(err, ENOTSUP, "a GPT of sectors of %u bytes changes in two writes",
			       d->sector);
	g->header = g->block + d->sector;
	r = gpt_check_header(d, g, err);
	if (r < 0)
		return r;
	n = g->array * d->sector;
	g->entries = xmalloc(n);
	r = d->reader.read_at(d->reader.arg, 2 * d->sector, g->entries, n);
	if (r < 0)
		return err_errno(err, -r, "cannot read the GPT's entries");
	if (sum(g->entries, (size_t)g->n * g->size) != get(g->header + 88, 4))
		return broken(err, "the checksum of the GPT's entries is wrong");
	return 0;
}

static int gpt_room(struct gpt *g, unsigned int number, struct room *r, struct err *err)
{
	static const uint8_t unused[16];
	_autofree_ struct span *spans = xcalloc(g->n, sizeof(*spans));
	uint64_t last = g->last - g->array - 1;
	size_t n = 0;

	for (unsigned int i = 0; i < g->n; i++) {
		const uint8_t *e = g->entries + (size_t)i * g->size;

		if (memcmp(e, unused, sizeof(unused)) == 0)
			continue;
		spans[n].first = get(e + 32, 8);
		spans[n].last = get(e + 40, 8);
		/* Of a table that lies about its own bounds nothing is believed. */
		if (spans[n].last > g->last_usable)
			return broken(err, "a partition lies where none may be");
		if (i + 1 == number) {
			r->mine = spans[n];
			r->found = true;
		}
		n++;
	}
	r->lowest = g->first;
	r->highest = last;
	return find_room(r, spans, n, err);
}

/* The other header and its entries, at the end of the disk as it is now: nothing leads there yet.
 */
static void gpt_plan_backup(const struct ptable_disk *d, const struct gpt *g, struct ptable_plan *p)
{
	size_t array = g->array * d->sector, n = array + d->sector;
	uint8_t *data = xcalloc(1, n), *header = data + array;

	memcpy(data, g->entries, array);
	memcpy(header, g->header, get(g->header + 12, 4));
	put(header + 24, 8, g->last);
	put(header + 32, 8, 1);
	put(header + 72, 8, g->last - g->array);
	gpt_sign(header);
	plan_write(p, (g->last - g->array) * d->sector, data, n);
}

static void gpt_plan(const struct ptable_disk *d, struct gpt *g, uint8_t *entry, uint64_t last,
		     struct ptable_plan *p)
{
	size_t at = (size_t)(entry - g->entries);

	put(entry + 40, 8, last);
	put(g->header + 32, 8, g->last);
	put(g->header + 48, 8, g->last - g->array - 1);
	put(g->header + 88, 4, sum(g->entries, (size_t)g->n * g->size));
	gpt_sign(g->header);
	memcpy(g->block + 2 * d->sector + at, entry, g->size);
	for (unsigned int i = 0; i < 4; i++)
		if (mbr_used(mbr_entry(g->block, i)))
			put(mbr_entry(g->block, i) + 12, 4, g->last < MBR_MAX ? g->last : MBR_MAX);
	gpt_plan_backup(d, g, p);
	plan_write(p, 0, TAKE(g->block), PTABLE_BLOCK);
}

static int gpt_grow(const struct ptable_disk *d, struct gpt *g, unsigned int number,
		    struct ptable_plan *p, struct err *err)
{
	struct room r = {0};
	uint64_t last, at;
	int rc = gpt_read(d, g, err);

	if (rc == 0)
		rc = gpt_room(g, number, &r, err);
	if (rc < 0)
		return rc;
	if (!r.found)
		return err_set(err, ENOENT, "the table has no such partition");
	p->kind = "GPT";
	plan_size(p, d, &r, r.mine.last);
	if (!new_last(d, &r, &last))
		return 0;
	at = (uint64_t)(number - 1) * g->size;
	if (2 * d->sector + at + g->size > PTABLE_BLOCK)
		return err_set(err, ENOTSUP, "its entry lies so far behind that two writes are it");
	plan_size(p, d, &r, last);
	gpt_plan(d, g, g->entries + at, last, p);
	return 0;
}

/* --------------------------------------------------------------------------------------------- */

static bool is_gpt(uint8_t *mbr)
{
	for (unsigned int i = 0; i < 4; i++)
		if (mbr_entry(mbr, i)[4] == 0xee)
			return true;
	return false;
}

int ptable_grow(const struct ptable_disk *disk, unsigned int number, struct ptable_plan *ret,
		struct err *err)
{
	_cleanup_(gpt_release) struct gpt g = {.block = xcalloc(1, PTABLE_BLOCK)};
	struct ptable_plan p = {0};
	int r;

	if (disk->sector < 512 || disk->sector > PTABLE_BLOCK || disk->sector & (disk->sector - 1))
		return err_set(err, ENOTSUP, "sectors of %u bytes", disk->sector);
	if (disk->size < disk->sector)
		return broken(err, "the disk has no sector");
	if (!number)
		return err_set(err, ENOENT, "the table has no such partition");
	r = disk->reader.read_at(disk->reader.arg, 0, g.block,
				 disk->size < PTABLE_BLOCK ? MBR_SIZE : PTABLE_BLOCK);
	if (r < 0)
		return err_errno(err, -r, "cannot read the partition table");
	if (g.block[510] != 0x55 || g.block[511] != 0xaa)
		return err_set(err, ENOENT, "there is no partition table");
	r = is_gpt(g.block) ? gpt_grow(disk, &g, number, &p, err)
			    : mbr_grow(disk, g.block, number, &p, err);
	if (r == 0)
		*ret = p;
	return r;
}
