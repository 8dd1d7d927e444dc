/* SPDX-License-Identifier: MIT */
#include <sys/select.h>

#include "probe.h"

static sigset_t blocked;
static int fds[2];

static void setup(void)
{
	SETUP_OK(pipe(fds));
	signal_watch(SIGCHLD);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
	SETUP_OK(raise(SIGCHLD));
	interrupt_when_late();
}

static void run(void)
{
	sigset_t none, now;
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	sigemptyset(&none);
	EXPECT_ERRNO(pselect(fds[0] + 1, &set, NULL, NULL, NULL, &none), EINTR);
	EXPECT(signal_count(SIGCHLD) == 1,
	       "pselect returned and the handler has run %d times, expected 1",
	       signal_count(SIGCHLD));
	SETUP_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	EXPECT_EQ(sigismember(&now, SIGCHLD), 1);
}

PROBE(.promise = "pselect interrupted by a signal its mask lets through has run the handler when "
		 "it returns; "
		 "programs that wait for children rely on it",
      .source = "man 2 pselect; POSIX.1-2017 pselect", .covers = COVERS("pselect6"),
      .call = {CALL(SYS_pselect6)}, .setup = setup, .run = run);
