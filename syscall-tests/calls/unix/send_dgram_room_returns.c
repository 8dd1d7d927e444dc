/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"
#include "lib/unixaddr.h"

enum { LINE = 1024, LINES = 48 };

static struct sockaddr_un addr;
static int receiver, sender;

static void setup(void)
{
	addr = unix_addr("log");
	receiver = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	SETUP_OK(bind(receiver, (struct sockaddr *)&addr, sizeof(addr)));
	sender = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(sender, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP_OK(opt_set(sender, SOL_SOCKET, SO_SNDBUF, 4096));
}

static void run(void)
{
	/* Many times what there is room for, but no more than one at a time. */
	for (int i = 0; i < LINES; i++) {
		int line[LINE / sizeof(int)] = {i}, got[LINE / sizeof(int)] = {-1};

		REQUIRE(send(sender, line, LINE, 0) == LINE,
			"after %d messages, all of them received, send said %s", i,
			errno_name(errno));
		REQUIRE_EQ(recv(receiver, got, LINE, 0), LINE);
		REQUIRE(got[0] == i, "message %d came as number %d", i, got[0]);
	}
}

PROBE(.promise = "What was received makes room for its sender, one without a name too: a program "
		 "may log through a unix socket for ever",
      .source = "man 7 socket (SO_SNDBUF); man 2 send", .covers = COVERS("sendto:AF_UNIX"),
      .call = {CALL(SYS_sendto)}, .setup = setup, .run = run);
