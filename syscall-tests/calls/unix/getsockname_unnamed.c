/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>

#include "probe.h"
#include "lib/unixaddr.h"

enum { PATH_AT = offsetof(struct sockaddr_un, sun_path) };

static struct sockaddr_un addr;
static int listener, client;

static void setup(void)
{
	listener = unix_listener("socket", 4, &addr);
	client = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	SETUP_OK(connect(client, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP(wait_events(listener, POLLIN) & POLLIN, "no connection came");
}

static void run(void)
{
	struct sockaddr_un sa = {.sun_family = 77};
	socklen_t len = sizeof(sa);
	int fd = (int)REQUIRE_OK(accept(listener, (struct sockaddr *)&sa, &len));

	/* Who did not bind has no name. */
	EXPECT_EQ(len, PATH_AT);
	EXPECT_EQ(sa.sun_family, AF_UNIX);
	len = sizeof(sa);
	EXPECT_OK(getsockname(client, (struct sockaddr *)&sa, &len));
	EXPECT_EQ(len, PATH_AT);
	len = sizeof(sa);
	REQUIRE_OK(getsockname(fd, (struct sockaddr *)&sa, &len));
	EXPECT_STR(sa.sun_path, addr.sun_path);
	EXPECT_EQ(len, PATH_AT + strlen(addr.sun_path) + 1);
	memset(&sa, 0, sizeof(sa));
	len = sizeof(sa);
	EXPECT_OK(getpeername(client, (struct sockaddr *)&sa, &len));
	EXPECT_STR(sa.sun_path, addr.sun_path);
	len = sizeof(sa);
	EXPECT_OK(getpeername(fd, (struct sockaddr *)&sa, &len));
	EXPECT_EQ(len, PATH_AT);
}

PROBE(.promise = "Both ends of a unix connection tell the listener's path, and a client that did "
		 "not bind has an address of a family alone",
      .source = "man 7 unix (unnamed, pathname)",
      .covers = COVERS("getsockname:AF_UNIX", "getpeername:AF_UNIX"),
      .call = {CALL(SYS_getsockname)}, .setup = setup, .run = run);
