/* SPDX-License-Identifier: MIT */
#include <sys/select.h>

#include "probe.h"

static int ready[2], idle[2];

static void setup(void)
{
	SETUP_OK(pipe(ready));
	SETUP_OK(pipe(idle));
	SETUP_EQ(write(ready[1], "x", 1), 1);
	interrupt_when_late();
}

static void run(void)
{
	struct timeval wait = {.tv_usec = 5000};
	fd_set in, out;
	uint64_t start;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(ready[0], &in);
	FD_SET(idle[0], &in);
	FD_SET(idle[1], &out);
	REQUIRE_EQ(select(20, &in, &out, NULL, NULL), 2);
	EXPECT(FD_ISSET(ready[0], &in), "the readable descriptor is not in the set");
	EXPECT(!FD_ISSET(idle[0], &in), "the empty pipe is said to be readable");
	EXPECT(FD_ISSET(idle[1], &out), "the writable descriptor is not in the set");

	FD_ZERO(&in);
	FD_SET(idle[0], &in);
	start = now_us();
	EXPECT_EQ(select(20, &in, NULL, NULL, &wait), 0);
	EXPECT(now_us() - start >= 5000, "it returned after %u us, 5000 were asked",
	       (unsigned)(now_us() - start));
	EXPECT(!FD_ISSET(idle[0], &in), "after the time limit the set is not empty");
	FD_ZERO(&in);
	FD_SET(19, &in);
	wait = (struct timeval){0};
	EXPECT_ERRNO(select(20, &in, NULL, NULL, &wait), EBADF);
}

PROBE(.promise = "select leaves the ready descriptors in the sets and counts them, empties the "
		 "sets at its "
		 "time limit, and answers EBADF for a closed one; dropbear waits in it",
      .source = "man 2 select; POSIX.1-2017 select", .covers = COVERS("select", "pselect6"),
      .call = {CALL(SYS_select), CALL(SYS_pselect6)}, .setup = setup, .run = run);
