/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: a file that claims to be a kernel with symbols and debug data, asked for
 * addresses in the text of a crash; and a program's words searched for errno 4095.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "diagnose/errno4095.h"
#include "diagnose/symbol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char text[] = "rip: 0x0000000000100010\n"
				   "[1] function:f() \t(+) 0001 address:0xffff800000100010\n";
	_autoclose_ int fd = memfd_create("kernel", MFD_CLOEXEC);
	struct strbuf out = STRBUF_INIT(65536);
	struct symbol_file *file = NULL;
	char path[64];

	errno4095_in((const char *)data, n);
	if (fd < 0 || fd_write_all(fd, data, n) < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (symbol_open(path, &file, NULL) == 0)
		symbol_annotate(file, text, &out);
	symbol_close(file);
	strbuf_release(&out);
	return 0;
}
