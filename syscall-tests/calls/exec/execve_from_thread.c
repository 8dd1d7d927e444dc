/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "probe.h"
#include "lib/tiny.h"

enum { PROCESS };

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_NOTHING);
}

static void *thread(void *arg)
{
	char *const argv[] = {"by-thread", NULL}, *const envp[] = {NULL};

	errno = 0;
	execve(program, argv, envp);
	REQUIRE(false, "execve: expected not to return, saw %s", errno_name(errno));
	return NULL;
}

static void before(void *arg)
{
	pthread_t other;

	mark_set(PROCESS, getpid());
	SETUP_EQ(pthread_create(&other, NULL, thread, NULL), 0);
	EVENTUALLY(false);
	REQUIRE(false, "the first thread was still there after execve by the second");
}

static void run(void)
{
	char *const argv[] = {"by-first", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, before, NULL);
	EXPECT_STR(tiny_get(&tiny, "av0"), "by-thread");
	EXPECT_EQ(tiny_number(&tiny, "pi"), mark_get(PROCESS));
}

PROBE(.promise = "When a thread executes a program all others end, and the program has the "
		 "process's number: who waits for it relies on that",
      .source = "man 2 execve; POSIX.1-2017 exec", .covers = COVERS("execve:thread"),
      .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
