/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/tiny.h"

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_NOTHING);
}

static void run(void)
{
	char *const argv[] = {"another name", "", "a  b", "-\xc3\xbc", NULL};
	char *const envp[] = {"A=1", "EMPTY=", "no-equals-sign", NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, NULL, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ac"), 4);
	EXPECT_STR(tiny_get(&tiny, "av0"), argv[0]);
	EXPECT_STR(tiny_get(&tiny, "av1"), argv[1]);
	EXPECT_STR(tiny_get(&tiny, "av2"), argv[2]);
	EXPECT_STR(tiny_get(&tiny, "av3"), argv[3]);
	EXPECT_STR(tiny_get(&tiny, "ev0"), envp[0]);
	EXPECT_STR(tiny_get(&tiny, "ev1"), envp[1]);
	EXPECT_STR(tiny_get(&tiny, "ev2"), envp[2]);
	EXPECT(tiny_get(&tiny, "ev3") == NULL, "there is a fourth environment string");
	EXPECT_EQ(tiny_number(&tiny, "as"), 0);
}

PROBE(.promise = "A program gets the argument and environment strings as they were given",
      .source = "man 2 execve; POSIX.1-2017 exec", .covers = COVERS("execve"),
      .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
