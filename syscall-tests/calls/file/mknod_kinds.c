/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static const char *fifo, *socket_path, *file, *plain;

static void setup(void)
{
	fifo = tmp_path("fifo");
	socket_path = tmp_path("socket");
	file = tmp_path("file");
	plain = tmp_path("plain");
}

static void expect_kind(const char *path, mode_t mode)
{
	struct stat st = {0};

	EXPECT_OK(lstat(path, &st));
	EXPECT_EQ(st.st_mode, mode);
	EXPECT_EQ(st.st_nlink, 1);
	EXPECT_EQ(st.st_size, 0);
}

static void run(void)
{
	REQUIRE_OK(mknod(fifo, S_IFIFO | 0622, 0));
	expect_kind(fifo, S_IFIFO | 0600);
	REQUIRE_OK(mknod(file, S_IFREG | 0640, 0));
	expect_kind(file, S_IFREG | 0640);
	REQUIRE_OK(mknod(socket_path, S_IFSOCK | 0700, 0));
	expect_kind(socket_path, S_IFSOCK | 0700);
	/* No kind at all is a regular file. */
	REQUIRE_OK(mknod(plain, 0600, 0));
	expect_kind(plain, S_IFREG | 0600);
	EXPECT_ERRNO(mknod(plain, S_IFIFO | 0600, 0), EEXIST);
	EXPECT_ERRNO(open(socket_path, O_RDWR), ENXIO);
}

PROBE(.promise = "mknod makes fifos, sockets and regular files, for everybody, and never over what "
		 "is there",
      .source = "man 2 mknod; POSIX.1-2017 mknod", .covers = COVERS("mknod", "mknod:S_IFIFO"),
      .call = {CALL(SYS_mknod), CALL(SYS_mknodat)}, .setup = setup, .run = run);
