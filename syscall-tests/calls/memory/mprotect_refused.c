/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/mman.h>

#include "probe.h"

enum { PAGE = 4096 };

static char *common, *own, *hole;

static void setup(void)
{
	int fd = (int)SETUP_OK(open(tmp_file("file", "0123", 4, 0600), O_RDONLY | O_CLOEXEC));

	common = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	own = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	hole = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(common != MAP_FAILED && own != MAP_FAILED && hole != MAP_FAILED, "mmap: %s",
	      errno_name(errno));
	SETUP_OK(munmap(hole + PAGE, PAGE));
}

static void run(void)
{
	EXPECT_ERRNO(mprotect(common, PAGE, PROT_READ | PROT_WRITE), EACCES);
	REQUIRE_OK(mprotect(own, PAGE, PROT_READ | PROT_WRITE));
	own[0] = 'w';
	EXPECT_EQ(common[0], '0');
	EXPECT_ERRNO(mprotect(hole, 3 * PAGE, PROT_READ), ENOMEM);
	/* The library would round it. */
	EXPECT_ERRNO(syscall(SYS_mprotect, hole + 1, PAGE, PROT_READ), EINVAL);
}

PROBE(.promise = "mprotect refuses writing through a shared mapping of a file open for reading "
		 "(EACCES), holes (ENOMEM) and addresses inside a page (EINVAL)",
      .source = "man 2 mprotect; POSIX.1-2017 mprotect",
      .covers = COVERS("mprotect:EACCES", "mprotect:ENOMEM"), .call = {CALL(SYS_mprotect)},
      .setup = setup, .run = run);
