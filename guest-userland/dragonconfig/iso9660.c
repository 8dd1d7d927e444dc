/* SPDX-License-Identifier: MIT */
#include "iso9660.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"

#define SECTOR		  2048u
#define FIRST_DESCRIPTOR  16u
#define DESCRIPTORS_MAX	  64u
#define CONTINUATIONS_MAX 8
#define RECORD_MIN	  34u /* a name of one byte */

enum { FLAG_FOLDER = 2, FLAG_ASSOCIATED = 4, FLAG_MORE_EXTENTS = 0x80 };

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int read_at(const struct iso9660 *fs, uint64_t offset, void *buf, size_t n)
{
	return fs->reader.read_at(fs->reader.arg, offset, buf, n);
}

static void take_place(const struct iso9660 *fs, const uint8_t *record, struct image_entry *e)
{
	/* Extended attributes come before the bytes. */
	e->place = ((uint64_t)le32(record + 2) + record[1]) * fs->block;
	e->size = le32(record + 10);
	e->folder = record[25] & FLAG_FOLDER;
	e->odd = (record[25] & FLAG_MORE_EXTENTS) || record[26] || record[27];
}

static void take_label(struct iso9660 *fs, const uint8_t *descriptor)
{
	size_t n = 32;

	while (n && (descriptor[40 + n - 1] == ' ' || !descriptor[40 + n - 1]))
		n--;
	memcpy(fs->label, descriptor + 40, n);
	fs->label[n] = '\0';
}

static bool is_joliet(const uint8_t *descriptor)
{
	return memcmp(descriptor + 88, "%/@", 3) == 0 || memcmp(descriptor + 88, "%/C", 3) == 0 ||
	       memcmp(descriptor + 88, "%/E", 3) == 0;
}

static int take_volume(struct iso9660 *fs, const uint8_t *descriptor, struct err *err)
{
	uint32_t block = descriptor[128] | (uint32_t)descriptor[129] << 8;

	if (block != 512 && block != 1024 && block != 2048)
		return err_set(err, EBADMSG, "iso9660: blocks of %u bytes", block);
	fs->block = block;
	take_place(fs, descriptor + 156, &fs->root);
	fs->root.folder = true;
	return 0;
}

/* The first record of the root tells: "SP". */
static bool has_rock_ridge(struct iso9660 *fs)
{
	static const uint8_t magic[] = {'S', 'P', 7, 1, 0xbe, 0xef};
	uint8_t record[RECORD_MIN + 7];

	if (read_at(fs, fs->root.place, record, sizeof(record)) < 0 || record[0] < sizeof(record) ||
	    memcmp(record + RECORD_MIN, magic, sizeof(magic)) != 0)
		return false;
	fs->skip = record[RECORD_MIN + 6];
	return true;
}

/* Descriptors until the one that says it is the last; -EMEDIUMTYPE: there is no primary one. */
static int read_descriptors(struct iso9660 *fs, struct iso9660 *joliet, struct err *err)
{
	bool primary = false;

	for (uint32_t i = 0; i < DESCRIPTORS_MAX; i++) {
		uint8_t d[SECTOR];
		int r = read_at(fs, (uint64_t)(FIRST_DESCRIPTOR + i) * SECTOR, d, sizeof(d));

		if (r < 0 && i)
			return err_errno(err, -r, "iso9660: cannot read descriptors");
		if (r < 0 || memcmp(d + 1, "CD001", 5) != 0 || d[0] == 255)
			break;
		if (d[0] == 1 && !primary) {
			r = take_volume(fs, d, err);
			take_label(fs, d);
			primary = true;
		} else if (d[0] == 2 && is_joliet(d)) {
			r = take_volume(joliet, d, err);
		}
		if (r < 0)
			return r;
	}
	return primary ? 0 : err_set(err, EMEDIUMTYPE, "no iso9660");
}

int iso9660_open(struct iso9660 *ret, const struct image_reader *reader, struct err *err)
{
	struct iso9660 fs = {.reader = *reader}, joliet = {.reader = *reader};
	int r = read_descriptors(&fs, &joliet, err);

	if (r < 0)
		return r;
	if (has_rock_ridge(&fs)) {
		fs.names = ISO9660_ROCK_RIDGE;
	} else if (joliet.block) {
		memcpy(joliet.label, fs.label, sizeof(joliet.label));
		fs = joliet;
		fs.names = ISO9660_JOLIET;
	}
	*ret = fs;
	return 0;
}

static void plain_name(const uint8_t *from, size_t n, char *to)
{
	size_t i;

	for (i = 0; i < n && from[i] != ';'; i++)
		to[i] = (char)tolower(from[i]);
	if (i && to[i - 1] == '.')
		i--;
	to[i] = '\0';
}

static void joliet_name(const uint8_t *from, size_t n, char *to, size_t size)
{
	uint16_t wide[128];
	size_t units = n / 2;

	for (size_t i = 0; i < units; i++)
		wide[i] = (uint16_t)(from[2 * i] << 8 | from[2 * i + 1]);
	image_utf8(wide, units, to, size);
	to[strcspn(to, ";")] = '\0';
}

