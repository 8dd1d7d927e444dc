/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>

#include "probe.h"
#include "lib/user.h"

static void user(void *arg)
{
	char link[64], to[64] = "";
	int fd = (int)SETUP_OK(open("/dev/zero", O_RDWR | O_CLOEXEC));

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	EXPECT_EQ(readlink(link, to, sizeof(to) - 1), 9);
	EXPECT_STR(to, "/dev/zero");
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "A process that became an ordinary user can read its own /proc/self/fd; ttyname "
		 "asks there after a login",
      .source = "man 5 proc", .covers = COVERS("readlink:/proc/self/fd"),
      .needs = NEEDS("root", "proc"), .call = {CALL(SYS_readlink), CALL(SYS_readlinkat)},
      .run = run);
