/* SPDX-License-Identifier: MIT */
#include <net/if.h>
#include <string.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
}

static void run(void)
{
	char name[IFNAMSIZ];
	socklen_t len = sizeof(name);

	memset(name, 'x', sizeof(name));
	REQUIRE_OK(getsockopt(tcp[0], SOL_SOCKET, SO_BINDTODEVICE, name, &len));
	EXPECT(len == 0 || name[0] == '\0',
	       "a socket bound to no interface is told one of %u bytes", (unsigned)len);
}

PROBE(.promise = "A socket that is bound to no interface says so; sshd asks each connection",
      .source = "man 7 socket (SO_BINDTODEVICE)", .covers = COVERS("getsockopt:SO_BINDTODEVICE"),
      .call = {CALL_GETSOCKOPT(SOL_SOCKET, SO_BINDTODEVICE)}, .setup = setup, .run = run);
