/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/bpf.h"

static const char *folder;
static int file;

static void setup(void)
{
	folder = tmp_path("folder");
	file = (int)SETUP_OK(open(tmp_file("file", "x", 1, 0600), O_RDONLY | O_CLOEXEC));
	SETUP_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

/* These two calls fail with these errors, others are let through. */
static void add_filter(long nr, unsigned error, long other_nr, unsigned other_error)
{
	struct sock_filter filter[] = {
		BPF_LOAD_NR,
		BPF_UNLESS((unsigned)nr, 1),
		BPF_ANSWER(SECCOMP_RET_ERRNO | error),
		BPF_UNLESS((unsigned)other_nr, 1),
		BPF_ANSWER(SECCOMP_RET_ERRNO | other_error),
		BPF_ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = BPF_PROGRAM(filter);

	REQUIRE_OK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void run(void)
{
	add_filter(SYS_mkdir, EDOM, SYS_lseek, EXDEV);
	EXPECT_ERRNO(mkdir(folder, 0700), EDOM);
	EXPECT_ERRNO(lseek(file, 0, SEEK_SET), EXDEV);
	EXPECT_ERRNO(rmdir(folder), ENOENT);
	add_filter(SYS_rmdir, ERANGE, SYS_lseek, ENOTTY);
	EXPECT_ERRNO(mkdir(folder, 0700), EDOM);
	EXPECT_ERRNO(rmdir(folder), ERANGE);
	/* Of equal answers the newest filter's counts. */
	EXPECT_ERRNO(lseek(file, 0, SEEK_SET), ENOTTY);
}

PROBE(.promise = "Each seccomp filter is added to those before: what one forbids, a later one "
		 "cannot allow; systemd and containers put theirs on top of each other",
      .source = "man 2 seccomp (SECCOMP_SET_MODE_FILTER)",
      .covers = COVERS("seccomp", "seccomp:SECCOMP_SET_MODE_FILTER"), .call = {CALL(SYS_seccomp)},
      .setup = setup, .run = run);
