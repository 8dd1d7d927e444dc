/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *path;
static int fd;

static void setup(void)
{
	path = tmp_file("file", "0123456789", 10, 0600);
	fd = (int)SETUP_OK(open(path, O_RDWR | O_CLOEXEC));
}

static void run(void)
{
	struct stat st = {.st_nlink = 7};
	char buf[10] = "";
	int fresh;

	REQUIRE_OK(unlink(path));
	EXPECT_ERRNO(stat(path, &st), ENOENT);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_nlink, 0);
	EXPECT_EQ(st.st_size, 10);
	fresh = (int)REQUIRE_OK(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	SETUP_EQ(write(fresh, "new", 3), 3);
	EXPECT_EQ(pwrite(fd, "AB", 2, 4), 2);
	EXPECT_EQ(pread(fd, buf, 10, 0), 10);
	EXPECT_BYTES(buf, "0123AB6789", 10);
	EXPECT_EQ(pread(fresh, buf, 10, 0), 3);
	EXPECT_BYTES(buf, "new3", 4);
	EXPECT_ERRNO(unlink(tmp_path("nothing")), ENOENT);
}

PROBE(.promise =
	      "A file that is open lives on when its last name is removed, readable and "
	      "writable, and its name is free at once; nginx's bodies in temporary files are such",
      .source = "man 2 unlink; POSIX.1-2017 unlink", .covers = COVERS("unlink", "fstat"),
      .call = {CALL(SYS_unlink), CALL(SYS_unlinkat)}, .setup = setup, .run = run);
