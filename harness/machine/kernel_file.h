/* SPDX-License-Identifier: MIT */
/*
 * kernel_file: what a kernel file is, told by its content, and what is wrong with it.
 *
 * Called by qemu before it starts anything, since QEMU's own words for a bad kernel help nobody.
 */
#ifndef MACHINE_KERNEL_FILE_H
#define MACHINE_KERNEL_FILE_H

#include "base/err.h"

enum kernel_kind {
	KERNEL_PVH,	/* ELF64 for x86-64 with a Xen PVH entry note */
	KERNEL_BZIMAGE, /* Linux boot protocol */
};

/* Errors are of kind ERR_USAGE and name the file, what was found and, where there is one, a way
 * out. */
int kernel_file_check(const char *path, enum kernel_kind *ret_kind, struct err *err);
/* The initial ramdisk beside it can be read; its content is the kernel's affair. */
int kernel_file_check_initrd(const char *path, struct err *err);

#endif
