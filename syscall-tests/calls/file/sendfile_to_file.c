/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "probe.h"

enum { SIZE = 70000 };

static unsigned char bytes[SIZE], got[SIZE];
static int from, to, fds[2];

static void setup(void)
{
	pattern_fill(bytes, SIZE, 0);
	from = (int)SETUP_OK(open(tmp_file("from", bytes, SIZE, 0600), O_RDONLY | O_CLOEXEC));
	to = (int)SETUP_OK(open(tmp_file("to", "head", 4, 0600), O_RDWR | O_CLOEXEC));
	SETUP_EQ(lseek(to, 4, SEEK_SET), 4);
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	struct stat st = {0};
	long n, total = 0;

	while (total < SIZE && (n = REQUIRE_OK(sendfile(to, from, NULL, (size_t)SIZE * 2))) > 0)
		total += n;
	EXPECT_EQ(total, SIZE);
	EXPECT_EQ(lseek(to, 0, SEEK_CUR), SIZE + 4);
	EXPECT_OK(fstat(to, &st));
	EXPECT_EQ(st.st_size, SIZE + 4);
	EXPECT_EQ(pread(to, got, SIZE, 4), SIZE);
	EXPECT_EQ(pattern_check(got, SIZE, 0), SIZE);
	EXPECT_EQ(sendfile(to, from, NULL, 10), 0);
	EXPECT_EQ(sendfile(fds[1], from, &(off_t){SIZE - 100}, 1000), 100);
	EXPECT_EQ(read_full(fds[0], got, 100), 100);
	EXPECT_EQ(pattern_check(got, 100, SIZE - 100), 100);
}

PROBE(.promise = "sendfile also copies into files and pipes, from position to position; busybox "
		 "cp and cat do so",
      .source = "man 2 sendfile", .covers = COVERS("sendfile"), .call = {CALL(SYS_sendfile)},
      .setup = setup, .run = run);
