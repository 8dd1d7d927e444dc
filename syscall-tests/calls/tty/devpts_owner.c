/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static void open_pair(void *arg)
{
	unsigned number = 99999;
	char path[32];
	struct stat st = {0};
	int master = (int)REQUIRE_OK(open("/dev/ptmx", O_RDWR | O_NOCTTY));

	REQUIRE_OK(ioctl(master, TIOCGPTN, &number));
	snprintf(path, sizeof(path), "/dev/pts/%u", number);
	REQUIRE_OK(stat(path, &st));
	EXPECT_EQ(st.st_uid, USER_UID);
	EXPECT_EQ(st.st_mode & 0700, 0600);
	EXPECT_EQ(st.st_mode & 0007, 0);
}

static void run(void)
{
	as_user(open_pair, NULL);
}

PROBE(.promise =
	      "The slave belongs to the user who opened /dev/ptmx, who may read and write it, and "
	      "nobody else may",
      .source = "man 4 pts; man 3 grantpt", .covers = COVERS("openat:/dev/ptmx"),
      .needs = NEEDS("pty", "root"), .call = {CALL(SYS_open), CALL(SYS_openat)}, .run = run);
