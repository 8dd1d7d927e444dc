/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/signalfd.h>

#include "probe.h"

static sigset_t blocked;

static void setup(void)
{
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGCHLD);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
}

static void run(void)
{
	struct signalfd_siginfo *info = guard_buf(sizeof(*info));
	int fd = (int)REQUIRE_OK(signalfd(-1, &blocked, SFD_NONBLOCK | SFD_CLOEXEC));
	sigset_t pending;

	EXPECT_ERRNO(read(fd, info, sizeof(*info)), EAGAIN);
	EXPECT_EQ(wait_events_ms(fd, POLLIN, 0), 0);
	SETUP_OK(kill(getpid(), SIGUSR1));
	EXPECT_EQ(wait_events(fd, POLLIN), POLLIN);
	EXPECT_EQ(read(fd, info, sizeof(*info)), (long)sizeof(*info));
	EXPECT_EQ(info->ssi_signo, SIGUSR1);
	EXPECT_EQ(info->ssi_pid, getpid());
	EXPECT_EQ(info->ssi_code, SI_USER);
	sigfillset(&pending);
	SETUP_OK(sigpending(&pending));
	EXPECT_EQ(sigismember(&pending, SIGUSR1), 0);
	EXPECT_ERRNO(read(fd, info, sizeof(*info) - 1), EINVAL);
}

PROBE(.promise =
	      "A signalfd is readable while a signal of its mask is pending, and reading takes the "
	      "signal with who sent it",
      .source = "man 2 signalfd",
      .covers = COVERS("signalfd4", "signalfd4:SFD_NONBLOCK", "rt_sigpending"),
      .call = {CALL(SYS_signalfd4), CALL(SYS_signalfd)}, .setup = setup, .run = run);
