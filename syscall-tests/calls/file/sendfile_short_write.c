/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "probe.h"

enum { SIZE = 200000 };

static unsigned char bytes[SIZE], got[SIZE];
static int file, sv[2];

static void setup(void)
{
	int small = 16384;

	pattern_fill(bytes, SIZE, 0);
	file = (int)SETUP_OK(open(tmp_file("body", bytes, SIZE, 0600), O_RDONLY | O_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sv));
	setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
}

static long drain(long have)
{
	long n = 0;

	while (have < SIZE && (n = read(sv[1], got + have, (size_t)(SIZE - have))) > 0)
		have += n;
	SETUP(have == SIZE || (n == -1 && errno == EAGAIN), "reading ended with %ld, %s", n,
	      errno_name(errno));
	return have;
}

static void run(void)
{
	long sent = 0, have = 0;
	bool full = false;

	while (sent < SIZE && patience_ms() > 1) {
		long n = sendfile(sv[0], file, NULL, (size_t)(SIZE - sent));

		if (n > 0)
			sent += n;
		REQUIRE(n > 0 || (n == -1 && errno == EAGAIN),
			"after %ld bytes sendfile gave %ld, %s", sent, n, errno_name(errno));
		EXPECT_EQ(lseek(file, 0, SEEK_CUR), sent);
		if (n > 0 && sent < SIZE)
			continue;
		full |= n < 0;
		have = drain(have);
	}
	have = drain(have);
	SETUP(full, "the socket was never full: the question was not asked");
	EXPECT_EQ(sent, SIZE);
	EXPECT_EQ(have, SIZE);
	EXPECT_EQ(pattern_check(got, (size_t)have, 0), have);
}

PROBE(.promise = "When the socket takes only a part, sendfile says how much, the file position "
		 "moves by "
		 "that much, and no byte is lost or sent twice",
      .source = "man 2 sendfile", .covers = COVERS("sendfile", "sendfile:EAGAIN"),
      .call = {CALL(SYS_sendfile)}, .setup = setup, .run = run);
