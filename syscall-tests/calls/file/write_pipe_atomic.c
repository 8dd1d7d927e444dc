/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>

#include "probe.h"

/* Together more than a pipe holds, and no whole number of them fills it. */
enum { RECORD = 3000, RECORDS = 15 };

static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe2(fds, O_CLOEXEC));
}

static void writer(void *arg)
{
	char record[RECORD];

	memset(record, *(const char *)arg, RECORD);
	for (int i = 0; i < RECORDS; i++)
		REQUIRE_EQ(write(fds[1], record, RECORD), RECORD);
}

static void run(void)
{
	char got[RECORD];
	pid_t a = child_start(writer, "a"), b = child_start(writer, "b");
	int of_a = 0;

	for (int i = 0; i < 2 * RECORDS; i++) {
		REQUIRE_EQ(read_full(fds[0], got, RECORD), RECORD);
		REQUIRE(memcmp(got, got + 1, RECORD - 1) == 0, "a piece is mixed of both writers'");
		of_a += got[0] == 'a';
	}
	EXPECT_EQ(of_a, RECORDS);
	child_end(a);
	child_end(b);
}

PROBE(.promise = "What is written to a pipe at once, up to PIPE_BUF bytes, is not mixed with what "
		 "others write, also where the writers wait for room",
      .source = "man 7 pipe (PIPE_BUF); POSIX.1-2017 write", .covers = COVERS("write"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
