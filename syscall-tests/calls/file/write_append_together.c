/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

enum { WRITERS = 2, RECORDS = 30, LEN = 100 };

static const char *path;

static void setup(void)
{
	path = tmp_file("log", "", 0, 0600);
}

static void writer(void *arg)
{
	int fd = (int)SETUP_OK(open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
	char record[LEN];

	memset(record, *(const char *)arg, LEN);
	record[LEN - 1] = '\n';
	SETUP(mark_wait(0), "the other process did not go on");
	for (int i = 0; i < RECORDS; i++)
		REQUIRE_EQ(write(fd, record, LEN), LEN);
}

static void run(void)
{
	static char text[WRITERS * RECORDS * LEN + 1];
	pid_t pid[WRITERS];
	int seen[WRITERS] = {0}, fd;

	for (int i = 0; i < WRITERS; i++)
		pid[i] = child_start(writer, i ? "b" : "a");
	mark_set(0, 1);
	for (int i = 0; i < WRITERS; i++)
		child_end(pid[i]);
	fd = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
	REQUIRE_EQ(read(fd, text, sizeof(text)), WRITERS * RECORDS * LEN);
	for (int i = 0; i < WRITERS * RECORDS; i++) {
		const char *record = text + (ptrdiff_t)i * LEN;
		char whole[LEN];

		memset(whole, record[0], LEN);
		whole[LEN - 1] = '\n';
		REQUIRE((record[0] == 'a' || record[0] == 'b') && !memcmp(record, whole, LEN),
			"record %d of the file is not one of those written", i);
		seen[record[0] - 'a']++;
	}
	EXPECT_EQ(seen[0], RECORDS);
	EXPECT_EQ(seen[1], RECORDS);
}

PROBE(.promise = "With O_APPEND each write goes to the end of the file as one: processes that "
		 "write one log lose nothing and do not mix lines",
      .source = "man 2 open (O_APPEND); POSIX.1-2017 write",
      .covers = COVERS("openat:O_APPEND", "write"), .call = {CALL(SYS_write)}, .setup = setup,
      .run = run);
