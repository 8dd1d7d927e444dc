/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>

#include "probe.h"

static int fds[2], ep;

static void on_alarm(int sig)
{
}

static void setup(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	struct sigaction act = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 2000}, {0, 2000}};

	SETUP_OK(pipe(fds));
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
	SETUP_OK(sigaction(SIGALRM, &act, NULL));
	SETUP_OK(setitimer(ITIMER_REAL, &often, NULL));
}

static void run(void)
{
	struct pollfd p = {.fd = fds[0], .events = POLLIN};
	struct epoll_event ev;
	fd_set set;

	EXPECT_ERRNO(poll(&p, 1, -1), EINTR);
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	EXPECT_ERRNO(select(fds[0] + 1, &set, NULL, NULL, NULL), EINTR);
	EXPECT_ERRNO(epoll_wait(ep, &ev, 1, -1), EINTR);
}

PROBE(.promise = "poll, select and epoll_wait end with EINTR when a signal was handled, also with "
		 "SA_RESTART: how servers notice that they shall stop",
      .source = "man 7 signal (Interruption of system calls)",
      .covers = COVERS("poll:EINTR", "select:EINTR", "epoll_wait:EINTR"),
      .call = {CALL(SYS_poll), CALL(SYS_select), CALL(SYS_epoll_wait), CALL(SYS_epoll_pwait)},
      .setup = setup, .run = run);
