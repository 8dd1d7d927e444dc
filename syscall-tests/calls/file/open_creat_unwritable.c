/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0700));
	SETUP_OK(chmod(tmp_path("folder"), 0777));
}

static void user(void *arg)
{
	const char *path = tmp_path("folder/object");
	char buf[8] = "";
	int fd = (int)REQUIRE_OK(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0400));

	EXPECT_EQ(write(fd, "object", 6), 6);
	EXPECT_ERRNO(open(path, O_RDWR), EACCES);
	fd = (int)REQUIRE_OK(open(path, O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 6);
	EXPECT_STR(buf, "object");
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "Who creates a file that may not be written writes it all the same, through the "
		 "descriptor that creating it gave: git and ssh-keygen make their files so",
      .source = "man 2 open (mode); POSIX.1-2017 open", .covers = COVERS("openat:O_CREAT"),
      .needs = NEEDS("root"), .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup,
      .run = run);
