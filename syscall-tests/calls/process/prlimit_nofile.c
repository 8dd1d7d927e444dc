/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/resource.h>

#include "probe.h"

static void run(void)
{
	struct rlimit small = {.rlim_cur = 20, .rlim_max = 50}, got = {0}, more = {20, 60};
	int fd = -1, highest = -1;

	REQUIRE_OK(setrlimit(RLIMIT_NOFILE, &small));
	EXPECT_OK(getrlimit(RLIMIT_NOFILE, &got));
	EXPECT_EQ(got.rlim_cur, 20);
	EXPECT_EQ(got.rlim_max, 50);
	for (int i = 0; i < 40 && (fd = open("/dev/null", O_RDONLY)) >= 0; i++)
		highest = fd;
	EXPECT(fd == -1 && errno == EMFILE, "opening past the limit gave %s", errno_name(errno));
	EXPECT_EQ(highest, 19);
	EXPECT_ERRNO(dup(0), EMFILE);

	small.rlim_cur = 51;
	EXPECT_ERRNO(setrlimit(RLIMIT_NOFILE, &small), EINVAL);
	SETUP_OK(setuid(1000));
	SETUP_EQ(geteuid(), 1000);
	EXPECT_ERRNO(setrlimit(RLIMIT_NOFILE, &more), EPERM);
	more.rlim_cur = more.rlim_max = 50;
	EXPECT_OK(setrlimit(RLIMIT_NOFILE, &more));
	EXPECT_EQ(dup(0), 20);
}

PROBE(.promise =
	      "RLIMIT_NOFILE bounds descriptor numbers with EMFILE; the soft limit moves below the "
	      "hard one, which an ordinary process cannot raise",
      .source = "man 2 getrlimit; POSIX.1-2017 setrlimit",
      .covers = COVERS("prlimit64:RLIMIT_NOFILE", "setrlimit:RLIMIT_NOFILE", "dup"),
      .needs = NEEDS("root"), .call = {CALL(SYS_prlimit64), CALL(SYS_setrlimit)}, .run = run);
