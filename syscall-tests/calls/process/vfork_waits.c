/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "probe.h"

enum { CODE = 5 };

static volatile int written;

static void run(void)
{
	int status = -1;
	pid_t pid = (pid_t)REQUIRE_OK(vfork());

	if (pid == 0) {
		pause_briefly();
		pause_briefly();
		written = (int)syscall(SYS_getpid);
		_exit(CODE);
	}
	child_remember(pid);
	EXPECT(written != 0, "the parent went on before its child ended, or saw nothing of what "
			     "it wrote");
	if (written != 0)
		EXPECT_EQ(written, pid);
	status = child_join(pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == CODE, "the child ended with %s",
	       wait_name(status));
}

PROBE(.promise = "vfork's parent waits for its child's end, and sees what that wrote to memory: "
		 "shells and make start programs so",
      .source = "man 2 vfork", .covers = COVERS("vfork"), .call = {CALL(SYS_vfork)}, .run = run);
