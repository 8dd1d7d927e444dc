/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "probe.h"

enum { SIZE = 10000, FROM = 1234, COUNT = 5000 };

static unsigned char bytes[SIZE];
static int file, sv[2];

static void setup(void)
{
	pattern_fill(bytes, SIZE, 0);
	file = (int)SETUP_OK(open(tmp_file("body", bytes, SIZE, 0600), O_RDONLY | O_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_EQ(lseek(file, 77, SEEK_SET), 77);
}

static void run(void)
{
	static unsigned char got[COUNT];
	off_t offset = FROM;

	REQUIRE_EQ(sendfile(sv[0], file, &offset, COUNT), COUNT);
	EXPECT_EQ(offset, FROM + COUNT);
	EXPECT_EQ(lseek(file, 0, SEEK_CUR), 77);
	EXPECT_EQ(read_full(sv[1], got, COUNT), COUNT);
	EXPECT_EQ(pattern_check(got, COUNT, FROM), COUNT);

	/* Without an offset it is the file's position that counts and moves. */
	REQUIRE_EQ(sendfile(sv[0], file, NULL, 100), 100);
	EXPECT_EQ(lseek(file, 0, SEEK_CUR), 177);
	EXPECT_EQ(read_full(sv[1], got, 100), 100);
	EXPECT_EQ(pattern_check(got, 100, 77), 100);
}

PROBE(.promise =
	      "sendfile with an offset reads from there, writes back where it ended and leaves the "
	      "file position; without one it moves the position",
      .source = "man 2 sendfile", .covers = COVERS("sendfile"), .call = {CALL(SYS_sendfile)},
      .setup = setup, .run = run);
