/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

enum { NOREPLACE = 1, EXCHANGE = 2, UNKNOWN = 1 << 20 };

static const char *a, *b, *dangling, *fresh;

static void setup(void)
{
	a = tmp_file("a", "a", 1, 0600);
	b = tmp_file("b", "bb", 2, 0600);
	dangling = tmp_path("dangling");
	fresh = tmp_path("fresh");
	SETUP_OK(symlink("nothing", dangling));
}

static int move(const char *from, const char *to, unsigned flags)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void run(void)
{
	struct stat st = {0};

	EXPECT_ERRNO(move(a, b, NOREPLACE), EEXIST);
	EXPECT_ERRNO(move(a, dangling, NOREPLACE), EEXIST);
	EXPECT_ERRNO(move(a, fresh, NOREPLACE | EXCHANGE), EINVAL);
	EXPECT_ERRNO(move(a, fresh, UNKNOWN), EINVAL);
	EXPECT_OK(stat(b, &st));
	EXPECT_EQ(st.st_size, 2);
	EXPECT_OK(stat(a, &st));
	EXPECT_EQ(st.st_size, 1);
	REQUIRE_OK(move(a, fresh, NOREPLACE));
	EXPECT_OK(stat(fresh, &st));
	EXPECT_EQ(st.st_size, 1);
	EXPECT_ERRNO(stat(a, &st), ENOENT);
	REQUIRE_OK(move(fresh, b, 0));
	EXPECT_OK(stat(b, &st));
	EXPECT_EQ(st.st_size, 1);
}

PROBE(.promise = "With RENAME_NOREPLACE nothing is renamed over what is there, were it a link that "
		 "leads nowhere; mv -n moves so",
      .source = "man 2 renameat2", .covers = COVERS("renameat2", "renameat2:EEXIST"),
      .call = {CALL(SYS_renameat2)}, .setup = setup, .run = run);
