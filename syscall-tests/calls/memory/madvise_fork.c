/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/wait.h>

#include "probe.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

enum { PAGE = 4096 };

static volatile char *plain, *wiped, *left_out;

static void setup(void)
{
	plain = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(plain != MAP_FAILED, "mmap: %s", errno_name(errno));
	wiped = plain + PAGE;
	left_out = wiped + PAGE;
	plain[0] = wiped[0] = left_out[0] = 'p';
}

static void child(void *arg)
{
	EXPECT_EQ(plain[0], 'p');
	EXPECT_EQ(wiped[0], 0);
	wiped[0] = 'c';
	mark_set(0, 1);
	mark_set(1, left_out[0]);
}

static void run(void)
{
	int status;

	REQUIRE_OK(madvise((void *)wiped, PAGE, MADV_WIPEONFORK));
	REQUIRE_OK(madvise((void *)left_out, PAGE, MADV_DONTFORK));
	status = child_join(child_start(child, NULL));
	EXPECT(mark_get(0) && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
	       "touching what is left out: there was %s, not death by SIGSEGV", wait_name(status));
	EXPECT(wiped[0] == 'p' && left_out[0] == 'p', "the parent's memory is changed");
}

PROBE(.promise = "A child has zeros where its parent said MADV_WIPEONFORK, and nothing where it "
		 "said MADV_DONTFORK: libraries keep the seeds of random numbers from being used "
		 "twice",
      .source = "man 2 madvise",
      .covers = COVERS("madvise:MADV_WIPEONFORK", "madvise:MADV_DONTFORK"),
      .call = {CALL(SYS_madvise)}, .setup = setup, .run = run);
