/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/tiny.h"
#include "lib/user.h"

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_IDS);
	SETUP_OK(chown(program, 2000, 2000));
	SETUP_OK(chmod(program, 06755));
}

static void careful_user(void *arg)
{
	become_user();
	EXPECT_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	REQUIRE_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	EXPECT_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	EXPECT_ERRNO(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, careful_user, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ue"), USER_UID);
	EXPECT_EQ(tiny_number(&tiny, "us"), USER_UID);
	EXPECT_EQ(tiny_number(&tiny, "ge"), USER_GID);
	EXPECT_EQ(tiny_number(&tiny, "as"), 0);
}

PROBE(.promise =
	      "After PR_SET_NO_NEW_PRIVS, which cannot be undone, set-uid and set-gid bits have no "
	      "effect; sshd's sandbox sets it",
      .source = "man 2 PR_SET_NO_NEW_PRIVS (prctl)",
      .covers = COVERS("prctl:PR_SET_NO_NEW_PRIVS", "execve:S_ISUID"), .needs = NEEDS("root"),
      .call = {CALL_IF(SYS_prctl, 0, PR_SET_NO_NEW_PRIVS)}, .setup = setup, .run = run);
