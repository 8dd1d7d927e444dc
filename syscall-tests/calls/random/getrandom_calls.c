/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "probe.h"

static unsigned char *childs;

static void setup(void)
{
	childs = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	SETUP(childs != MAP_FAILED, "mmap: %s", errno_name(errno));
}

static void in_child(void *arg)
{
	EXPECT_EQ(getrandom(childs, 32, 0), 32);
}

static void run(void)
{
	unsigned char *a = guard_buf(32), *b = guard_buf(33), zero[32] = {0};

	memset(a, 0, 32);
	memset(b, 0, 33);
	REQUIRE_EQ(getrandom(a, 32, 0), 32);
	REQUIRE_EQ(getrandom(b, 32, GRND_NONBLOCK), 32);
	EXPECT(memcmp(a, zero, 32), "32 bytes are all zero");
	EXPECT(memcmp(a, b, 32), "two calls gave the same bytes");
	EXPECT_EQ(b[32], 0);
	child_end(child_start(in_child, NULL));
	EXPECT_EQ(getrandom(a, 32, 0), 32);
	EXPECT(memcmp(a, childs, 32), "parent and child were given the same bytes");
	EXPECT_EQ(getrandom(a, 0, 0), 0);
	EXPECT_ERRNO(getrandom(a, 32, 0x80), EINVAL);
	EXPECT_ERRNO(getrandom(bad_address(), 32, 0), EFAULT);
}

PROBE(.promise = "getrandom fills exactly the bytes asked for, never the same twice nor in two "
		 "processes, "
		 "and refuses unknown flags",
      .source = "man 2 getrandom", .covers = COVERS("getrandom", "getrandom:GRND_NONBLOCK"),
      .call = {CALL(SYS_getrandom)}, .setup = setup, .run = run);
