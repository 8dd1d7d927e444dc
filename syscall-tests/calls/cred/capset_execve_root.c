/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>

#include "probe.h"
#include "lib/tiny.h"

enum { SOME = 1 << CAP_CHOWN | 1 << CAP_KILL };

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_CAPS);
}

static void give_up(void *arg)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}}, now[2] = {{~0u, ~0u, ~0u}};

	REQUIRE_OK(syscall(SYS_capset, &head, none));
	REQUIRE_OK(syscall(SYS_capget, &head, now));
	EXPECT_EQ(now[0].permitted, 0);
	EXPECT_EQ(now[0].effective, 0);
}

static bool has_some(long caps)
{
	return caps != -1 && (caps & SOME) == SOME;
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, give_up, NULL);
	EXPECT_EQ(has_some(tiny_number(&tiny, "cp")), true);
	EXPECT_EQ(has_some(tiny_number(&tiny, "ce")), true);
}

PROBE(.promise = "A program that user id 0 executes has its capabilities again, though its caller "
		 "had given them up",
      .source = "man 7 capabilities (Capabilities and execution of programs by root)",
      .covers = COVERS("capset", "execve"), .needs = NEEDS("root"),
      .call = {CALL(SYS_capset), CALL(SYS_capget)}, .setup = setup, .run = run);
