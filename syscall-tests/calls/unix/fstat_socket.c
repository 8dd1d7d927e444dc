/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>
#include <sys/stat.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

static void run(void)
{
	struct stat one = {0}, two = {0};

	REQUIRE_OK(fstat(sv[0], &one));
	REQUIRE_OK(fstat(sv[1], &two));
	EXPECT_EQ(one.st_mode & S_IFMT, S_IFSOCK);
	EXPECT_EQ(two.st_mode & S_IFMT, S_IFSOCK);
	EXPECT(one.st_dev == two.st_dev && one.st_ino != two.st_ino,
	       "two sockets are one file, or of two file systems");
	EXPECT_EQ(one.st_uid, geteuid());
}

PROBE(.promise = "fstat tells that a descriptor is a socket, and which: a shell started by sshd "
		 "asks it of its input",
      .source = "man 2 fstat; man 7 inode", .covers = COVERS("fstat:S_IFSOCK"),
      .call = {CALL(SYS_fstat), CALL(SYS_newfstatat)}, .setup = setup, .run = run);
