/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"

enum { LONG_AGO = 1111111111 };

static const char *from, *to, *old_name, *new_name, *other, *below;

static void make_old(const char *folder)
{
	struct timespec times[2] = {{LONG_AGO, 0}, {LONG_AGO, 0}};

	/* The library would go around it. */
	SETUP_OK(syscall(SYS_utimensat, AT_FDCWD, folder, times, 0));
}

static void setup(void)
{
	from = tmp_path("from");
	to = tmp_path("to");
	SETUP_OK(mkdir(from, 0700));
	SETUP_OK(mkdir(to, 0700));
	old_name = tmp_file("from/file", "x", 1, 0600);
	new_name = tmp_path("to/file");
	other = tmp_path("to/other");
	below = tmp_path("to/below");
	make_old(from);
	make_old(to);
}

static void expect_new(const char *folder, const char *what)
{
	struct stat st = {0};

	EXPECT_OK(stat(folder, &st));
	SETUP(S_ISDIR(st.st_mode), "stat tells mode 0%o of a folder", st.st_mode);
	EXPECT(st.st_mtim.tv_sec != LONG_AGO, "%s does not show in the folder's time", what);
	make_old(folder);
	SETUP_OK(stat(folder, &st));
	SETUP_EQ(st.st_mtim.tv_sec, LONG_AGO);
}

static void run(void)
{
	REQUIRE_OK(rename(old_name, new_name));
	expect_new(from, "a name that went");
	expect_new(to, "a name that came");
	EXPECT_OK(link(new_name, other));
	expect_new(to, "a second name");
	EXPECT_OK(unlink(other));
	expect_new(to, "a removed name");
	EXPECT_OK(mkdir(below, 0700));
	expect_new(to, "a new folder");
	EXPECT_OK(rmdir(below));
	expect_new(to, "a removed folder");
}

PROBE(.promise = "Each change of a name marks its folder as modified: what watches a folder by its "
		 "time, as cron does its tables, sees all of them",
      .source =
	      "POSIX.1-2017 rename, link, unlink, mkdir, rmdir; man 7 inode (st_mtim); man 8 cron",
      .covers = COVERS("rename", "link", "unlink", "mkdir"),
      .call = {CALL(SYS_rename), CALL(SYS_link), CALL(SYS_unlink), CALL(SYS_mkdir)}, .setup = setup,
      .run = run);
