/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <ucontext.h>

#include "probe.h"
#include "lib/bpf.h"

enum { DATA = 321, INSTEAD = 77 };

static const char *folder;
static volatile sig_atomic_t calls, code, nr, data;

static void on_sys(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	calls++;
	code = info->si_code;
	nr = info->si_syscall;
	data = info->si_errno;
	uc->uc_mcontext.gregs[REG_RAX] = INSTEAD;
}

static void setup(void)
{
	struct sigaction act = {.sa_sigaction = on_sys, .sa_flags = SA_SIGINFO};

	folder = tmp_path("folder");
	SETUP_OK(sigaction(SIGSYS, &act, NULL));
	SETUP_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void run(void)
{
	struct sock_filter filter[] = {
		BPF_LOAD_NR,
		BPF_UNLESS(SYS_mkdir, 1),
		BPF_ANSWER(SECCOMP_RET_TRAP | DATA),
		BPF_ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = BPF_PROGRAM(filter);

	REQUIRE_OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	EXPECT_EQ(syscall(SYS_mkdir, folder, 0700), INSTEAD);
	REQUIRE(calls == 1, "SIGSYS was handled %d times", calls);
	EXPECT_EQ(code, SYS_SECCOMP);
	EXPECT_EQ(nr, SYS_mkdir);
	EXPECT_EQ(data, DATA);
	EXPECT_ERRNO(access(folder, F_OK), ENOENT);
}

PROBE(.promise = "A call that a seccomp filter answers with trap raises SIGSYS, which tells the "
		 "call; what the handler puts into the register is its result: Chromium's broker",
      .source = "man 2 seccomp (SECCOMP_RET_TRAP)",
      .covers = COVERS("prctl:PR_SET_SECCOMP", "prctl:SECCOMP_RET_TRAP", "rt_sigaction:SIGSYS"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_SECCOMP)}, .setup = setup, .run = run);
