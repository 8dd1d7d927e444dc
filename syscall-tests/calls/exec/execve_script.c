/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"
#include "lib/tiny.h"

static const char *program, *script;

static void setup(void)
{
	char line[PATH_MAX + 32];

	program = tiny_install("program", 0755, TINY_NOTHING);
	snprintf(line, sizeof(line), "#! %s one  two \nrest\n", program);
	script = tmp_file("script", line, strlen(line), 0755);
}

static void run(void)
{
	char *const argv[] = {"lost", "arg", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, script, argv, envp, NULL, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ac"), 4);
	EXPECT_STR(tiny_get(&tiny, "av0"), program);
	EXPECT_STR(tiny_get(&tiny, "av1"), "one  two");
	EXPECT_STR(tiny_get(&tiny, "av2"), script);
	EXPECT_STR(tiny_get(&tiny, "av3"), "arg");
}

PROBE(.promise = "A script runs its interpreter with the rest of the first line as one argument, "
		 "its own "
		 "path, and the arguments",
      .source = "man 2 execve, interpreter scripts", .covers = COVERS("execve:script"),
      .call = {CALL(SYS_execve)}, .setup = setup, .run = run);
