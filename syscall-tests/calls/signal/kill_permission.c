/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/user.h"

enum { STOP, ROOT_READY, USER_READY };

static pid_t roots, users;

static void linger_root(void *arg)
{
	mark_set(ROOT_READY, 1);
	EVENTUALLY(mark_get(STOP));
}

static void linger_user(void *arg)
{
	become_user();
	mark_set(USER_READY, 1);
	EVENTUALLY(mark_get(STOP));
}

static void setup(void)
{
	roots = child_start(linger_root, NULL);
	users = child_start(linger_user, NULL);
	SETUP(mark_wait(ROOT_READY) && mark_wait(USER_READY), "helper processes did not start");
}

static void try_as_user(void *arg)
{
	EXPECT_ERRNO(kill(roots, SIGTERM), EPERM);
	EXPECT_ERRNO(kill(roots, 0), EPERM);
	EXPECT_OK(kill(users, 0));
	EXPECT_ERRNO(kill(users, 77), EINVAL);
}

static void run(void)
{
	as_user(try_as_user, NULL);
	mark_set(STOP, 1);
	EXPECT_EQ(child_join(roots), 0);
	EXPECT_EQ(child_join(users), 0);
	EXPECT_ERRNO(kill(users, 0), ESRCH);
}

PROBE(.promise =
	      "An ordinary user may signal the user's own processes only (EPERM), and one that was "
	      "waited for is gone (ESRCH)",
      .source = "man 2 kill; POSIX.1-2017 kill", .covers = COVERS("kill"), .needs = NEEDS("root"),
      .call = {CALL(SYS_kill)}, .setup = setup, .run = run);
