/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/netpair.h"
#include "lib/unixaddr.h"

/* Half a megabyte: more than any kernel keeps for a sender that asked for 4 KiB. */
enum { LINE = 1024, MOST = 512 };

static int receiver, sender;

static void setup(void)
{
	struct sockaddr_un addr = unix_addr("log");

	receiver = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	SETUP_OK(bind(receiver, (struct sockaddr *)&addr, sizeof(addr)));
	sender = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(sender, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP_OK(opt_set(sender, SOL_SOCKET, SO_SNDBUF, 4096));
}

static bool say(int number)
{
	int line[LINE / sizeof(int)] = {number};

	return send(sender, line, LINE, 0) == LINE;
}

/* The number of the next message, or -1. */
static int hear(void)
{
	int line[LINE / sizeof(int)];

	return recv(receiver, line, LINE, 0) == LINE ? line[0] : -1;
}

static void run(void)
{
	int sent = 0, got = 0;

	EXPECT_EQ(wait_events_ms(sender, POLLOUT, 0), POLLOUT);
	while (sent < MOST && say(sent))
		sent++;
	REQUIRE(sent < MOST, "%d messages of %d bytes that nobody reads were taken", sent, LINE);
	REQUIRE(sent > 0 && errno == EAGAIN, "message %d: expected EAGAIN, saw %s", sent,
		errno_name(errno));
	EXPECT_EQ(wait_events_ms(sender, POLLOUT, 0), 0);
	while (got < sent && hear() == got)
		got++;
	EXPECT(got == sent, "of %d messages taken %d arrived in their order", sent, got);
	EXPECT(hear() == -1 && errno == EAGAIN, "there is another message, or %s",
	       errno_name(errno));
	EXPECT_EQ(wait_events(sender, POLLOUT), POLLOUT);
	EXPECT(say(-7), "with room again: %s", errno_name(errno));
	EXPECT_EQ(hear(), -7);
}

PROBE(.promise = "Unix datagrams that nobody reads are kept, all that were taken, until there is "
		 "no room: then EAGAIN, and poll tells when there is room again",
      .source = "man 2 send (EAGAIN); man 7 socket (SO_SNDBUF)",
      .covers = COVERS("sendto:EAGAIN", "poll:POLLOUT"), .call = {CALL(SYS_sendto)}, .setup = setup,
      .run = run);
