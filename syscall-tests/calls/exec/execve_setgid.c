/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "probe.h"
#include "lib/tiny.h"
#include "lib/user.h"

enum { GROUP = 3000 };

static const char *program;

static void setup(void)
{
	struct statvfs fs;

	program = tiny_install("program", 0755, TINY_IDS);
	SETUP_OK(chown(program, 0, GROUP));
	SETUP_OK(chmod(program, 02755));
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
	EXPECT_EQ(tiny_number(&tiny, "gr"), USER_GID);
	EXPECT(tiny_number(&tiny, "ge") == GROUP, "the program runs as group %ld, expected %d",
	       (long)tiny_number(&tiny, "ge"), GROUP);
	EXPECT_EQ(tiny_number(&tiny, "gs"), GROUP);
	EXPECT_EQ(tiny_number(&tiny, "ue"), USER_UID);
	EXPECT_EQ(tiny_number(&tiny, "as"), 1);
}

PROBE(.promise = "Executing a set-gid program makes its group the effective and saved one, and "
		 "AT_SECURE 1",
      .source = "man 2 execve; man 3 getauxval", .covers = COVERS("execve", "execve:S_ISGID"),
      .needs = NEEDS("root"), .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
