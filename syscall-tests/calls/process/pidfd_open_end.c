/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "probe.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

enum { BY_PIDFD = 3 };

static pid_t pid;

static void waits(void *arg)
{
	EVENTUALLY(false);
}

static void setup(void)
{
	pid = child_start(waits, NULL);
}

static void run(void)
{
	siginfo_t info = {0};
	int fd = (int)REQUIRE_OK(syscall(SYS_pidfd_open, pid, 0));

	interrupt_when_late();
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(wait_events_ms(fd, POLLIN, 0), 0);
	REQUIRE_OK(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	EXPECT(wait_events(fd, POLLIN) & POLLIN, "the descriptor does not tell the child's end");
	REQUIRE_OK(waitid((idtype_t)BY_PIDFD, (id_t)fd, &info, WEXITED));
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_code, CLD_KILLED);
	EXPECT_EQ(info.si_status, SIGTERM);
	EXPECT_ERRNO(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0), ESRCH);
	EXPECT_ERRNO(syscall(SYS_pidfd_open, pid, 0), ESRCH);
	EXPECT_ERRNO(syscall(SYS_pidfd_open, getpid(), 1), EINVAL);
}

PROBE(.promise = "A descriptor of a process tells its end to poll, takes signals to it and is "
		 "waited for, and never means another process",
      .source = "man 2 pidfd_open; man 2 pidfd_send_signal; man 2 waitid (P_PIDFD)",
      .covers = COVERS("pidfd_open", "pidfd_send_signal", "waitid:P_PIDFD"),
      .call = {CALL(SYS_pidfd_open), CALL(SYS_pidfd_send_signal)}, .setup = setup, .run = run);
