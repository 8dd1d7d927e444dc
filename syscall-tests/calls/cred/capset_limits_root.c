/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>
#include <sys/stat.h>

#include "probe.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0644);
}

static void run(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[2] = {{0}}, before[2];

	REQUIRE_OK(syscall(SYS_capget, &head, caps));
	before[0] = caps[0];
	before[1] = caps[1];
	for (int i = 0; i < 2; i++)
		caps[i].inheritable = 0;
	caps[0].effective &= ~(1u << CAP_CHOWN);
	REQUIRE_OK(syscall(SYS_capset, &head, caps));
	EXPECT_ERRNO(chown(file, 1000, 1000), EPERM);

	/* Permitted, so it may come back. */
	REQUIRE_OK(syscall(SYS_capset, &head, before));
	EXPECT_OK(chown(file, 1000, 1000));

	caps[0].permitted &= ~(1u << CAP_CHOWN);
	REQUIRE_OK(syscall(SYS_capset, &head, caps));
	EXPECT_ERRNO(syscall(SYS_capset, &head, before), EPERM);
	EXPECT_ERRNO(chown(file, 1001, 1001), EPERM);
}

PROBE(.promise = "It is the effective capability, not user id 0, that lets a process change "
		 "owners; one "
		 "no longer permitted never comes back",
      .source = "man 7 capabilities; man 2 capset", .covers = COVERS("capset", "capget", "chown"),
      .needs = NEEDS("root"), .call = {CALL(SYS_capset)}, .setup = setup, .run = run);
