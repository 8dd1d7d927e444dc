/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"

static void run(void)
{
	struct stat st = {0};

	EXPECT_OK(stat("/dev/tty", &st));
	EXPECT_EQ(major(st.st_rdev), 5);
	EXPECT_EQ(minor(st.st_rdev), 0);
	EXPECT_ERRNO(open("/dev/tty", O_RDWR | O_CLOEXEC), ENXIO);
}

PROBE(.promise = "Without a controlling terminal, opening /dev/tty fails with ENXIO",
      .source = "man 4 tty", .covers = COVERS("openat:/dev/tty"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .run = run);
