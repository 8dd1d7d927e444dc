/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("program", "x", 1, 06755);
}

static void run(void)
{
	struct stat st = {0};

	SETUP_OK(stat(file, &st));
	SETUP_EQ(st.st_mode & 07777, 06755);
	REQUIRE_OK(chown(file, 1000, 1000));
	EXPECT_OK(stat(file, &st));
	EXPECT_EQ(st.st_uid, 1000);
	EXPECT_EQ(st.st_mode & 07777, 0755);
}

PROBE(.promise = "Giving a program to another user takes its set-uid and set-gid bits away",
      .source = "man 2 chown", .covers = COVERS("chown", "chmod"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chown), CALL(SYS_fchownat)}, .setup = setup, .run = run);
