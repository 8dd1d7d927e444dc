/* SPDX-License-Identifier: MIT */
#include <sys/signalfd.h>

#include "probe.h"

enum { SIGNALS = 3 };

static sigset_t blocked;

static void setup(void)
{
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGRTMIN);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
	for (int i = 0; i < SIGNALS; i++)
		SETUP_OK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 70 + i}));
}

static void run(void)
{
	/* Room for one too many. */
	struct signalfd_siginfo info[SIGNALS + 1] = {{0}};
	int fd = (int)REQUIRE_OK(signalfd(-1, &blocked, SFD_NONBLOCK | SFD_CLOEXEC));

	REQUIRE_EQ(read(fd, info, sizeof(info)), (long)(SIGNALS * sizeof(info[0])));
	for (int i = 0; i < SIGNALS; i++) {
		EXPECT_EQ(info[i].ssi_signo, SIGRTMIN);
		EXPECT_EQ(info[i].ssi_code, SI_QUEUE);
		EXPECT_EQ(info[i].ssi_int, 70 + i);
	}
	EXPECT_ERRNO(read(fd, info, sizeof(info)), EAGAIN);
}

PROBE(.promise = "A read of a signalfd takes as many signals as there are and fit, queued ones "
		 "in their order, each with the value it was sent with",
      .source = "man 2 signalfd; man 7 signal", .covers = COVERS("signalfd4", "rt_sigqueueinfo"),
      .call = {CALL(SYS_signalfd4), CALL(SYS_signalfd)}, .setup = setup, .run = run);
