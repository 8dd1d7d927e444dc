/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/unixaddr.h"

static struct sockaddr_un addr;
static int receiver, sender;

static int receiver_there(void)
{
	int fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	SETUP_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	return fd;
}

static void setup(void)
{
	addr = unix_addr("log");
	receiver = receiver_there();
	sender = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(sender, (struct sockaddr *)&addr, sizeof(addr)));
}

static void expect_line(const char *line)
{
	char buf[16] = "";

	REQUIRE_EQ(send(sender, line, 5, MSG_NOSIGNAL), 5);
	EXPECT_EQ(recv(receiver, buf, sizeof(buf), MSG_DONTWAIT), 5);
	EXPECT_STR(buf, line);
}

static void run(void)
{
	expect_line("line1");
	expect_line("line2");
	SETUP_OK(close(receiver));
	EXPECT_ERRNO(send(sender, "lost!", 5, MSG_NOSIGNAL), ECONNREFUSED);
	/* Another one at the same name must be connected to. */
	SETUP_OK(unlink(addr.sun_path));
	receiver = receiver_there();
	SETUP_OK(connect(sender, (struct sockaddr *)&addr, sizeof(addr)));
	expect_line("line3");
}

PROBE(.promise = "A datagram to a unix socket that is gone is ECONNREFUSED, whereupon syslog(3) "
		 "connects to the new one: logging outlives a restart of the log daemon",
      .source = "man 7 unix; POSIX.1-2017 send",
      .covers = COVERS("sendto:ECONNREFUSED", "socket:AF_UNIX:SOCK_DGRAM"),
      .call = {CALL(SYS_sendto)}, .setup = setup, .run = run);
