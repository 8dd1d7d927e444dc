/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sys/mman.h>

#include "probe.h"

enum { PAGE = 4096 };

static char *pages;

static void setup(void)
{
	pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(pages != MAP_FAILED, "mmap: %s", errno_name(errno));
	SETUP_OK(munmap(pages, PAGE));
}

static void run(void)
{
	pthread_attr_t attr;
	void *low = NULL;
	size_t size = 0;
	char here;

	/* A page with a neighbour above, and none at all: musl goes down the stack so. */
	REQUIRE_ERRNO((long)mremap(pages + PAGE, PAGE, 2 * PAGE, 0), ENOMEM);
	REQUIRE_ERRNO((long)mremap(pages, PAGE, 2 * PAGE, 0), EFAULT);
	SETUP_EQ(pthread_getattr_np(pthread_self(), &attr), 0);
	SETUP_EQ(pthread_attr_getstack(&attr, &low, &size), 0);
	EXPECT(&here >= (char *)low && &here < (char *)low + size,
	       "%p is said not to be in the stack of %zu bytes at %p", (void *)&here, size, low);
}

PROBE(.promise = "mremap of a page that cannot grow in place answers ENOMEM, of none EFAULT: musl "
		 "finds the first thread's stack so, each Rust program at its start",
      .source = "man 2 mremap (ERRORS)", .covers = COVERS("mremap:EFAULT", "mremap:ENOMEM"),
      .call = {CALL(SYS_mremap)}, .setup = setup, .run = run);
