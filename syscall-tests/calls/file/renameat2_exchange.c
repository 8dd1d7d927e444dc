/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

enum { EXCHANGE = 2 };

static const char *file, *folder, *fresh;

static void setup(void)
{
	file = tmp_file("file", "0123456789", 10, 0600);
	folder = tmp_path("folder");
	fresh = tmp_path("fresh");
	SETUP_OK(mkdir(folder, 0700));
	tmp_file("folder/x", "x", 1, 0600);
}

static int exchange(const char *from, const char *to)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, EXCHANGE);
}

static void run(void)
{
	struct stat st = {0};

	EXPECT_ERRNO(exchange(file, fresh), ENOENT);
	EXPECT_ERRNO(exchange(folder, tmp_path("folder/x")), EINVAL);
	/* Of any kind, and full ones. */
	REQUIRE_OK(exchange(file, folder));
	EXPECT_OK(stat(folder, &st));
	EXPECT_EQ(st.st_mode, S_IFREG | 0600);
	EXPECT_EQ(st.st_size, 10);
	EXPECT_OK(stat(tmp_path("file/x"), &st));
	EXPECT_EQ(st.st_size, 1);
}

PROBE(.promise = "RENAME_EXCHANGE swaps two names, of whatever kind they are; both must be there",
      .source = "man 2 renameat2", .covers = COVERS("renameat2", "renameat2:ENOENT"),
      .call = {CALL(SYS_renameat2)}, .setup = setup, .run = run);
