/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/mman.h>

#include "probe.h"
#include "lib/trap.h"

enum { PAGE = 4096 };

static volatile char *past_end;

static void touch(void)
{
	(void)*past_end;
}

static void setup(void)
{
	int fd = (int)SETUP_OK(open(tmp_file("one-page", "x", 1, 0600), O_RDWR | O_CLOEXEC));
	char *map = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

	SETUP(map != MAP_FAILED, "mmap of a file failed: %s", errno_name(errno));
	past_end = map + PAGE + 8;
}

static void run(void)
{
	expect_trap(touch, SIGBUS, BUS_ADRERR, (const void *)past_end);
}

PROBE(.promise = "Touching a page of a file mapping beyond the end of the file raises SIGBUS with "
		 "BUS_ADRERR, as nginx sees when a file it serves is cut short",
      .source = "man 2 mmap; POSIX.1-2017 mmap",
      .covers = COVERS("rt_sigaction:SIGBUS", "mmap:MAP_SHARED"),
      .call = {CALL_IF(SYS_rt_sigaction, 0, SIGBUS)}, .setup = setup, .run = run);
