/* SPDX-License-Identifier: MIT */
#include <net/ethernet.h>

#include "probe.h"
#include "lib/netpair.h"
#include "lib/user.h"

static void as_anybody(void *arg)
{
	EXPECT_ERRNO(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP), EPERM);
	EXPECT_ERRNO(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW), EPERM);
	EXPECT_ERRNO(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)), EPERM);
}

static void run(void)
{
	as_user(as_anybody, NULL);
}

PROBE(.promise = "Raw and packet sockets, that see and forge what others send, are refused to "
		 "users: EPERM",
      .source = "man 7 raw; man 7 packet", .covers = COVERS("socket:SOCK_RAW", "socket:AF_PACKET"),
      .needs = NEEDS("root"), .call = {CALL(SYS_socket)}, .run = run);
