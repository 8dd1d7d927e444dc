/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "probe.h"

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

enum { PIDFD = 0x1000, PARENT_SETTID = 0x100000, CODE = 6 };

/* The first version of what clone3 takes. */
struct arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static void run(void)
{
	int pidfd = -1, tid = 0, status;
	struct arguments args = {.flags = PIDFD | PARENT_SETTID,
				 .pidfd = (uintptr_t)&pidfd,
				 .parent_tid = (uintptr_t)&tid,
				 .exit_signal = SIGCHLD};
	pid_t pid;

	EXPECT_ERRNO(syscall(SYS_clone3, &args, sizeof(args) - 8), EINVAL);
	pid = (pid_t)REQUIRE_OK(syscall(SYS_clone3, &args, sizeof(args)));
	if (pid == 0) {
		mark_wait(0);
		_exit(CODE);
	}
	child_remember(pid);
	EXPECT_EQ(tid, pid);
	REQUIRE(pidfd >= 0, "there is no descriptor of the child");
	EXPECT_EQ(fcntl(pidfd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(wait_events_ms(pidfd, POLLIN, 0), 0);
	mark_set(0, 1);
	EXPECT(wait_events(pidfd, POLLIN) & POLLIN, "the descriptor does not tell the child's end");
	status = child_join(pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == CODE, "the child ended with %s",
	       wait_name(status));
}

PROBE(.promise = "clone3 starts a process and gives its number and a descriptor that tells its "
		 "end; glibc's pthread_create and systemd call it first",
      .source = "man 2 clone3 (CLONE_PIDFD, CLONE_PARENT_SETTID)",
      .covers = COVERS("clone3", "clone:CLONE_PIDFD"), .call = {CALL(SYS_clone3)}, .run = run);
