/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/select.h>

#include "probe.h"

static int file, idle[2];

static void setup(void)
{
	file = (int)SETUP_OK(open(tmp_file("file", "", 0, 0600), O_RDWR | O_CLOEXEC));
	SETUP_OK(pipe(idle));
	interrupt_when_late();
}

static void run(void)
{
	struct pollfd p[] = {{.fd = file, .events = POLLIN | POLLOUT},
			     {.fd = idle[0], .events = POLLIN | POLLOUT}};
	fd_set in, out;

	/* At its end, too. */
	EXPECT_EQ(poll(p, 2, -1), 1);
	EXPECT_EQ(p[0].revents, POLLIN | POLLOUT);
	EXPECT_EQ(p[1].revents, 0);
	FD_ZERO(&in);
	FD_SET(file, &in);
	out = in;
	FD_SET(idle[0], &in);
	EXPECT_EQ(select(idle[1], &in, &out, NULL, NULL), 2);
	EXPECT(FD_ISSET(file, &in) && FD_ISSET(file, &out), "a file is not ready for both");
	EXPECT(!FD_ISSET(idle[0], &in), "the empty pipe is said to be readable");
}

PROBE(.promise = "A regular file is always ready to be read and written, at its end too: programs "
		 "poll their input whatever it is",
      .source = "POSIX.1-2017 poll; POSIX.1-2017 select", .covers = COVERS("poll", "select"),
      .call = {CALL(SYS_poll), CALL(SYS_select), CALL(SYS_pselect6)}, .setup = setup, .run = run);
