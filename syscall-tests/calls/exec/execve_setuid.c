/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "probe.h"
#include "lib/tiny.h"
#include "lib/user.h"

enum { OWNER = 2000 };

static const char *program;

static void setup(void)
{
	struct statvfs fs;

	program = tiny_install("program", 0755, TINY_IDS);
	SETUP_OK(chown(program, OWNER, OWNER));
	SETUP_OK(chmod(program, 04755));
	SETUP_OK(statvfs(program, &fs));
	SETUP(!(fs.f_flag & ST_NOSUID), "the folder for temporary files is mounted nosuid");
}

static void user(void *arg)
{
	become_user();
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, user, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ur"), USER_UID);
	EXPECT(tiny_number(&tiny, "ue") == OWNER, "the program runs as user %ld, expected %d",
	       (long)tiny_number(&tiny, "ue"), OWNER);
	EXPECT_EQ(tiny_number(&tiny, "us"), OWNER);
	EXPECT_EQ(tiny_number(&tiny, "ge"), USER_GID);
	EXPECT_EQ(tiny_number(&tiny, "as"), 1);
	EXPECT_EQ(tiny_number(&tiny, "ae"), OWNER);
}

PROBE(.promise = "Executing a set-uid program makes its owner the effective and saved user, and "
		 "AT_SECURE 1",
      .source = "man 2 execve; man 3 getauxval", .covers = COVERS("execve", "execve:S_ISUID"),
      .needs = NEEDS("root"), .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
