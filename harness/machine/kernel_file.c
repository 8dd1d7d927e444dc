/* SPDX-License-Identifier: MIT */
#include "machine/kernel_file.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

#define NOTE_XEN_PHYS32_ENTRY 18
#define NOTES_MAX	      (1u << 20)
#define BZIMAGE_MAGIC_AT      0x202 /* "HdrS" */
#define BZIMAGE_SECTORS_AT    0x1f1
#define BZIMAGE_SYSSIZE_AT    0x1f4 /* protected-mode code, in units of 16 bytes */
#define BZIMAGE_HEADER_END    0x264

struct file {
	const char *path;
	int fd;
	uint64_t size;
};

static bool read_at(const struct file *f, uint64_t at, void *buf, size_t n)
{
	size_t done = 0;

	if (at > f->size || n > f->size - at)
		return false;
	while (done < n) {
		ssize_t r = pread(f->fd, (char *)buf + done, n - done, (off_t)(at + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		done += (size_t)r;
	}
	return true;
}

static int truncated(const struct file *f, const char *what, struct err *err)
{
	return err_usage(err, "kernel %s is truncated: %s reaches past its end (%llu bytes)",
			 f->path, what, (unsigned long long)f->size);
}

static size_t pad4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static bool has_pvh_note(const char *notes, size_t n)
{
	size_t at = 0;

	while (n - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr h;

		memcpy(&h, notes + at, sizeof(h));
		at += sizeof(h);
		if (h.n_namesz > n || h.n_descsz > n ||
		    pad4(h.n_namesz) + pad4(h.n_descsz) > n - at)
			return false;
		if (h.n_type == NOTE_XEN_PHYS32_ENTRY && h.n_namesz == 4 &&
		    memcmp(notes + at, "Xen", 4) == 0)
			return true;
		at += pad4(h.n_namesz) + pad4(h.n_descsz);
	}
	return false;
}

/* 1: this segment holds the note. */
static int check_segment(const struct file *f, const Elf64_Phdr *p, struct err *err)
{
	_autofree_ char *notes = NULL;

	if (p->p_type != PT_LOAD && p->p_type != PT_NOTE)
		return 0;
	if (p->p_offset > f->size || p->p_filesz > f->size - p->p_offset)
		return truncated(f, p->p_type == PT_LOAD ? "a loadable segment" : "a note segment",
				 err);
	if (p->p_type != PT_NOTE || p->p_filesz > NOTES_MAX)
		return 0;
	notes = xmalloc(p->p_filesz + 1);
	if (!read_at(f, p->p_offset, notes, p->p_filesz))
		return err_errno(err, EIO, "cannot read kernel %s", f->path);
	return has_pvh_note(notes, p->p_filesz);
}

static int check_elf(const struct file *f, struct err *err)
{
	bool found = false;
	Elf64_Ehdr h;

	if (!read_at(f, 0, &h, sizeof(h)))
		return truncated(f, "the ELF header", err);
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_ident[EI_DATA] != ELFDATA2LSB ||
	    h.e_machine != EM_X86_64)
		return err_usage(err,
				 "kernel %s is an ELF file, but not a 64-bit one for x86-64 "
				 "(class %d, machine %d)",
				 f->path, h.e_ident[EI_CLASS], h.e_machine);
	if (h.e_phnum == 0 || h.e_phentsize != sizeof(Elf64_Phdr))
		return err_usage(err,
				 "kernel %s is an ELF file without program headers: "
				 "an object file is no kernel",
				 f->path);
	for (unsigned int i = 0; i < h.e_phnum; i++) {
		Elf64_Phdr p;
		int r;

		if (!read_at(f, h.e_phoff + i * sizeof(p), &p, sizeof(p)))
			return truncated(f, "a program header", err);
		r = check_segment(f, &p, err);
		if (r < 0)
			return r;
		found = found || r;
	}
	if (!found)
		return err_usage(
			err,
			"kernel %s is an ELF file without a PVH note (owner Xen, type 18): "
			"QEMU cannot boot it with -kernel",
			f->path);
	return 0;
}

static int check_bzimage(const struct file *f, const unsigned char *head, struct err *err)
{
	uint64_t sectors = head[BZIMAGE_SECTORS_AT] ? head[BZIMAGE_SECTORS_AT] : 4;
	uint32_t paragraphs;

	memcpy(&paragraphs, head + BZIMAGE_SYSSIZE_AT, sizeof(paragraphs));
	if ((sectors + 1) * 512 + (uint64_t)paragraphs * 16 > f->size)
		return truncated(f, "the bzImage's code", err);
	return 0;
}

static int unknown_content(const struct file *f, const unsigned char *head, size_t n,
			   struct err *err)
{
	char text[40] = "";
	size_t at = 0;

	for (size_t i = 0; i < n && i < 8; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
				       isprint(head[i]) ? "%c" : "\\x%02x", head[i]);
	return err_usage(err, "kernel %s is not an ELF or bzImage file (it starts with \"%s\")",
			 f->path, text);
}

int kernel_file_check(const char *path, enum kernel_kind *ret_kind, struct err *err)
{
	unsigned char head[BZIMAGE_HEADER_END] = {0};
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct file f = {.path = path, .fd = fd};
	struct stat st;
	size_t n;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_usage(err, "cannot open kernel %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_usage(err, "kernel %s is not a regular file", path);
	if (st.st_size == 0)
		return err_usage(err, "kernel %s is empty", path);
	f.size = (uint64_t)st.st_size;
	n = f.size < sizeof(head) ? (size_t)f.size : sizeof(head);
	if (!read_at(&f, 0, head, n))
		return err_errno(err, EIO, "cannot read kernel %s", path);
	if (n >= 4 && memcmp(head, ELFMAG, SELFMAG) == 0) {
		r = check_elf(&f, err);
		if (r == 0)
			*ret_kind = KERNEL_PVH;
		return r;
	}
	if (n < sizeof(head) || memcmp(head + BZIMAGE_MAGIC_AT, "HdrS", 4) != 0)
		return unknown_content(&f, head, n, err);
	r = check_bzimage(&f, head, err);
	if (r == 0)
		*ret_kind = KERNEL_BZIMAGE;
	return r;
}

int kernel_file_check_initrd(const char *path, struct err *err)
{
	if (access(path, R_OK) < 0)
		return err_usage(err, "cannot read initramfs %s: %s", path, strerror(errno));
	return 0;
}
