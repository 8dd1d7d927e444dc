/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/bpf.h"

static int file;

static void setup(void)
{
	file = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDONLY | O_CLOEXEC));
	SETUP_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void expect_filtered(void)
{
	EXPECT_ERRNO(mkdir(tmp_path("folder"), 0700), EDOM);
	EXPECT_ERRNO(access(tmp_path("folder"), F_OK), ENOENT);
	EXPECT_EQ(lseek(file, 4, SEEK_SET), 4);
	EXPECT_ERRNO(lseek(file, 0, SEEK_END), EXDEV);
	EXPECT_EQ(lseek(file, 0, SEEK_CUR), 4);
}

static void child(void *arg)
{
	expect_filtered();
}

static void run(void)
{
	struct sock_filter filter[] = {
		BPF_LOAD_NR,
		BPF_UNLESS(SYS_mkdir, 1),
		BPF_ANSWER(SECCOMP_RET_ERRNO | EDOM),
		BPF_UNLESS(SYS_lseek, 3),
		BPF_LOAD_ARG(2),
		BPF_UNLESS(SEEK_END, 1),
		BPF_ANSWER(SECCOMP_RET_ERRNO | EXDEV),
		BPF_ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = BPF_PROGRAM(filter);

	REQUIRE_OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	EXPECT_EQ(prctl(PR_GET_SECCOMP), SECCOMP_MODE_FILTER);
	expect_filtered();
	child_end(child_start(child, NULL));
}

PROBE(.promise = "A seccomp filter sees the number and the arguments of a call and answers in its "
		 "place, in this process and its children; sshd's sandbox is one",
      .source = "man 2 seccomp; man 2 prctl (PR_SET_SECCOMP)",
      .covers = COVERS("prctl:PR_SET_SECCOMP", "prctl:SECCOMP_RET_ERRNO"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_SECCOMP)}, .setup = setup, .run = run);
