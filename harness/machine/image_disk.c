/* SPDX-License-Identifier: MIT */
#include "machine/image_disk.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/proc.h"
#include "base/strv.h"
#include "base/xalloc.h"
#include "wire/jsonr.h"

#define CONVERT_LIMIT (900 * SEC)
#define MEASURE_LIMIT (120 * SEC)
/* Of what a child may take for itself. */
#define CHILD_MEMORY "--as=2147483648"
#define HEAD_MAX     (32 * DISK_SECTOR)

struct head {
	const char *path;
	unsigned char data[HEAD_MAX];
	size_t n;
	unsigned char tail[DISK_SECTOR]; /* the file's last sector */
	uint64_t size;
};

void disk_release(struct disk *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static uint64_t be(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static uint64_t le(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	while (n)
		v = v << 8 | p[--n];
	return v;
}

/* docs/interop/qcow2.txt of QEMU. */
static int probe_qcow2(const struct head *h, struct disk *d, struct err *err)
{
	uint64_t version = be(h->data + 4, 4);

	if (h->n < 104 || (version != 2 && version != 3))
		return err_usage(err, "%s: not a qcow2 of version 2 or 3", h->path);
	if (be(h->data + 8, 8) != 0)
		return err_usage(err, "%s: a qcow2 over a backing file, which is not opened",
				 h->path);
	if (be(h->data + 32, 4) != 0)
		return err_usage(err, "%s: an encrypted qcow2", h->path);
	/* Bit 0 dirty, 1 corrupt, 2 data in another file, 3 compression type, 4 extended L2. */
	if (version == 3 && (be(h->data + 72, 8) & ~(uint64_t)(1 << 3 | 1 << 4)))
		return err_usage(err,
				 "%s: a qcow2 that is dirty, corrupt, keeps its data in another "
				 "file, or has a feature unknown here",
				 h->path);
	d->format = DISK_QCOW2;
	d->virtual_size = be(h->data + 24, 8);
	return 0;
}

/*
 * Virtual Disk Format 1.1: a sparse extent with its descriptor inside. QEMU looks for the parent's
 * name in the second sector, wherever the header says that the descriptor is.
 */
static int probe_vmdk(const struct head *h, struct disk *d, struct err *err)
{
	uint64_t sectors = le(h->data + 12, 8), at = le(h->data + 28, 8);
	_autofree_ char *text = NULL;

	if (h->size < DISK_SECTOR || sectors == 0 || sectors > DISK_VIRTUAL_MAX / DISK_SECTOR)
		return err_usage(err, "%s: a vmdk without a size of its own", h->path);
	if (at != 1 || h->n < 2 * DISK_SECTOR)
		return err_usage(err, "%s: a vmdk without a descriptor in its second sector",
				 h->path);
	text = xstrndup((const char *)h->data + DISK_SECTOR, h->n - DISK_SECTOR);
	if (strstr(text, "parentFileNameHint") || !strstr(text, "parentCID=ffffffff"))
		return err_usage(err, "%s: a vmdk over a parent, which is not opened", h->path);
	d->format = DISK_VMDK;
	d->virtual_size = sectors * DISK_SECTOR;
	return 0;
}

static int probe_vhd(const struct head *h, struct disk *d, struct err *err)
{
	uint64_t type = be(h->tail + 60, 4);

	if (type != 2 && type != 3)
		return err_usage(err, "%s: a vhd of type %llu: neither fixed nor dynamic", h->path,
				 (unsigned long long)type);
	d->format = DISK_VHD;
	d->virtual_size = be(h->tail + 48, 8);
	return 0;
}

static int probe_raw(const struct head *h, struct disk *d, struct err *err)
{
	static const struct {
		const char *magic, *name;
	} others[] = {
		{"vhdxfile", "VHDX"},
		{"QED", "QED"},
		{"# Disk DescriptorFile", "vmdk of several files"},
		{"<<< ", "VDI"},
		{"LUKS", "LUKS container"},
		{"conectix", "vhd whose end is missing"},
		{"\x1f\x8b", "file packed by gzip"},
		{"\xfd"
		 "7zXZ",
		 "file packed by xz"},
		{"\x28\xb5\x2f\xfd", "file packed by zstd"},
		{"BZh", "file packed by bzip2"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (memcmp(h->data, others[i].magic, strlen(others[i].magic)) == 0)
			return err_usage(err, "%s is a %s: raw, qcow2, vhd and vmdk are known here",
					 h->path, others[i].name);
	if (h->size % DISK_SECTOR)
		return err_usage(err, "%s: no disk image: its size is no multiple of %d", h->path,
				 DISK_SECTOR);
	d->format = DISK_RAW;
	d->virtual_size = h->size;
	return 0;
}

static int read_head(struct head *h, struct err *err)
{
	_autoclose_ int fd = open(h->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_usage(err, "cannot open %s: %s", h->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_usage(err, "%s is not a regular file", h->path);
	h->size = (uint64_t)st.st_size;
	n = pread(fd, h->data, sizeof(h->data), 0);
	if (n < 0 || (st.st_size >= DISK_SECTOR &&
		      pread(fd, h->tail, DISK_SECTOR, st.st_size - DISK_SECTOR) < 0))
		return err_usage(err, "cannot read %s: %s", h->path, strerror(errno));
	h->n = (size_t)n;
	return 0;
}

int disk_probe(const char *path, struct disk *ret_disk, struct err *err)
{
	struct head h = {.path = path};
	struct disk d = {.fd = -1};
	int r = read_head(&h, err);

	if (r < 0)
		return r;
	d.file_size = h.size;
	if (memcmp(h.data, "QFI\xfb", 4) == 0)
		r = probe_qcow2(&h, &d, err);
	else if (memcmp(h.data, "KDMV", 4) == 0)
		r = probe_vmdk(&h, &d, err);
	else if (memcmp(h.tail, "conectix", 8) == 0)
		r = probe_vhd(&h, &d, err);
	else
		r = probe_raw(&h, &d, err);
	if (r < 0)
		return r;
	if (d.virtual_size < 2 * DISK_SECTOR || d.virtual_size > DISK_VIRTUAL_MAX)
		return err_usage(err, "%s: a disk of %llu bytes is not looked at", path,
				 (unsigned long long)d.virtual_size);
	*ret_disk = d;
	return 0;
}

/* qemu-img under limits; what it prints is out. */
static int qemu_img(struct loop *loop, const char *words, const char *path, const char *to,
		    struct strbuf *out, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(16384);
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int status, r;

	strv_split(&argv, "prlimit --core=0 " CHILD_MEMORY " qemu-img", " ");
	strv_split(&argv, words, " ");
	strv_push(&argv, path);
	if (to)
		strv_push(&argv, to);
	spec.argv = argv.v;
	r = proc_run(loop, &spec, deadline_in(to ? CONVERT_LIMIT : MEASURE_LIMIT), out, &said,
		     &status, err);
	if (r == 0 && status != 0)
		return err_usage(err, "qemu-img cannot read %s: %.500s", path, strbuf_str(&said));
	return r;
}

/* A small file may claim a lot of bytes. */
static int check_room(struct loop *loop, const char *format, const char *path, const char *dir,
		      struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(16384);
	_cleanup_(jsonr_release) struct jsonr *root = NULL;
	_autofree_ char *words = xasprintf("measure --output=json -O raw -f %s", format);
	struct statvfs vfs;
	uint64_t need;
	int r = qemu_img(loop, words, path, NULL, &out, err);

	if (r == 0)
		r = jsonr_parse(strbuf_str(&out), out.len, &root, err);
	if (r < 0)
		return r;
	need = jsonr_uint(root, "required", UINT64_MAX);
	if (statvfs(dir, &vfs) < 0)
		return err_errno(err, errno, "cannot look at %s", dir);
	if (need > (uint64_t)vfs.f_bavail * vfs.f_frsize / 2)
		return err_set(err, ENOSPC,
			       "%s holds %llu MiB; the cache, where they would be unpacked, has no "
			       "room for twice that",
			       path, (unsigned long long)(need >> 20));
	return 0;
}

int disk_open(struct disk *d, struct loop *loop, const char *path, const char *dir, struct err *err)
{
	static const char *const formats[DISK_FORMATS] = {
		[DISK_QCOW2] = "qcow2", [DISK_VHD] = "vpc", [DISK_VMDK] = "vmdk"};
	_autofree_ char *whole = realpath(path, NULL);
	_autofree_ char *raw = path_join(dir, "disk");
	_autofree_ char *words = NULL;
	struct stat st;
	int r = 0;

	if (!whole)
		return err_errno(err, errno, "cannot open %s", path);
	if (d->format == DISK_RAW) {
		if (symlink(whole, raw) < 0)
			return err_errno(err, errno, "cannot write to %s", dir);
	} else {
		words = xasprintf("convert -f %s -O raw", formats[d->format]);
		r = check_room(loop, formats[d->format], whole, dir, err);
		if (r == 0)
			r = qemu_img(loop, words, whole, raw, NULL, err);
	}
	if (r < 0)
		return r;
	d->fd = open(raw, O_RDONLY | O_CLOEXEC);
	if (d->fd < 0 || fstat(d->fd, &st) < 0)
		return err_errno(err, errno, "cannot open %s", raw);
	d->virtual_size = (uint64_t)st.st_size;
	return 0;
}

bool disk_read(const struct disk *d, uint64_t at, void *buf, size_t n)
{
	return at <= d->virtual_size && n <= d->virtual_size - at &&
	       pread(d->fd, buf, n, (off_t)at) == (ssize_t)n;
}

static void add(struct disk *d, const struct disk_partition *p, struct image_report *report)
{
	uint64_t end = p->start + p->size;

	if (p->size == 0 || p->start == 0 || end < p->start || end > d->virtual_size) {
		image_report_add(report, IMAGE_REFUSED, "partitions",
				 "partition %u reaches past the disk's end, or has no size",
				 p->number);
		return;
	}
	for (size_t i = 0; i < d->n; i++)
		if (p->start < d->partitions[i].start + d->partitions[i].size &&
		    d->partitions[i].start < end)
			image_report_add(report, IMAGE_REFUSED, "partitions",
					 "partitions %u and %u overlap", d->partitions[i].number,
					 p->number);
	d->partitions[d->n++] = *p;
}

static enum disk_kind mbr_kind(unsigned char type)
{
	switch (type) {
	case 0x83:
		return DISK_LINUX;
	case 0x01:
	case 0x04:
	case 0x06:
	case 0x0b:
	case 0x0c:
	case 0x0e:
		return DISK_FAT;
	case 0x8e:
		return DISK_LVM;
	default:
		return DISK_OTHER;
	}
}

static void look_mbr(struct disk *d, const unsigned char *sector, struct image_report *report)
{
	for (unsigned int i = 0; i < 4; i++) {
		const unsigned char *e = sector + 446 + 16 * i;
		struct disk_partition p = {
			.number = i + 1,
			.start = le(e + 8, 4) * DISK_SECTOR,
			.size = le(e + 12, 4) * DISK_SECTOR,
			.kind = mbr_kind(e[4]),
			.active = e[0] == 0x80,
		};

		if (e[4] == 0)
			continue;
		if (e[4] == 0x05 || e[4] == 0x0f)
			image_report_add(report, IMAGE_DOUBT, "partitions",
					 "partition %u is an extended one: what is in it was not "
					 "looked at",
					 i + 1);
		add(d, &p, report);
	}
}

/* UEFI 2.10, 5.3; first three fields of a GUID are little-endian. */
static enum disk_kind gpt_kind(const unsigned char *guid)
{
	static const struct {
		unsigned char guid[16];
		enum disk_kind kind;
	} known[] = {
		{{0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47, 0x8e, 0x79, 0x3d, 0x69, 0xd8,
		  0x47, 0x7d, 0xe4},
		 DISK_LINUX},
		{{0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44, 0x87, 0xc0, 0x68, 0xb6, 0xb7,
		  0x26, 0x99, 0xc7},
		 DISK_FAT},
		{{0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e, 0x74, 0x4e, 0x65, 0x65, 0x64,
		  0x45, 0x46, 0x49},
		 DISK_GRUB},
		{{0x79, 0xd3, 0xd6, 0xe6, 0x07, 0xf5, 0xc2, 0x44, 0xa2, 0x3c, 0x23, 0x8f, 0x2a,
		  0x3d, 0xf9, 0x28},
		 DISK_LVM},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (memcmp(known[i].guid, guid, 16) == 0)
			return known[i].kind;
	return DISK_OTHER;
}

static void look_gpt(struct disk *d, struct image_report *report)
{
	unsigned char h[DISK_SECTOR], e[128], last[8];
	static const unsigned char none[16];
	uint64_t at, n, size, first, end;

	if (!disk_read(d, DISK_SECTOR, h, sizeof(h)) || memcmp(h, "EFI PART", 8) != 0) {
		image_report_add(report, IMAGE_REFUSED, "partitions",
				 "the MBR speaks of a GPT that is not there");
		return;
	}
	at = le(h + 72, 8);
	n = le(h + 80, 4);
	size = le(h + 84, 4);
	if (size < sizeof(e) || size > 4096 || n > DISK_PARTITIONS || at > d->virtual_size / 512) {
		image_report_add(report, IMAGE_REFUSED, "partitions", "a GPT of odd measures");
		return;
	}
	for (unsigned int i = 0; i < n; i++) {
		struct disk_partition p = {.number = i + 1};

		if (!disk_read(d, at * DISK_SECTOR + i * size, e, sizeof(e)) ||
		    memcmp(e, none, 16) == 0)
			continue;
		p.kind = gpt_kind(e);
		first = le(e + 32, 8);
		end = le(e + 40, 8);
		/* Else of no size, which is refused. */
		if (first <= end && end < d->virtual_size / DISK_SECTOR) {
			p.start = first * DISK_SECTOR;
			p.size = (end + 1 - first) * DISK_SECTOR;
		}
		add(d, &p, report);
	}
	if (!disk_read(d, d->virtual_size - DISK_SECTOR, last, sizeof(last)) ||
	    memcmp(last, "EFI PART", 8) != 0)
		image_report_add(report, IMAGE_DOUBT, "partitions",
				 "no second copy of the GPT at the disk's end");
}

/* boot.img says at 0x5c where core.img is; that lies before the first partition, or in one that is
 * for it. */
static void look_boot_code(const struct disk *d, const unsigned char *mbr,
			   struct image_report *report)
{
	uint64_t at = le(mbr + 0x5c, 8), core = at * DISK_SECTOR, first = UINT64_MAX;
	unsigned char sector[DISK_SECTOR];
	static const unsigned char none[440];
	bool in_place = false;

	if (memcmp(mbr, none, sizeof(none)) == 0) {
		image_report_add(report, IMAGE_REFUSED, "boot", "no boot code: BIOS finds nothing");
		return;
	}
	if (!memmem(mbr, 440, "GRUB", 4)) {
		image_report_add(report, IMAGE_DOUBT, "boot", "boot code, but not GRUB's");
		return;
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct disk_partition *p = &d->partitions[i];

		if (p->kind == DISK_GRUB && at < d->virtual_size / DISK_SECTOR &&
		    core >= p->start && core < p->start + p->size)
			in_place = true;
		if (p->start < first)
			first = p->start;
	}
	if (!d->gpt && at > 0 && at < d->virtual_size / DISK_SECTOR && core < first)
		in_place = true;
	if (!in_place || !disk_read(d, core, sector, sizeof(sector)) ||
	    memcmp(sector, none, sizeof(none)) == 0)
		image_report_add(report, IMAGE_REFUSED, "boot",
				 "GRUB's first part is there, its second is not where that looks");
	else
		image_report_add(report, IMAGE_FINE, "boot", "GRUB for BIOS");
}

void disk_look(struct disk *d, struct image_report *report)
{
	unsigned char mbr[DISK_SECTOR];
	bool active = false;

	if (!disk_read(d, 0, mbr, sizeof(mbr)) || mbr[510] != 0x55 || mbr[511] != 0xaa) {
		image_report_add(report, IMAGE_REFUSED, "partitions", "no partition table");
		return;
	}
	for (unsigned int i = 0; i < 4; i++)
		d->gpt = d->gpt || mbr[446 + 16 * i + 4] == 0xee;
	if (d->gpt)
		look_gpt(d, report);
	else
		look_mbr(d, mbr, report);
	for (size_t i = 0; i < d->n; i++)
		active = active || d->partitions[i].active;
	if (!d->gpt && d->n && !active)
		image_report_add(report, IMAGE_DOUBT, "partitions",
				 "none is marked active: some BIOSes then do not boot");
	look_boot_code(d, mbr, report);
}
