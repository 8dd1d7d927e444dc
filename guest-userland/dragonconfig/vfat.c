/* SPDX-License-Identifier: MIT */
#include "vfat.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"

#define RECORD	   32u
#define SECTOR_MAX 4096u
#define SLOTS_MAX  20u /* of a long name */
#define SLOT_UNITS 13u

enum { ATTR_LABEL = 0x08, ATTR_FOLDER = 0x10, ATTR_LONG = 0x0f };

static uint32_t le16(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static int read_at(const struct vfat *fs, uint64_t offset, void *buf, size_t n)
{
	return fs->reader.read_at(fs->reader.arg, offset, buf, n);
}

static bool is_power_of_2(uint32_t n)
{
	return n && !(n & (n - 1));
}

static void take_label(char *to, const uint8_t *from)
{
	size_t n = 11;

	while (n && (from[n - 1] == ' ' || !from[n - 1]))
		n--;
	memcpy(to, from, n);
	to[n] = '\0';
}

/* Sizes that the boot sector claims, against each other. false: it is no FAT. */
static bool take_layout(struct vfat *fs, const uint8_t *b)
{
	uint32_t reserved = le16(b + 14), fats = b[16], roots = le16(b + 17);
	uint32_t sectors = le16(b + 19) ? le16(b + 19) : le32(b + 32);
	uint32_t fat_sectors = le16(b + 22) ? le16(b + 22) : le32(b + 36);
	uint64_t before;

	fs->sector = le16(b + 11);
	fs->cluster = b[13];
	if (b[510] != 0x55 || b[511] != 0xaa || !is_power_of_2(fs->sector) || fs->sector < 512 ||
	    fs->sector > SECTOR_MAX || !is_power_of_2(fs->cluster) || !reserved || !fats ||
	    fats > 2 || !fat_sectors)
		return false;
	fs->root_sectors = (roots * RECORD + fs->sector - 1) / fs->sector;
	before = reserved + (uint64_t)fats * fat_sectors + fs->root_sectors;
	if (before >= sectors)
		return false;
	fs->clusters = (uint32_t)((sectors - before) / fs->cluster);
	fs->fat = (uint64_t)reserved * fs->sector;
	fs->fat_size = (uint64_t)fat_sectors * fs->sector;
	fs->root = fs->fat + fats * fs->fat_size;
	fs->data = before * fs->sector;
	return fs->clusters > 0;
}

static bool take_kind(struct vfat *fs, const uint8_t *b)
{
	fs->bits = fs->clusters < 4085 ? 12 : fs->clusters < 65525 ? 16 : 32;
	/* A FAT32 may be smaller than it should be: what it lacks tells. */
	if (!le16(b + 22) && !fs->root_sectors)
		fs->bits = 32;
	if ((fs->bits == 32) != !fs->root_sectors)
		return false;
	fs->top = (struct image_entry){.folder = true};
	if (fs->bits == 32)
		fs->top.place = le32(b + 44);
	if (b[fs->bits == 32 ? 66 : 38] == 0x29)
		take_label(fs->label, b + (fs->bits == 32 ? 71 : 43));
	return true;
}

/* The cluster after this one; 0: it was the last. */
static int next_cluster(const struct vfat *fs, uint32_t at, uint32_t *ret, struct err *err)
{
	uint64_t offset = fs->bits == 12 ? at + at / 2 : (uint64_t)at * (fs->bits / 8);
	uint32_t n = fs->bits == 32 ? 4 : 2, last = fs->bits == 32 ? 0x0ffffff8 : 0xfff8, value;
	uint8_t raw[4] = {0};
	int r = offset + n <= fs->fat_size ? read_at(fs, fs->fat + offset, raw, n) : -EBADMSG;

	if (r < 0)
		return err_errno(err, -r, "vfat: cannot follow cluster %u", at);
	value = le32(raw) & 0x0fffffff;
	if (fs->bits == 12) {
		value = (at & 1) ? value >> 4 : value & 0xfff;
		last = 0xff8;
	}
	*ret = value >= last ? 0 : value;
	return 0;
}

static int place_of(const struct vfat *fs, uint32_t cluster, uint64_t *ret, struct err *err)
{
	if (cluster < 2 || cluster - 2 >= fs->clusters)
		return err_set(err, EBADMSG, "vfat: there is no cluster %u", cluster);
	*ret = fs->data + (uint64_t)(cluster - 2) * fs->cluster * fs->sector;
	return 0;
}

struct long_name {
	uint16_t units[SLOTS_MAX * SLOT_UNITS];
	unsigned int next; /* the slot that must come, 0: it is whole */
	unsigned int n;	   /* slots; 0: none */
	uint8_t check;
};

static void take_slot(struct long_name *l, const uint8_t *p)
{
	static const uint8_t at[SLOT_UNITS] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
	unsigned int slot = p[0] & 0x3f;

	if (p[0] & 0x40) {
		l->n = l->next = slot;
		l->check = p[13];
	}
	if (!slot || slot > SLOTS_MAX || slot != l->next || p[13] != l->check) {
		l->n = 0;
		return;
	}
	l->next--;
	for (unsigned int i = 0; i < SLOT_UNITS; i++)
		l->units[(slot - 1) * SLOT_UNITS + i] = (uint16_t)le16(p + at[i]);
}

static uint8_t checksum(const uint8_t *name)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
	return sum;
}

