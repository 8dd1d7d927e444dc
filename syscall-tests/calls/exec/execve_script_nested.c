/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/tiny.h"

static const char *program, *inner, *outer;

static const char *script(const char *name, const char *interpreter, const char *word)
{
	char line[PATH_MAX + 32];

	snprintf(line, sizeof(line), "#!%s %s\n", interpreter, word);
	return tmp_file(name, line, strlen(line), 0755);
}

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_NOTHING);
	inner = script("inner", program, "in");
	outer = script("outer", inner, "out");
}

static void run(void)
{
	char *const argv[] = {"lost", "arg", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, outer, argv, envp, NULL, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ac"), 6);
	EXPECT_STR(tiny_get(&tiny, "av0"), program);
	EXPECT_STR(tiny_get(&tiny, "av1"), "in");
	EXPECT_STR(tiny_get(&tiny, "av2"), inner);
	EXPECT_STR(tiny_get(&tiny, "av3"), "out");
	EXPECT_STR(tiny_get(&tiny, "av4"), outer);
	EXPECT_STR(tiny_get(&tiny, "av5"), "arg");
}

PROBE(.promise = "The interpreter of a script may be a script itself: each puts its own "
		 "interpreter and word in front",
      .source = "man 2 execve, interpreter scripts (NOTES)", .covers = COVERS("execve:script"),
      .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
