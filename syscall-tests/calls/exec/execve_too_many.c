/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "probe.h"
#include "lib/tiny.h"

enum { STRINGS = 8, LEN = 65536, SOFT = 256 << 10 };

static const char *program;
static char word[LEN];

static void setup(void)
{
	struct rlimit limit;

	program = tiny_install("program", 0755, TINY_NOTHING);
	memset(word, 'x', LEN - 1);
	/* A quarter of the stack is for arguments, but 128 KiB at least: here there are 512. */
	SETUP_OK(getrlimit(RLIMIT_STACK, &limit));
	limit.rlim_cur = SOFT;
	SETUP_OK(setrlimit(RLIMIT_STACK, &limit));
}

/* In a process of its own, since it might succeed. */
static void execute(void *arg)
{
	char *many[STRINGS + 1] = {0}, *const none[] = {"x", NULL};

	for (int i = 0; i < STRINGS; i++)
		many[i] = word;
	if (arg)
		execve(program, many, none + 1);
	else
		execve(program, none, many);
	mark_set(0, errno);
}

static void expect_refused(void *arg, const char *words)
{
	mark_set(0, 0);
	int status = child_join(child_start(execute, arg));

	EXPECT(status == 0 && mark_get(0) == E2BIG, "512 KiB of %s: expected E2BIG, saw %s", words,
	       WIFEXITED(status) && WEXITSTATUS(status) == TINY_EXIT ? "that it ran"
								     : errno_name(mark_get(0)));
}

static void run(void)
{
	expect_refused("", "arguments");
	expect_refused(NULL, "environment");
}

PROBE(.promise =
	      "execve answers E2BIG when arguments or environment are more than a quarter of the "
	      "stack's limit: find and xargs fill lines until then",
      .source = "man 2 execve (Limits on size of arguments and environment)",
      .covers = COVERS("execve:E2BIG"), .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
