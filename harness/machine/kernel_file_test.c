/* SPDX-License-Identifier: MIT */
#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/fsutil.h"
#include "machine/kernel_file.h"

static char dir[] = "/tmp/kernel-file-test-XXXXXX";
static char path[64];

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/kernel", dir);
	return 0;
}

static int teardown(void **state)
{
	return rm_rf(dir, NULL);
}

struct image {
	Elf64_Ehdr eh;
	Elf64_Phdr load, notes;
	Elf64_Nhdr other;
	char other_text[8]; /* "GNU" and four bytes */
	Elf64_Nhdr pvh;
	char pvh_text[12]; /* "Xen" and an address */
	char code[64];
};

static struct image good_elf(void)
{
	struct image im = {0};

	memcpy(im.eh.e_ident, ELFMAG, SELFMAG);
	im.eh.e_ident[EI_CLASS] = ELFCLASS64;
	im.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	im.eh.e_machine = EM_X86_64;
	im.eh.e_phoff = offsetof(struct image, load);
	im.eh.e_phentsize = sizeof(Elf64_Phdr);
	im.eh.e_phnum = 2;
	im.load.p_type = PT_LOAD;
	im.load.p_offset = offsetof(struct image, code);
	im.load.p_filesz = sizeof(im.code);
	im.notes.p_type = PT_NOTE;
	im.notes.p_offset = offsetof(struct image, other);
	im.notes.p_filesz = offsetof(struct image, code) - offsetof(struct image, other);
	im.other = (Elf64_Nhdr){4, 4, 18};
	memcpy(im.other_text, "GNU", 4);
	im.pvh = (Elf64_Nhdr){4, 8, 18};
	memcpy(im.pvh_text, "Xen", 4);
	return im;
}

static int check_bytes(const void *data, size_t n, enum kernel_kind *kind, struct err *err)
{
	*err = (struct err)ERR_INIT;
	assert_int_equal(file_write_atomic(path, data, n, 0644, NULL), 0);
	return kernel_file_check(path, kind, err);
}

static void refuse(const void *data, size_t n, const char *words)
{
	enum kernel_kind kind = (enum kernel_kind)99;
	struct err err;

	assert_int_equal(check_bytes(data, n, &kind, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	if (!strstr(err.text, words))
		fail_msg("expected \"%s\" in \"%s\"", words, err.text);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(kind, 99);
}

static void pvh_elf_is_known(void **state)
{
	struct image im = good_elf();
	enum kernel_kind kind = KERNEL_BZIMAGE;
	struct err err;

	assert_int_equal(check_bytes(&im, sizeof(im), &kind, &err), 0);
	assert_int_equal(kind, KERNEL_PVH);
}

static void nothing_there(void **state)
{
	enum kernel_kind kind;
	struct err err = ERR_INIT;

	assert_int_equal(kernel_file_check("/nonexistent/kernel", &kind, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "No such file"));
	assert_int_equal(kernel_file_check(dir, &kind, &err), -EINVAL);
	assert_non_null(strstr(err.text, "not a regular file"));
}

static void not_a_kernel(void **state)
{
	struct image im = good_elf();

	refuse("", 0, "is empty");
	refuse("#!/bin/sh\n", 10, "not an ELF or bzImage file (it starts with \"#!/bin/s\")");
	refuse("\0\1\2", 3, "it starts with \"\\x00\\x01\\x02\"");
	im.pvh.n_type = 17;
	refuse(&im, sizeof(im), "without a PVH note");
	im = good_elf();
	im.eh.e_machine = EM_AARCH64;
	refuse(&im, sizeof(im), "not a 64-bit one for x86-64");
	im = good_elf();
	im.eh.e_phnum = 0;
	refuse(&im, sizeof(im), "object file");
}

static void cut_anywhere(void **state)
{
	struct image im = good_elf();

	/* Up to the whole, every length is refused: as truncated once it looks like an ELF file. */
	for (size_t n = 4; n < offsetof(struct image, code) + sizeof(im.code); n++)
		refuse(&im, n, "is truncated");
}

static void wild_numbers(void **state)
{
	struct image im = good_elf();

	im.load.p_offset = UINT64_MAX - 10;
	refuse(&im, sizeof(im), "a loadable segment");
	im = good_elf();
	im.notes.p_filesz = UINT64_MAX;
	refuse(&im, sizeof(im), "a note segment");
	im = good_elf();
	im.eh.e_phoff = UINT64_MAX - 8;
	refuse(&im, sizeof(im), "a program header");
	im = good_elf();
	im.other.n_descsz = UINT32_MAX;
	refuse(&im, sizeof(im), "without a PVH note");
	im = good_elf();
	im.pvh.n_descsz = 100;
	refuse(&im, sizeof(im), "without a PVH note");
}

static void bzimage_and_its_length(void **state)
{
	static unsigned char bz[4096];
	enum kernel_kind kind = KERNEL_PVH;
	uint32_t paragraphs = (4096 - 5 * 512) / 16;
	struct err err;

	bz[0x1f1] = 4;
	memcpy(bz + 0x1f4, &paragraphs, 4);
	memcpy(bz + 0x202, "HdrS", 4);
	assert_int_equal(check_bytes(bz, sizeof(bz), &kind, &err), 0);
	assert_int_equal(kind, KERNEL_BZIMAGE);
	refuse(bz, sizeof(bz) - 1, "is truncated");
	refuse(bz, 0x230, "not an ELF or bzImage");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pvh_elf_is_known), cmocka_unit_test(nothing_there),
		cmocka_unit_test(not_a_kernel),	    cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(wild_numbers),	    cmocka_unit_test(bzimage_and_its_length),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
