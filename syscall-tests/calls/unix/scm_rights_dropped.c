/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/passfd.h"

static int sv[2], fds[2];

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_OK(pipe(fds));
	SETUP_EQ(passfd_send(sv[0], "!", 1, &fds[1], 1), 1);
	SETUP_OK(close(fds[1]));
}

static void run(void)
{
	EXPECT_EQ(wait_events_ms(fds[0], POLLIN, 0), 0);
	REQUIRE_OK(close(sv[0]));
	EXPECT_EQ(wait_events_ms(fds[0], POLLIN, 0), 0);
	REQUIRE_OK(close(sv[1]));
	/* The pipe's writing end was in the message that nobody took. */
	EXPECT_EQ(wait_events(fds[0], POLLIN), POLLHUP);
}

PROBE(.promise = "Descriptors in a message that is never received are closed with the socket it "
		 "waits in, and not before",
      .source = "man 7 unix (SCM_RIGHTS); POSIX.1-2017 2.10.11",
      .covers = COVERS("close:AF_UNIX", "sendmsg:SCM_RIGHTS"), .call = {CALL(SYS_close)},
      .setup = setup, .run = run);
