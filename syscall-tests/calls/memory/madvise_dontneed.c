/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>

#include "probe.h"

static volatile char *page;

static void setup(void)
{
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(page != MAP_FAILED, "mmap: %s", errno_name(errno));
	page[5] = 'x';
	page[4096] = 'y';
}

static void run(void)
{
	REQUIRE_OK(madvise((void *)page, 4096, MADV_DONTNEED));
	EXPECT_EQ(page[5], 0);
	EXPECT_EQ(page[4096], 'y');
	page[5] = 'z';
	EXPECT_EQ(page[5], 'z');
	EXPECT_ERRNO(madvise((char *)page + 1, 4096, MADV_DONTNEED), EINVAL);
	EXPECT_ERRNO(madvise((void *)page, 4096, 7777), EINVAL);
}

PROBE(.promise = "After MADV_DONTNEED private memory reads as zeros and is usable; C libraries "
		 "give memory back so",
      .source = "man 2 madvise", .covers = COVERS("madvise:MADV_DONTNEED"),
      .call = {CALL(SYS_madvise)}, .setup = setup, .run = run);
