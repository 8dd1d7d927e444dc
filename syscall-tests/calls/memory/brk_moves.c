/* SPDX-License-Identifier: MIT */
#include "probe.h"

enum { STEP = 5 * 4096 };

/* The call itself gives the end of the heap, also when it could not move it. */
static char *kernel_brk(const char *end)
{
	return (char *)syscall(SYS_brk, end);
}

static void run(void)
{
	char *start = kernel_brk(NULL), *end;
	long dirt = 0;

	REQUIRE(start != NULL, "the heap ends nowhere");
	start += -(uintptr_t)start % 4096;
	end = kernel_brk(start + STEP);
	REQUIRE(end == start + STEP, "asked to grow by %d bytes, the heap grew by %td", STEP,
		end - start);
	EXPECT(kernel_brk(NULL) == start + STEP, "its new end was forgotten");
	for (int i = 0; i < STEP; i++)
		dirt += start[i] != 0;
	EXPECT(dirt == 0, "%ld bytes of a new heap are not 0", dirt);
	start[0] = start[STEP - 1] = 'h';
	EXPECT_EQ(start[STEP - 1], 'h');
	REQUIRE(kernel_brk(start) == start, "the heap did not shrink");
	end = kernel_brk(start + STEP);
	REQUIRE(end == start + STEP, "asked to grow again by %d bytes, the heap grew by %td", STEP,
		end - start);
	EXPECT_EQ(start[STEP - 1], 0);
	/* No heap has so much room. */
	EXPECT(kernel_brk((char *)-4096) == start + STEP, "an impossible heap was granted");
}

PROBE(.promise = "brk moves the end of the heap, leaves it where it cannot, and what comes back "
		 "after a shrink is zeros",
      .source = "man 2 brk (C library/kernel differences)", .covers = COVERS("brk"),
      .call = {CALL(SYS_brk)}, .run = run);
