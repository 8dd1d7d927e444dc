/* SPDX-License-Identifier: MIT */
#include <sys/select.h>

#include "probe.h"

static int ended[2], broken[2];

static void setup(void)
{
	SETUP_OK(pipe(ended));
	SETUP_OK(close(ended[1]));
	SETUP_OK(pipe(broken));
	SETUP_OK(close(broken[0]));
	interrupt_when_late();
}

static void run(void)
{
	fd_set in, out, bad;
	int n, most = ended[0] > broken[1] ? ended[0] : broken[1];

	FD_ZERO(&in);
	FD_SET(ended[0], &in);
	FD_ZERO(&out);
	FD_SET(broken[1], &out);
	bad = in;
	n = (int)EXPECT_OK(select(most + 1, &in, &out, &bad, NULL));
	EXPECT(FD_ISSET(ended[0], &in), "the end of the input is not readable");
	EXPECT(FD_ISSET(broken[1], &out), "the pipe without a reader is not writable");
	EXPECT(!FD_ISSET(broken[1], &in), "what was asked about writing came back as readable");
	EXPECT(!FD_ISSET(ended[0], &bad), "the end of the input is an exceptional condition");
	EXPECT_EQ(n, 2);
}

PROBE(.promise = "For select the end of a file is readable, and a pipe that nobody reads writable: "
		 "neither would block",
      .source = "man 2 select (correspondence between select and poll)",
      .covers = COVERS("select", "pselect6"), .call = {CALL(SYS_select), CALL(SYS_pselect6)},
      .setup = setup, .run = run);
