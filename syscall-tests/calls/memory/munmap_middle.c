/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>

#include "probe.h"
#include "lib/trap.h"

static volatile char *pages;

static void setup(void)
{
	pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(pages != MAP_FAILED, "mmap: %s", errno_name(errno));
	for (int i = 0; i < 3; i++)
		pages[4096 * i] = (char)('a' + i);
}

static void touch_hole(void)
{
	pages[4096 + 7] = 'x';
}

static void run(void)
{
	void *again;

	REQUIRE_OK(munmap((char *)pages + 4096, 4096));
	EXPECT_EQ(pages[0], 'a');
	EXPECT_EQ(pages[8192], 'c');
	expect_trap(touch_hole, SIGSEGV, SEGV_MAPERR, (const void *)(pages + 4096 + 7));
	/* Nothing there is no error. */
	EXPECT_OK(munmap((char *)pages + 4096, 4096));
	again = mmap((char *)pages + 4096, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	REQUIRE(again == pages + 4096, "mmap at the hole: %s",
		again == MAP_FAILED ? errno_name(errno) : "elsewhere");
	EXPECT_EQ(pages[4096], 0);
	EXPECT_EQ(pages[0], 'a');
	EXPECT_ERRNO(munmap((char *)pages + 1, 4096), EINVAL);
	EXPECT_ERRNO(munmap((void *)pages, 0), EINVAL);
}

PROBE(.promise = "munmap cuts a page out of the middle: its neighbours stay, touching it is "
		 "SIGSEGV, and what is mapped there next is zeros",
      .source = "man 2 munmap; POSIX.1-2017 munmap", .covers = COVERS("munmap", "mmap:MAP_FIXED"),
      .call = {CALL(SYS_munmap)}, .setup = setup, .run = run);
