/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/tiny.h"

enum { UMASK = 027, FILES = 123, GROUP = 0 };

static const char *program, *folder;
static char path[512];

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_KEPT);
	folder = tmp_path("folder");
	SETUP_OK(mkdir(folder, 0700));
	SETUP_OK(chdir(folder));
	SETUP(getcwd(path, sizeof(path)) != NULL, "getcwd: %s", errno_name(errno));
	SETUP_OK(chdir("/"));
}

static void before(void *arg)
{
	struct rlimit limit = {FILES, FILES};

	umask(UMASK);
	SETUP_OK(chdir(folder));
	SETUP_OK(setpgid(0, 0));
	SETUP_OK(setrlimit(RLIMIT_NOFILE, &limit));
	mark_set(GROUP, getpid());
}

static void run(void)
{
	char *const argv[] = {"x", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, before, NULL);
	EXPECT_EQ(tiny_number(&tiny, "pi"), mark_get(GROUP));
	EXPECT_EQ(tiny_number(&tiny, "pg"), mark_get(GROUP));
	EXPECT_EQ(tiny_number(&tiny, "sd"), getpid());
	EXPECT_EQ(tiny_number(&tiny, "um"), UMASK);
	EXPECT_EQ(tiny_number(&tiny, "nf"), FILES);
	EXPECT_STR(tiny_get(&tiny, "cw"), path);
}

PROBE(.promise = "A program has the number, group, session, working directory, umask and limits "
		 "of the process that executed it",
      .source = "man 2 execve; POSIX.1-2017 exec", .covers = COVERS("execve"),
      .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
