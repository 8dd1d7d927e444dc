/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/mman.h>

#include "probe.h"
#include "lib/trap.h"

static volatile char *page;

static void setup(void)
{
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(page != MAP_FAILED, "mmap: %s", errno_name(errno));
	page[0] = page[4096] = 'k';
}

static void write_it(void)
{
	page[9] = 'x';
}

static void run(void)
{
	REQUIRE_OK(mprotect((void *)page, 4096, PROT_READ));
	EXPECT_EQ(page[0], 'k');
	expect_trap(write_it, SIGSEGV, SEGV_ACCERR, (const void *)(page + 9));
	/* Its neighbour is as it was. */
	page[4096] = 'n';
	EXPECT_EQ(page[4096], 'n');
	REQUIRE_OK(mprotect((void *)page, 4096, PROT_READ | PROT_WRITE));
	page[9] = 'x';
	EXPECT_EQ(page[9], 'x');
	EXPECT_EQ(page[0], 'k');
	/* The library would round the address. */
	EXPECT_ERRNO(syscall(SYS_mprotect, page + 1, 4096, PROT_READ), EINVAL);
}

PROBE(.promise = "mprotect makes a page read-only and writable again: a write in between is "
		 "SIGSEGV, and neither its bytes nor its neighbour change; every dynamic program "
		 "starts so",
      .source = "man 2 mprotect; POSIX.1-2017 mprotect",
      .covers = COVERS("mprotect:PROT_READ", "mprotect:PROT_WRITE"), .call = {CALL(SYS_mprotect)},
      .setup = setup, .run = run);
