/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

static const char *folder, *path;

static void setup(void)
{
	folder = tmp_path("folder");
	path = tmp_path("folder/file");
	SETUP_OK(mkdir(folder, 0700));
}

static int name_it(int fd)
{
	char proc[32];

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, proc, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static void run(void)
{
	struct stat st = {0};
	char buf[8] = "";
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0640);

	if (fd == -1 && errno == EOPNOTSUPP)
		probe_skip("the file system has no O_TMPFILE");
	REQUIRE(fd > STDERR_FILENO, "open with O_TMPFILE gave %d, %s", fd, errno_name(errno));
	EXPECT_EQ(write(fd, "whole", 5), 5);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_mode, S_IFREG | 0640);
	EXPECT_EQ(st.st_nlink, 0);

	REQUIRE_OK(name_it(fd));
	EXPECT_ERRNO(name_it(fd), EEXIST);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_nlink, 1);
	fd = (int)REQUIRE_OK(open(path, O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 5);
	EXPECT_STR(buf, "whole");
}

PROBE(.promise = "O_TMPFILE makes a file without a name, which linkat gives it when it is whole",
      .source = "man 2 open (O_TMPFILE); man 2 linkat",
      .covers = COVERS("openat:O_TMPFILE", "linkat:AT_SYMLINK_FOLLOW"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_open), CALL(SYS_openat), CALL(SYS_linkat)}, .setup = setup, .run = run);
