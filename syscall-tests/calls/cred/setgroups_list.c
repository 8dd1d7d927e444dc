/* SPDX-License-Identifier: MIT */
#include <grp.h>

#include "probe.h"

static bool has(const gid_t *list, int n, gid_t gid)
{
	for (int i = 0; i < n; i++)
		if (list[i] == gid)
			return true;
	return false;
}

static void run(void)
{
	static const gid_t set[] = {30, 70000, 10};
	gid_t got[8] = {0};

	REQUIRE_OK(setgroups(3, set));
	EXPECT_EQ(getgroups(0, NULL), 3);
	EXPECT_ERRNO(getgroups(2, got), EINVAL);
	REQUIRE_EQ(getgroups(8, got), 3);
	for (int i = 0; i < 3; i++)
		EXPECT(has(got, 3, set[i]), "group %u is not in the list", set[i]);
	REQUIRE_OK(setgroups(0, NULL));
	EXPECT_EQ(getgroups(8, got), 0);
	SETUP_OK(setuid(1000));
	EXPECT_ERRNO(setgroups(3, set), EPERM);
	EXPECT_ERRNO(setgroups(0, NULL), EPERM);
}

PROBE(.promise = "setgroups sets exactly the list given, getgroups tells it, and only root may",
      .source = "man 2 setgroups", .covers = COVERS("setgroups", "getgroups"),
      .needs = NEEDS("root"), .call = {CALL(SYS_setgroups)}, .run = run);
