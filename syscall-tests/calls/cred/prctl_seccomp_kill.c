/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>
#include <sys/wait.h>

#include "probe.h"
#include "lib/bpf.h"

static void setup(void)
{
	SETUP_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void breaks_out(void *arg)
{
	struct sock_filter filter[] = {
		BPF_LOAD_NR,
		BPF_UNLESS(SYS_getsid, 1),
		BPF_ANSWER(*(const unsigned *)arg),
		BPF_ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = BPF_PROGRAM(filter);

	REQUIRE_OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	mark_set(0, 1);
	syscall(SYS_getsid, 0);
	mark_set(1, 1);
}

static void expect_killed(unsigned action)
{
	int status;

	mark_set(0, 0);
	status = child_join(child_start(breaks_out, &action));
	REQUIRE(mark_get(0), "the filter was not installed");
	EXPECT(!mark_get(1), "the forbidden call came back");
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
	       "after the forbidden call there was %s, not death by SIGSYS", wait_name(status));
}

static void run(void)
{
	expect_killed(SECCOMP_RET_KILL_PROCESS);
	expect_killed(SECCOMP_RET_KILL_THREAD);
	EXPECT_EQ(syscall(SYS_getsid, 0), getpid());
}

PROBE(.promise = "A call that a seccomp filter answers with kill ends the process as by SIGSYS and "
		 "is not made; others do not feel it",
      .source = "man 2 seccomp (SECCOMP_RET_KILL_PROCESS)",
      .covers = COVERS("prctl:PR_SET_SECCOMP", "prctl:SECCOMP_RET_KILL"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_SECCOMP)}, .setup = setup, .run = run);
