/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "12345", 5, 0600), O_RDONLY | O_CLOEXEC));
}

static void run(void)
{
	SETUP_OK(getpgid(0));
	SETUP_EQ(lseek(fd, 3, SEEK_SET), 3);
}

PROBE(.promise = "Broken is right for another call's lie, and wrong for that of its own",
      .source = "docs/en/MUTATION.md", .call = {CALL(SYS_lseek)}, .setup = setup, .run = run);
