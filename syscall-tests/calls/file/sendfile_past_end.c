/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "probe.h"

enum { SIZE = 100 };

static unsigned char bytes[SIZE];
static int file, write_only, sv[2];

static void setup(void)
{
	const char *path = tmp_file("body", bytes, SIZE, 0600);

	file = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	write_only = (int)SETUP_OK(open(path, O_WRONLY | O_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

static void run(void)
{
	off_t offset = 90;

	EXPECT_EQ(sendfile(sv[0], file, &offset, 1000), 10);
	offset = 100;
	EXPECT_EQ(sendfile(sv[0], file, &offset, 1000), 0);
	offset = 5000;
	EXPECT_EQ(sendfile(sv[0], file, &offset, 1000), 0);
	EXPECT_EQ(offset, 5000);
	offset = 0;
	EXPECT_EQ(sendfile(sv[0], file, &offset, 0), 0);
	offset = -1;
	EXPECT_ERRNO(sendfile(sv[0], file, &offset, 10), EINVAL);
	offset = 0;
	EXPECT_ERRNO(sendfile(sv[0], write_only, &offset, 10), EBADF);
	EXPECT_ERRNO(sendfile(file, file, &offset, 10), EBADF);
	EXPECT_ERRNO(sendfile(sv[0], 999, &offset, 10), EBADF);
}

PROBE(.promise = "sendfile stops at the end of the file, gives 0 there and beyond, and refuses "
		 "negative "
		 "offsets and descriptors of the wrong kind",
      .source = "man 2 sendfile", .covers = COVERS("sendfile"), .call = {CALL(SYS_sendfile)},
      .setup = setup, .run = run);
