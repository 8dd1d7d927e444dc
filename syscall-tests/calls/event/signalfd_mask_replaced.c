/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/signalfd.h>

#include "probe.h"

static sigset_t first, second;

static void setup(void)
{
	sigset_t both;

	sigemptyset(&first);
	sigaddset(&first, SIGUSR1);
	sigemptyset(&second);
	sigaddset(&second, SIGUSR2);
	both = first;
	sigaddset(&both, SIGUSR2);
	SETUP_OK(sigprocmask(SIG_BLOCK, &both, NULL));
	SETUP_OK(kill(getpid(), SIGUSR2));
	interrupt_when_late();
}

static void run(void)
{
	struct signalfd_siginfo info = {0};
	int fd = (int)REQUIRE_OK(signalfd(-1, &first, SFD_NONBLOCK | SFD_CLOEXEC));

	/* What is pending is not of its mask. */
	EXPECT_EQ(wait_events_ms(fd, POLLIN, 0), 0);
	EXPECT_ERRNO(read(fd, &info, sizeof(info)), EAGAIN);
	REQUIRE_EQ(signalfd(fd, &second, 0), fd);
	EXPECT_EQ(wait_events_ms(fd, POLLIN, 0), POLLIN);
	EXPECT_EQ(read(fd, &info, sizeof(info)), (long)sizeof(info));
	EXPECT_EQ(info.ssi_signo, SIGUSR2);
	SETUP_OK(kill(getpid(), SIGUSR1));
	EXPECT_EQ(wait_events_ms(fd, POLLIN, 0), 0);
	REQUIRE_EQ(signalfd(fd, &first, 0), fd);
	EXPECT_EQ(read(fd, &info, sizeof(info)), (long)sizeof(info));
	EXPECT_EQ(info.ssi_signo, SIGUSR1);
}

PROBE(.promise = "signalfd on a descriptor that is one replaces its mask: what was pending before "
		 "is told at once if it is of the new one, and nothing of the old",
      .source = "man 2 signalfd", .covers = COVERS("signalfd4"),
      .call = {CALL(SYS_signalfd4), CALL(SYS_signalfd)}, .setup = setup, .run = run);
