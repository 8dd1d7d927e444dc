/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>

#include "probe.h"

static const char *path, *moved;
static int old;

static void setup(void)
{
	path = tmp_file("access.log", "one\n", 4, 0644);
	moved = tmp_path("access.log.1");
	old = (int)SETUP_OK(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
}

static void expect_text(const char *file, const char *text, ssize_t len)
{
	char buf[32] = "";
	int fd = (int)SETUP_OK(open(file, O_RDONLY | O_CLOEXEC));

	EXPECT_EQ(read(fd, buf, sizeof(buf) - 1), len);
	EXPECT_STR(buf, text);
}

static void run(void)
{
	int fresh;

	REQUIRE_OK(rename(path, moved));
	EXPECT_EQ(write(old, "two\n", 4), 4);
	EXPECT_ERRNO(access(path, F_OK), ENOENT);
	fresh = (int)SETUP_OK(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
	SETUP_EQ(write(fresh, "three\n", 6), 6);
	EXPECT_EQ(write(old, "last\n", 5), 5);
	expect_text(moved, "one\ntwo\nlast\n", 13);
	expect_text(path, "three\n", 6);
}

PROBE(.promise = "Who has a file open writes on into it when it is renamed, and opening the old "
		 "name makes a new one: how logs are rotated",
      .source = "man 2 rename; man 8 nginx (USR1)", .covers = COVERS("rename", "openat:O_APPEND"),
      .call = {CALL(SYS_rename), CALL(SYS_renameat)}, .setup = setup, .run = run);
