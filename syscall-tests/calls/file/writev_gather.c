/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>
#include <sys/uio.h>

#include "probe.h"

static int sv[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

static void run(void)
{
	char *tail = guard_buf(3), *spare = guard_buf(2), got[16] = "";
	static struct iovec many[1025];

	tail[0] = 'g', tail[1] = 'h', tail[2] = 'i';
	struct iovec out[] = {{"abc", 3}, {bad_address(), 0}, {"def", 3}, {tail, 3}};
	struct iovec in[] = {{got, 4}, {spare, 2}, {got + 4, 10}};

	REQUIRE_EQ(writev(sv[0], out, 4), 9);
	EXPECT_EQ(readv(sv[1], in, 3), 9);
	EXPECT_BYTES(got, "abcdghi", 7);
	EXPECT_BYTES(spare, "ef", 2);
	EXPECT_ERRNO(writev(sv[0], out, -1), EINVAL);
	EXPECT_ERRNO(writev(sv[0], many, 1025), EINVAL);
	EXPECT_EQ(writev(sv[0], many, 1024), 0);
	out[0].iov_len = (size_t)1 << 63;
	EXPECT_ERRNO(writev(sv[0], out, 2), EINVAL);
	out[0] = (struct iovec){bad_address(), 3};
	EXPECT_ERRNO(writev(sv[0], out, 1), EFAULT);
}

PROBE(.promise = "writev writes its pieces in order as one, empty ones too, up to 1024 of them; "
		 "readv fills "
		 "them in order",
      .source = "man 2 writev; POSIX.1-2017 writev", .covers = COVERS("writev", "readv"),
      .call = {CALL(SYS_writev)}, .setup = setup, .run = run);
