/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"
#include "lib/passfd.h"
#include "lib/unixaddr.h"

static struct sockaddr_un addr;
static int sv[2], listener, client;

static void setup(void)
{
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	listener = unix_listener("socket", 4, &addr);
	client = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	interrupt_when_late();
}

static void run(void)
{
	struct passfd got;
	char c = 0;

	REQUIRE_EQ(passfd_send(sv[0], "!", 1, &listener, 1), 1);
	SETUP_OK(close(listener));
	SETUP(fcntl(listener, F_GETFD) == -1 && errno == EBADF, "the listener is still open");
	/* It listens while nobody holds it. */
	EXPECT_OK(connect(client, (struct sockaddr *)&addr, sizeof(addr)));
	passfd_receive(&got, sv[1], &c, 1, 0);
	REQUIRE_EQ(got.bytes, 1);
	REQUIRE_EQ(got.fds, 1);
	EXPECT_EQ(wait_events(got.fd[0], POLLIN), POLLIN);
	expect_joined((int)REQUIRE_OK(accept(got.fd[0], NULL, NULL)), client);
}

PROBE(.promise = "A listening socket handed over goes on listening, on its way too: servers pass "
		 "theirs to the next version of themselves, and no connection is lost",
      .source = "man 7 unix (SCM_RIGHTS)", .covers = COVERS("sendmsg:SCM_RIGHTS", "accept:AF_UNIX"),
      .call = {CALL(SYS_sendmsg)}, .setup = setup, .run = run);
