/* SPDX-License-Identifier: MIT */
/* libFuzzer target: "info registers -a", and a file that claims to be a kernel. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "machine/kernel_file.h"
#include "machine/registers.h"

#define ROOM 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_kernel(const uint8_t *data, size_t n)
{
	_autoclose_ int fd = memfd_create("kernel", MFD_CLOEXEC);
	enum kernel_kind kind = KERNEL_PVH;
	char path[64];

	if (fd < 0 || fd_write_all(fd, data, n) < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (kernel_file_check(path, &kind, NULL) == 0 && kind != KERNEL_PVH &&
	    kind != KERNEL_BZIMAGE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct machine_cpu_sample samples[ROOM];
	_autofree_ char *text = xmalloc(n + 1);

	memcpy(text, data, n);
	text[n] = '\0';
	if (registers_parse(text, samples, ROOM) > ROOM)
		abort();
	check_kernel(data, n);
	return 0;
}
