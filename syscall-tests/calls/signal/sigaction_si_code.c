/* SPDX-License-Identifier: MIT */
#include "probe.h"

static pid_t parent;

static void setup(void)
{
	parent = getpid();
	signal_watch(SIGUSR1);
}

static void child(void *arg)
{
	REQUIRE_OK(kill(parent, SIGUSR1));
}

static void expect_last(int n, int code, pid_t pid)
{
	REQUIRE(EVENTUALLY(signal_count(SIGUSR1) == n), "signal %d did not come", n);
	EXPECT_EQ(signal_last(SIGUSR1)->si_signo, SIGUSR1);
	EXPECT_EQ(signal_last(SIGUSR1)->si_code, code);
	EXPECT_EQ(signal_last(SIGUSR1)->si_pid, pid);
	EXPECT_EQ(signal_last(SIGUSR1)->si_uid, getuid());
}

static void run(void)
{
	pid_t pid = child_start(child, NULL);

	expect_last(1, SI_USER, pid);
	child_end(pid);
	REQUIRE_OK(sigqueue(parent, SIGUSR1, (union sigval){.sival_int = 4711}));
	expect_last(2, SI_QUEUE, parent);
	EXPECT_EQ(signal_last(SIGUSR1)->si_value.sival_int, 4711);
	REQUIRE_OK(syscall(SYS_tgkill, parent, syscall(SYS_gettid), SIGUSR1));
	expect_last(3, SI_TKILL, parent);
}

PROBE(.promise = "A handler is told who sent its signal and how: SI_USER by kill, SI_QUEUE with "
		 "the value by sigqueue, SI_TKILL by tgkill",
      .source = "man 2 sigaction (siginfo_t); POSIX.1-2017 2.4.3",
      .covers = COVERS("rt_sigaction:SA_SIGINFO", "kill", "rt_sigqueueinfo", "tgkill"),
      .call = {CALL(SYS_kill), CALL(SYS_rt_sigqueueinfo), CALL(SYS_tgkill)}, .setup = setup,
      .run = run);
