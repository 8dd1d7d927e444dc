/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "probe.h"
#include "lib/procfile.h"
#include "lib/tiny.h"

static struct tiny tiny;
static pid_t pid;

static void setup(void)
{
	char *const argv[] = {"x", NULL}, *const envp[] = {"A=1", "NAME=two words", "EMPTY=", NULL};

	pid = tiny_start(&tiny, tiny_install("program", 0755, TINY_WAITS), argv, envp);
}

static void run(void)
{
	static const char right[] = "A=1\0NAME=two words\0EMPTY=";
	char path[40], text[256];

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	EXPECT_EQ(proc_read(path, text, sizeof(text)), sizeof(right));
	EXPECT_BYTES(text, right, sizeof(right));
	tiny_finish(&tiny, pid);
}

PROBE(.promise = "/proc/PID/environ holds the environment that a program was started with, each "
		 "variable with a 0 byte behind it: ps and supervisors read it",
      .source = "man 5 proc (/proc/pid/environ)", .covers = COVERS("openat:/proc/pid/environ"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
