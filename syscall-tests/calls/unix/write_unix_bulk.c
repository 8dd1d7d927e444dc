/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"

enum { BULK = 400000, CHUNK = 65536 };

static int sv[2];
static unsigned char bytes[BULK], chunk[CHUNK];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	pattern_fill(bytes, sizeof(bytes), 0);
}

static void reader(void *arg)
{
	size_t got = 0;

	SETUP_OK(close(sv[0]));
	for (;;) {
		ssize_t n = SETUP_OK(read(sv[1], chunk, sizeof(chunk)));

		if (n == 0)
			break;
		EXPECT(pattern_check(chunk, (size_t)n, got) == (size_t)n,
		       "the bytes after %zu are not those that were sent", got);
		got += (size_t)n;
	}
	EXPECT_EQ(got, BULK);
	mark_set(0, 1);
}

static void run(void)
{
	pid_t pid = child_start(reader, NULL);

	interrupt_when_late();
	SETUP_OK(close(sv[1]));
	/* More than fits: it waits until all of it was taken. */
	REQUIRE_EQ(write(sv[0], bytes, sizeof(bytes)), BULK);
	SETUP_OK(close(sv[0]));
	child_end(pid);
	EXPECT_EQ(mark_get(0), 1);
}

PROBE(.promise = "A blocking write to a unix stream waits for its reader and takes all bytes, "
		 "which arrive in order and to the last",
      .source = "POSIX.1-2017 write; man 7 unix", .covers = COVERS("write:AF_UNIX"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
