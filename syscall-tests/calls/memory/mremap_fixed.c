/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>

#include "probe.h"

enum { PAGE = 4096, MOVE = MREMAP_MAYMOVE | MREMAP_FIXED };

static unsigned char *from, *to;

static void setup(void)
{
	from = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	to = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(from != MAP_FAILED && to != MAP_FAILED, "mmap: %s", errno_name(errno));
	pattern_fill(from, 2 * PAGE, 0);
	for (int i = 0; i < 4; i++)
		to[i * PAGE] = 't';
}

/* 0 when it moved there. */
static long move(unsigned char *old, int flags, unsigned char *new)
{
	void *p = (void *)syscall(SYS_mremap, old, 2 * PAGE, 2 * PAGE, flags, new);

	return p == MAP_FAILED ? -1 : p != (void *)new;
}

static void run(void)
{
	EXPECT_ERRNO(move(from, MREMAP_FIXED, to + PAGE), EINVAL);
	EXPECT_ERRNO(move(from, MOVE, to + PAGE + 1), EINVAL);
	EXPECT_ERRNO(move(to, MOVE, to + PAGE), EINVAL);
	REQUIRE_EQ(move(from, MOVE, to + PAGE), 0);
	EXPECT_EQ(pattern_check(to + PAGE, 2 * PAGE, 0), 2 * PAGE);
	EXPECT_EQ(to[0], 't');
	EXPECT_EQ(to[3 * PAGE], 't');
	/* There is nothing left where it was. */
	EXPECT_ERRNO(move(from, MOVE, to + PAGE), EFAULT);
}

PROBE(.promise = "MREMAP_FIXED moves pages over what is mapped at the address told, leaves nothing "
		 "behind, and refuses targets that overlap or lie inside a page",
      .source = "man 2 mremap", .covers = COVERS("mremap:MREMAP_FIXED"), .call = {CALL(SYS_mremap)},
      .setup = setup, .run = run);
