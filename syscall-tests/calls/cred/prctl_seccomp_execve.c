/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/prctl.h>

#include "probe.h"
#include "lib/bpf.h"
#include "lib/tiny.h"

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_NOTHING);
	SETUP_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void confine(void *arg)
{
	struct sock_filter filter[] = {
		BPF_LOAD_NR,
		BPF_UNLESS(SYS_getpid, 1),
		BPF_ANSWER(SECCOMP_RET_ERRNO | EDOM),
		BPF_ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = BPF_PROGRAM(filter);

	REQUIRE_OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;
	char refused[32];

	/* The program knows no errno: it tells what the kernel gave. */
	snprintf(refused, sizeof(refused), "%lu", (unsigned long)-EDOM);
	tiny_exec(&tiny, program, argv, envp, confine, NULL);
	EXPECT_STR(tiny_get(&tiny, "pi"), refused);
}

PROBE(.promise = "A seccomp filter holds on across execve: what a supervisor forbids, the program "
		 "that it starts cannot do",
      .source = "man 2 seccomp; man 2 execve", .covers = COVERS("prctl:PR_SET_SECCOMP", "execve"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_SECCOMP)}, .setup = setup, .run = run);
