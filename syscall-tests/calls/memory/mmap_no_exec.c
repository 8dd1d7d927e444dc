/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/mman.h>

#include "probe.h"
#include "lib/trap.h"

static unsigned char *page;

/* mov $42, %eax; ret */
static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};

static void setup(void)
{
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(page != MAP_FAILED, "mmap: %s", errno_name(errno));
	memcpy(page, code, sizeof(code));
}

static int call_it(void)
{
	int (*fn)(void);

	memcpy(&fn, &page, sizeof(fn));
	return fn();
}

static void jump_in(void)
{
	call_it();
}

static void run(void)
{
	expect_trap(jump_in, SIGSEGV, SEGV_ACCERR, page);
	REQUIRE_OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
	EXPECT_EQ(call_it(), 42);
}

PROBE(.promise = "What is not mapped executable cannot be executed: SIGSEGV with SEGV_ACCERR, "
		 "until mprotect allows it",
      .source = "man 2 mprotect; man 2 mmap", .covers = COVERS("mprotect:PROT_EXEC"),
      .call = {CALL(SYS_mprotect)}, .setup = setup, .run = run);
