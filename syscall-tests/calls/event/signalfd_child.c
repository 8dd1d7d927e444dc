/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "probe.h"

static sigset_t blocked;

static void setup(void)
{
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	SETUP_OK(sigprocmask(SIG_BLOCK, &blocked, NULL));
}

static void child(void *arg)
{
	_exit(7);
}

static void run(void)
{
	struct signalfd_siginfo info = {0};
	int fd = (int)REQUIRE_OK(signalfd(-1, &blocked, SFD_CLOEXEC)), status;
	pid_t pid = child_start(child, NULL);

	REQUIRE(wait_events(fd, POLLIN) == POLLIN, "no signal came when the child had ended");
	EXPECT_EQ(read(fd, &info, sizeof(info)), (long)sizeof(info));
	EXPECT_EQ(info.ssi_signo, SIGCHLD);
	EXPECT_EQ(info.ssi_code, CLD_EXITED);
	EXPECT_EQ(info.ssi_pid, pid);
	EXPECT_EQ(info.ssi_uid, getuid());
	EXPECT_EQ(info.ssi_status, 7);
	/* Who ended is still to be waited for. */
	status = child_join(pid);
	SETUP(WIFEXITED(status) && WEXITSTATUS(status) == 7, "the child ended with %s",
	      wait_name(status));
}

PROBE(.promise = "The end of a child wakes who polls a signalfd of SIGCHLD, and the information "
		 "says which and how: the main loop of supervisors",
      .source = "man 2 signalfd; man 2 sigaction (SIGCHLD)", .covers = COVERS("signalfd4"),
      .call = {CALL(SYS_signalfd4), CALL(SYS_signalfd)}, .setup = setup, .run = run);
