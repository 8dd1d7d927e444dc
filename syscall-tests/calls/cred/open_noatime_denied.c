/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *readable, *own;
static int roots;

static void setup(void)
{
	readable = tmp_file("readable", "x", 1, 0644);
	roots = (int)SETUP_OK(open(readable, O_RDONLY | O_CLOEXEC));
	own = tmp_file("own", "x", 1, 0600);
	SETUP_OK(chown(own, USER_UID, USER_GID));
}

static void user(void *arg)
{
	char c = 0;

	EXPECT_ERRNO(open(readable, O_RDONLY | O_NOATIME | O_CLOEXEC), EPERM);
	EXPECT_ERRNO(fcntl(roots, F_SETFL, O_NOATIME), EPERM);
	EXPECT_EQ(fcntl(roots, F_GETFL) & O_NOATIME, 0);

	int fd = (int)REQUIRE_OK(open(own, O_RDONLY | O_NOATIME | O_CLOEXEC));
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NOATIME, O_NOATIME);
	EXPECT_EQ(read(fd, &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

static void run(void)
{
	char c = 0;

	as_user(user, NULL);
	EXPECT_EQ(read((int)EXPECT_OK(open(own, O_RDONLY | O_NOATIME | O_CLOEXEC)), &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

PROBE(.promise = "O_NOATIME is for a file's owner and for root, EPERM for others: backup programs "
		 "try it and open again without",
      .source = "man 2 open (O_NOATIME, EPERM)", .covers = COVERS("openat:O_NOATIME"),
      .needs = NEEDS("root"), .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup,
      .run = run);
