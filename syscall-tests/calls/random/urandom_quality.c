/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"
#include "lib/randomness.h"

static unsigned char bytes[RANDOMNESS_LEN];
static int fd;

static void setup(void)
{
	struct stat st;

	fd = (int)SETUP_OK(open("/dev/urandom", O_RDONLY | O_CLOEXEC));
	SETUP_OK(fstat(fd, &st));
	SETUP_EQ(major(st.st_rdev), 1);
	SETUP_EQ(minor(st.st_rdev), 9);
}

static void run(void)
{
	REQUIRE_EQ(read_full(fd, bytes, sizeof(bytes)), (long)sizeof(bytes));
	expect_random(bytes, sizeof(bytes));
}

PROBE(.promise = "/dev/urandom gives bytes fit for keys: bits are balanced in each position, "
		 "values are "
		 "spread evenly, and no 8-byte word follows from the one before",
      .source = "man 4 urandom; man 7 random", .covers = COVERS("openat:/dev/urandom", "read"),
      .call = {CALL(SYS_read)}, .setup = setup, .run = run);
