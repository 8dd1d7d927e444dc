/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>

#include "probe.h"
#include "lib/bpf.h"
#include "lib/user.h"

static int install(struct sock_filter *filter, unsigned short len)
{
	struct sock_fprog program = {.len = len, .filter = filter};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* A container may have given them up for all of its processes. */
static bool given_up;

static void setup(void)
{
	given_up = SETUP_OK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)) != 0;
}

static void user(void *arg)
{
	struct sock_filter good[] = {BPF_ANSWER(SECCOMP_RET_ALLOW)};
	struct sock_filter no_end[] = {BPF_LOAD_NR};
	struct sock_filter jumps_out[] = {
		BPF_UNLESS(1, 9),
		BPF_ANSWER(SECCOMP_RET_ALLOW),
	};

	if (!given_up)
		EXPECT_ERRNO(install(good, 1), EACCES);
	SETUP_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	EXPECT_ERRNO(install(good, 0), EINVAL);
	EXPECT_ERRNO(install(no_end, 1), EINVAL);
	EXPECT_ERRNO(install(jumps_out, 2), EINVAL);
	EXPECT_ERRNO(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, bad_address()), EFAULT);
	EXPECT_ERRNO(prctl(PR_SET_SECCOMP, 77, 0), EINVAL);
	REQUIRE_OK(install(good, 1));
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "An ordinary process may filter its calls only once it has given up new "
		 "privileges (EACCES), and only by a program that is sound (EINVAL)",
      .source = "man 2 seccomp; man 2 prctl (PR_SET_SECCOMP)",
      .covers = COVERS("prctl:PR_SET_SECCOMP", "prctl:PR_SET_NO_NEW_PRIVS"), .needs = NEEDS("root"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_SECCOMP)}, .setup = setup, .run = run);
