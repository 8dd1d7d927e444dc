/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>

#include "probe.h"
#include "lib/user.h"

static void user(void *arg)
{
	struct rlimit none = {0, 0}, got = {7, 7};
	pid_t pid;

	REQUIRE_OK(setrlimit(RLIMIT_NPROC, &none));
	EXPECT_OK(getrlimit(RLIMIT_NPROC, &got));
	EXPECT_EQ(got.rlim_cur, 0);
	EXPECT_EQ(got.rlim_max, 0);
	errno = 0;
	pid = fork();
	if (pid == 0)
		_exit(0);
	EXPECT(pid == -1 && errno == EAGAIN, "fork under a limit of 0: expected EAGAIN, saw %s",
	       pid == -1 ? errno_name(errno) : "success");
	if (pid > 0)
		child_end(pid);
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "An ordinary user whose RLIMIT_NPROC is 0 starts no process (EAGAIN): sshd's "
		 "sandbox relies on it, and it stops fork bombs",
      .source = "man 2 getrlimit; man 2 fork (EAGAIN)",
      .covers = COVERS("prlimit64:RLIMIT_NPROC", "fork:EAGAIN"), .needs = NEEDS("root"),
      .call = {CALL_IF(SYS_prlimit64, 1, RLIMIT_NPROC), CALL_IF(SYS_setrlimit, 0, RLIMIT_NPROC)},
      .run = run);
