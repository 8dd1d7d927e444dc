/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "probe.h"

static int file, fds[2];

static void setup(void)
{
	file = (int)SETUP_OK(open(tmp_file("file", "01234", 5, 0600), O_WRONLY | O_CLOEXEC));
	SETUP_OK(pipe(fds));
	signal_watch(SIGXFSZ);
}

static void run(void)
{
	struct rlimit limit = {.rlim_cur = 10, .rlim_max = 10};
	struct stat st = {0};

	REQUIRE_OK(setrlimit(RLIMIT_FSIZE, &limit));
	EXPECT_EQ(write(file, "abcdefghijklmno", 15), 10);
	EXPECT_EQ(signal_count(SIGXFSZ), 0);
	EXPECT_ERRNO(write(file, "x", 1), EFBIG);
	EXPECT_EQ(signal_count(SIGXFSZ), 1);
	EXPECT_OK(fstat(file, &st));
	EXPECT_EQ(st.st_size, 10);
	/* It is a limit of files alone. */
	EXPECT_EQ(write(fds[1], "abcdefghijklmno", 15), 15);
}

PROBE(.promise = "Under RLIMIT_FSIZE a file is written up to the limit, then there are EFBIG and "
		 "SIGXFSZ; sshd's sandbox sets it to 0",
      .source = "man 2 getrlimit; POSIX.1-2017 write", .covers = COVERS("prlimit64:RLIMIT_FSIZE"),
      .call = {CALL_IF(SYS_prlimit64, 1, RLIMIT_FSIZE), CALL_IF(SYS_setrlimit, 0, RLIMIT_FSIZE)},
      .setup = setup, .run = run);
