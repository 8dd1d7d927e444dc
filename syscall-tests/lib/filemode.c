/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"
#include "lib/filemode.h"

void expect_mode(const char *path, unsigned mode)
{
	struct stat st = {0};

	SETUP_OK(stat(path, &st));
	EXPECT(st.st_mode == (S_IFREG | mode), "%s: expected mode %05o, saw %05o", path, mode,
	       st.st_mode & 07777);
}