/* "NAME    EXT" as name.ext; what is of some code page is no letter to us. */
static void short_name(const uint8_t *from, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < 11; i++) {
		if (from[i] == ' ')
			continue;
		if (i >= 8 && !memchr(to, '.', len))
			to[len++] = '.';
		to[len++] = from[i] < 0x80 ? (char)tolower(from[i]) : '_';
	}
	to[len] = '\0';
}

static void take_name(struct long_name *l, const uint8_t *p, char *to)
{
	if (l->n && !l->next && l->check == checksum(p))
		image_utf8(l->units, l->n * SLOT_UNITS, to, IMAGE_NAME_MAX);
	else
		short_name(p, to);
	l->n = 0;
}

struct walk {
	const struct vfat *fs;
	const struct image_visitor *visitor; /* NULL: only the label is wanted */
	char *label;
	struct long_name name;
	bool over;
};

static void take_record(struct walk *w, const uint8_t *p)
{
	struct image_entry e = {0};

	if (p[0] == 0) {
		w->over = true;
	} else if (p[0] == 0xe5) {
		w->name.n = 0;
	} else if ((p[11] & 0x3f) == ATTR_LONG) {
		take_slot(&w->name, p);
	} else if (p[11] & ATTR_LABEL) {
		w->name.n = 0;
		if (w->label) {
			take_label(w->label, p);
			w->over = true;
		}
	} else if (w->visitor) {
		take_name(&w->name, p, e.name);
		e.folder = p[11] & ATTR_FOLDER;
		e.size = le32(p + 28);
		e.place = le16(p + 26) | (w->fs->bits == 32 ? le16(p + 20) << 16 : 0);
		w->over = image_name_is_good(e.name) && w->visitor->visit(w->visitor->arg, &e);
	}
}

static int walk_sectors(struct walk *w, uint64_t place, uint32_t sectors, struct err *err)
{
	uint8_t sector[SECTOR_MAX];

	for (uint32_t i = 0; i < sectors && !w->over; i++) {
		int r = read_at(w->fs, place + (uint64_t)i * w->fs->sector, sector, w->fs->sector);

		if (r < 0)
			return err_errno(err, -r, "vfat: cannot read a folder");
		for (uint32_t at = 0; at < w->fs->sector && !w->over; at += RECORD)
			take_record(w, sector + at);
	}
	return 0;
}

static int walk_chain(struct walk *w, uint32_t cluster, struct err *err)
{
	uint32_t most = IMAGE_FOLDER_MAX / (w->fs->sector * w->fs->cluster) + 1;

	for (uint32_t i = 0; cluster && !w->over; i++) {
		uint64_t place = 0;
		int r = place_of(w->fs, cluster, &place, err);

		if (r == 0 && i >= most)
			r = err_set(err, EBADMSG, "vfat: a folder without an end");
		if (r == 0)
			r = walk_sectors(w, place, w->fs->cluster, err);
		if (r == 0)
			r = next_cluster(w->fs, cluster, &cluster, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int walk(struct walk *w, const struct image_entry *folder, struct err *err)
{
	if (folder->place || !w->fs->root_sectors)
		return walk_chain(w, (uint32_t)folder->place, err);
	return walk_sectors(w, w->fs->root, w->fs->root_sectors, err);
}

static int scan(const void *fs, const struct image_entry *folder, const struct image_visitor *v,
		struct err *err)
{
	struct walk w = {.fs = fs, .visitor = v};

	return walk(&w, folder, err);
}

int vfat_open(struct vfat *ret, const struct image_reader *reader, struct err *err)
{
	struct vfat fs = {.reader = *reader};
	struct walk w = {.fs = &fs, .label = fs.label};
	uint8_t boot[512];
	int r = read_at(&fs, 0, boot, sizeof(boot));

	if (r < 0)
		return err_errno(err, -r, "vfat: cannot read the boot sector");
	if (!take_layout(&fs, boot) || !take_kind(&fs, boot))
		return err_set(err, EMEDIUMTYPE, "no vfat");
	/* The root's own word for the label counts more than the boot sector's. */
	r = walk(&w, &fs.top, err);
	if (r < 0)
		return r;
	*ret = fs;
	return 0;
}

static struct image image_of(const struct vfat *fs)
{
	return (struct image){fs, scan, &fs->top, true};
}

int vfat_read(const struct vfat *fs, const char *path, struct strbuf *to, struct err *err)
{
	struct image image = image_of(fs);
	uint32_t bytes = fs->sector * fs->cluster, cluster;
	struct image_entry e;
	int r = image_find(&image, path, &e, err);

	if (r < 0)
		return r;
	if (e.folder)
		return err_set(err, EISDIR, "%s is a folder", path);
	if (e.size > to->max - to->len)
		return err_set(err, E2BIG, "larger than %zu bytes", to->max);
	cluster = (uint32_t)e.place;
	for (uint32_t left = e.size; left; left -= left < bytes ? left : bytes) {
		uint64_t place = 0;

		r = place_of(fs, cluster, &place, err);
		if (r == 0)
			r = image_copy(&fs->reader, place, left < bytes ? left : bytes, to, err);
		if (r == 0)
			r = left > bytes ? next_cluster(fs, cluster, &cluster, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int vfat_list(const struct vfat *fs, const char *path, struct strv *to, struct err *err)
{
	struct image image = image_of(fs);

	return image_list(&image, path, to, err);
}
