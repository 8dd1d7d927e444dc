/* SPDX-License-Identifier: MIT */
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static void setup(void)
{
	static const char text[] = "root:x:0:\n"
				   "deploy:x:1234:\n"
				   "web:x:33:nobody,deploy\n"
				   "other:x:44:nobody\n"
				   "big:x:70001:deploy\n";

	SETUP_OK(mkdir(tmp_path("etc"), 0755));
	tmp_file("etc/group", text, strlen(text), 0644);
	SETUP_OK(chroot(tmp_path("")));
	SETUP_OK(chdir("/"));
}

static void run(void)
{
	gid_t got[8] = {0};
	unsigned seen = 0;

	REQUIRE_OK(initgroups("deploy", 1234));
	REQUIRE_EQ(getgroups(8, got), 3);
	for (int i = 0; i < 3; i++)
		seen |= got[i] == 1234 ? 1 : got[i] == 33 ? 2 : got[i] == 70001 ? 4 : 8;
	EXPECT_EQ(seen, 7);
}

PROBE(.promise = "initgroups makes a process a member of every group the group file lists it in",
      .source = "man 3 initgroups; man 5 group", .covers = COVERS("setgroups", "openat:/etc/group"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setgroups)}, .setup = setup, .run = run);
