/* SPDX-License-Identifier: MIT */
#include <poll.h>

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
	struct timespec zero = {0}, *forever = NULL;
	struct pollfd p = {.fd = fds[0], .events = POLLIN};
	sigset_t none, now;

	EXPECT_EQ(ppoll(&p, 1, &zero, NULL), 0);
	EXPECT_EQ(signal_count(SIGCHLD), 0);
	sigemptyset(&none);
	EXPECT_ERRNO(ppoll(&p, 1, forever, &none), EINTR);
	EXPECT(signal_count(SIGCHLD) == 1,
	       "ppoll returned and the handler has run %d times, expected 1",
	       signal_count(SIGCHLD));
	SETUP_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	EXPECT_EQ(sigismember(&now, SIGCHLD), 1);
	SETUP_EQ(write(fds[1], "x", 1), 1);
	EXPECT_EQ(ppoll(&p, 1, forever, &none), 1);
	EXPECT_EQ(p.revents, POLLIN);
}

PROBE(.promise =
	      "ppoll waits with the signal mask given, so that a child's end is never missed; sshd "
	      "waits in it",
      .source = "man 2 ppoll", .covers = COVERS("ppoll"), .call = {CALL(SYS_ppoll)}, .setup = setup,
      .run = run);
