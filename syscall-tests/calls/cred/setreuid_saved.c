/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void expect_ids(uid_t real, uid_t effective, uid_t saved)
{
	uid_t r = 9, e = 9, s = 9;

	SETUP_OK(getresuid(&r, &e, &s));
	EXPECT(r == real && e == effective && s == saved,
	       "expected the user ids %u, %u, %u, saw %u, %u, %u", real, effective, saved, r, e, s);
}

static void as_root(void *arg)
{
	SETUP_OK(setresuid(1001, 0, 1003));
	REQUIRE_OK(setreuid(1005, -1));
	expect_ids(1005, 0, 0);
	SETUP_OK(setresuid(1001, 0, 1003));
	REQUIRE_OK(setreuid(-1, 1005));
	expect_ids(1001, 1005, 1005);
}

static void to_real(void *arg)
{
	SETUP_OK(setresuid(1001, 0, 1003));
	REQUIRE_OK(setreuid(-1, 1001));
	expect_ids(1001, 1001, 1003);
}

static void as_user(void *arg)
{
	SETUP_OK(setresuid(1001, 1002, 1002));
	REQUIRE_OK(setreuid(1002, 1001));
	expect_ids(1002, 1001, 1001);
	EXPECT_ERRNO(setreuid(1003, -1), EPERM);
	EXPECT_ERRNO(setreuid(-1, 1003), EPERM);
	expect_ids(1002, 1001, 1001);
}

static void run(void)
{
	child_end(child_start(as_root, NULL));
	child_end(child_start(to_real, NULL));
	child_end(child_start(as_user, NULL));
}

PROBE(.promise =
	      "setreuid makes the new effective id the saved one too, if the real id was given or "
	      "the effective one is not the former real one; a user may swap the two",
      .source = "man 2 setreuid; POSIX.1-2017 setreuid", .covers = COVERS("setreuid", "getresuid"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setreuid)}, .run = run);
