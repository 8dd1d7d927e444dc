/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"

static void run(void)
{
	struct stat st;

	REQUIRE_OK(mkdir(tmp_path("folder"), 0700));
	REQUIRE_OK(stat(tmp_file("folder/file", "abc", 3, 0640), &st));
	EXPECT_EQ(st.st_size, 3);
	EXPECT_EQ(st.st_mode & 07777, 0640);
	probe_note("folder %s", tmp_path(""));
}

PROBE(.promise = "A probe's folder is there while it runs and gone afterwards", .source = "probe.h",
      .run = run);
