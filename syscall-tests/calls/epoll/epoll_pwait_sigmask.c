/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static int ep;
static sigset_t blocked;

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	signal_watch(SIGUSR1);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
	SETUP_OK(raise(SIGUSR1));
}

static void run(void)
{
	struct epoll_event ev;
	sigset_t none, now;

	EXPECT_EQ(epoll_pwait(ep, &ev, 1, 0, &blocked), 0);
	EXPECT_EQ(signal_count(SIGUSR1), 0);
	sigemptyset(&none);
	EXPECT_ERRNO(epoll_pwait(ep, &ev, 1, patience_ms(), &none), EINTR);
	EXPECT_EQ(signal_count(SIGUSR1), 1);
	SETUP_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	EXPECT_EQ(sigismember(&now, SIGUSR1), 1);
}

PROBE(.promise =
	      "epoll_pwait waits with the signal mask given: a pending signal interrupts it with "
	      "EINTR, and the old mask returns",
      .source = "man 2 epoll_pwait", .covers = COVERS("epoll_pwait"),
      .call = {CALL(SYS_epoll_pwait)}, .setup = setup, .run = run);
