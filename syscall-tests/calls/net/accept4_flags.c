/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int listener, client;

static void setup(void)
{
	struct sockaddr_in addr;

	listener = tcp_listener(4, &addr);
	client = tcp_connected(&addr);
	SETUP(wait_events(listener, POLLIN) & POLLIN, "no connection came");
	interrupt_when_late();
}

/* The system call itself: the library would hide its absence. */
static int sys_accept4(struct sockaddr_in *peer, socklen_t *len, int flags)
{
	return (int)syscall(SYS_accept4, listener, peer, len, flags);
}

static void run(void)
{
	struct sockaddr_in peer = {0}, own = {0};
	socklen_t len = sizeof(peer), own_len = sizeof(own);
	char c;
	int fd;

	EXPECT_ERRNO(sys_accept4(NULL, NULL, 0x77), EINVAL);
	fd = (int)REQUIRE_OK(sys_accept4(&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC));
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	int flags = (int)SETUP_OK(fcntl(fd, F_GETFL));

	EXPECT_EQ(flags & O_NONBLOCK, O_NONBLOCK);
	SETUP_OK(getsockname(client, (struct sockaddr *)&own, &own_len));
	EXPECT_EQ(len, (long)sizeof(peer));
	EXPECT_BYTES(&peer, &own, 8);
	/* A flag that is only shown and not obeyed would block here. */
	EXPECT_ERRNO(recv(fd, &c, 1, MSG_DONTWAIT), EAGAIN);
	EXPECT_ERRNO(read(fd, &c, 1), EAGAIN);
}

PROBE(.promise = "accept4 gives a socket that is non-blocking and close-on-exec from birth, and "
		 "the peer's "
		 "address",
      .source = "man 2 accept4",
      .covers = COVERS("accept4", "accept4:SOCK_NONBLOCK", "accept4:SOCK_CLOEXEC"),
      .call = {CALL(SYS_accept4)}, .setup = setup, .run = run);
