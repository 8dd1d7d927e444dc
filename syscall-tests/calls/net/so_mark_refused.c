/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"
#include "lib/user.h"

static int fd;

static void setup(void)
{
	struct sockaddr_in addr;

	fd = udp_bound(&addr);
}

static void as_anybody(void *arg)
{
	EXPECT_ERRNO(opt_set(fd, SOL_SOCKET, SO_MARK, 1), EPERM);
	EXPECT_ERRNO(opt_set(fd, SOL_SOCKET, SO_PRIORITY, 7), EPERM);
	EXPECT_ERRNO(opt_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 8192), EPERM);
	EXPECT_OK(opt_set(fd, SOL_SOCKET, SO_PRIORITY, 6));
	EXPECT_EQ(opt_get(fd, SOL_SOCKET, SO_PRIORITY), 6);
}

static void run(void)
{
	as_user(as_anybody, NULL);
}

PROBE(.promise = "Marks, priorities above 6 and buffers above the limit are for administrators of "
		 "the network: EPERM for others",
      .source = "man 7 socket (SO_MARK, SO_PRIORITY, SO_RCVBUFFORCE)",
      .covers = COVERS("setsockopt:SO_MARK", "setsockopt:SO_PRIORITY", "setsockopt:SO_RCVBUFFORCE"),
      .needs = NEEDS("root"),
      .call = {CALL_SETSOCKOPT(SOL_SOCKET, SO_MARK), CALL_SETSOCKOPT(SOL_SOCKET, SO_PRIORITY),
	       CALL_SETSOCKOPT(SOL_SOCKET, SO_RCVBUFFORCE)},
      .setup = setup, .run = run);