struct continuation {
	uint64_t place;
	uint32_t size; /* 0: none */
};

static void add_name_part(char *name, const uint8_t *part, size_t n)
{
	size_t len = strlen(name), zero = strnlen((const char *)part, n);

	if (zero < n || len + n >= IMAGE_NAME_MAX)
		return;
	memcpy(name + len, part, n);
	name[len + n] = '\0';
}

/* Rock Ridge's names among the fields of one area. */
static struct continuation rock_area(const struct iso9660 *fs, const uint8_t *p, size_t n,
				     char *name)
{
	struct continuation next = {0};

	while (n >= 4 && p[2] >= 4 && p[2] <= n) {
		if (memcmp(p, "NM", 2) == 0 && p[2] > 5 && !(p[4] & 6)) {
			add_name_part(name, p + 5, p[2] - 5u);
		} else if (memcmp(p, "CE", 2) == 0 && p[2] >= 28) {
			next.place = (uint64_t)le32(p + 4) * fs->block + le32(p + 12);
			next.size = le32(p + 20);
		} else if (memcmp(p, "ST", 2) == 0) {
			break;
		}
		n -= p[2];
		p += p[2];
	}
	return next;
}

static void rock_name(const struct iso9660 *fs, const uint8_t *p, size_t n, char *name)
{
	struct continuation next;
	uint8_t area[SECTOR];

	name[0] = '\0';
	if (fs->skip > n)
		return;
	next = rock_area(fs, p + fs->skip, n - fs->skip, name);
	for (int i = 0; next.size && i < CONTINUATIONS_MAX; i++) {
		size_t size = next.size < sizeof(area) ? next.size : sizeof(area);

		if (read_at(fs, next.place, area, size) < 0)
			return;
		next = rock_area(fs, area, size, name);
	}
}

/* record: whole, with a name in it. false: "." or "..", or nothing that has a name. */
static bool take_record(const struct iso9660 *fs, const uint8_t *record, struct image_entry *e)
{
	size_t named = record[32], used = 33 + named + !(named & 1);

	if ((named == 1 && record[33] <= 1) || (record[25] & FLAG_ASSOCIATED))
		return false;
	e->name[0] = '\0';
	if (fs->names == ISO9660_ROCK_RIDGE && used < record[0])
		rock_name(fs, record + used, record[0] - used, e->name);
	if (fs->names == ISO9660_JOLIET)
		joliet_name(record + 33, named, e->name, sizeof(e->name));
	else if (!e->name[0])
		plain_name(record + 33, named, e->name);
	take_place(fs, record, e);
	return image_name_is_good(e->name);
}

/* Records of one sector: none crosses its end. 1: the visitor has enough. */
static int scan_sector(const struct iso9660 *fs, const uint8_t *p, size_t n,
		       const struct image_visitor *v, struct err *err)
{
	struct image_entry e;

	while (n && p[0]) {
		if (p[0] > n || p[0] < RECORD_MIN || p[32] == 0 || 33u + p[32] > p[0])
			return err_set(err, EBADMSG, "iso9660: a broken record of a folder");
		if (take_record(fs, p, &e) && v->visit(v->arg, &e))
			return 1;
		n -= p[0];
		p += p[0];
	}
	return 0;
}

static int scan(const void *arg, const struct image_entry *folder, const struct image_visitor *v,
		struct err *err)
{
	const struct iso9660 *fs = arg;

	if (folder->odd || folder->size > IMAGE_FOLDER_MAX)
		return err_set(err, EBADMSG, "iso9660: a folder of %u bytes", folder->size);
	for (uint32_t at = 0; at < folder->size; at += SECTOR) {
		size_t n = folder->size - at < SECTOR ? folder->size - at : SECTOR;
		uint8_t sector[SECTOR];
		int r = read_at(fs, folder->place + at, sector, n);

		if (r < 0)
			return err_errno(err, -r, "iso9660: cannot read a folder");
		r = scan_sector(fs, sector, n, v, err);
		if (r)
			return r < 0 ? r : 0;
	}
	return 0;
}

static struct image image_of(const struct iso9660 *fs)
{
	return (struct image){fs, scan, &fs->root, fs->names != ISO9660_ROCK_RIDGE};
}

int iso9660_read(const struct iso9660 *fs, const char *path, struct strbuf *to, struct err *err)
{
	struct image image = image_of(fs);
	struct image_entry e;
	int r = image_find(&image, path, &e, err);

	if (r < 0)
		return r;
	if (e.folder)
		return err_set(err, EISDIR, "%s is a folder", path);
	if (e.odd)
		return err_set(err, EBADMSG, "%s lies in several pieces", path);
	return image_copy(&fs->reader, e.place, e.size, to, err);
}

int iso9660_list(const struct iso9660 *fs, const char *path, struct strv *to, struct err *err)
{
	struct image image = image_of(fs);

	return image_list(&image, path, to, err);
}
