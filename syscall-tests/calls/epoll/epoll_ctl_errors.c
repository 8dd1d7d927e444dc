/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/epoll.h>

#include "probe.h"

static int ep, fds[2], file;

static void setup(void)
{
	ep = (int)SETUP_OK(epoll_create1(EPOLL_CLOEXEC));
	SETUP_OK(pipe(fds));
	file = (int)SETUP_OK(open(tmp_file("file", "x", 1, 0600), O_RDONLY | O_CLOEXEC));
}

static void run(void)
{
	struct epoll_event ev = {.events = EPOLLIN};

	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_MOD, fds[0], &ev), ENOENT);
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_DEL, fds[0], NULL), ENOENT);
	REQUIRE_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev));
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev), EEXIST);
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &ev), EINVAL);
	EXPECT_ERRNO(epoll_ctl(fds[1], EPOLL_CTL_ADD, fds[0], &ev), EINVAL);
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, file, &ev), EPERM);
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, 999, &ev), EBADF);
	EXPECT_ERRNO(epoll_ctl(999, EPOLL_CTL_ADD, fds[0], &ev), EBADF);
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, fds[1], bad_address()), EFAULT);
	EXPECT_ERRNO(epoll_ctl(ep, 77, fds[0], &ev), EINVAL);
	EXPECT_OK(epoll_ctl(ep, EPOLL_CTL_DEL, fds[0], NULL));
	EXPECT_ERRNO(epoll_ctl(ep, EPOLL_CTL_DEL, fds[0], NULL), ENOENT);
}

PROBE(.promise = "epoll_ctl says what is wrong: ENOENT, EEXIST, EINVAL, EBADF, EFAULT, and EPERM "
		 "for a "
		 "regular file",
      .source = "man 2 epoll_ctl",
      .covers = COVERS("epoll_ctl:EPOLL_CTL_ADD", "epoll_ctl:EPOLL_CTL_DEL",
		       "epoll_ctl:EPOLL_CTL_MOD"),
      .call = {CALL(SYS_epoll_ctl)}, .setup = setup, .run = run);
