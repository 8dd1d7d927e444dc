/* SPDX-License-Identifier: MIT */
#include <netinet/tcp.h>

#include "probe.h"
#include "lib/netpair.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void run(void)
{
	struct sockaddr_in sa = {0};
	socklen_t len = (socklen_t)-1;
	char two[2] = "";

	EXPECT_ERRNO(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	EXPECT_ERRNO(socket(12345, SOCK_STREAM, 0), EAFNOSUPPORT);
	EXPECT_ERRNO(socket(AF_INET, 77, 0), EINVAL);
	EXPECT_ERRNO(opt_set(fd, IPPROTO_TCP, 7777, 1), ENOPROTOOPT);
	EXPECT_ERRNO(opt_get(fd, SOL_SOCKET, 7777), ENOPROTOOPT);
	EXPECT_ERRNO(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, two, 2), EINVAL);
	EXPECT_ERRNO(opt_set(0, IPPROTO_TCP, TCP_NODELAY, 1), ENOTSOCK);
	EXPECT_ERRNO(opt_set(999, IPPROTO_TCP, TCP_NODELAY, 1), EBADF);
	EXPECT_ERRNO(getsockname(fd, (struct sockaddr *)&sa, &len), EINVAL);
	EXPECT_ERRNO(listen(0, 1), ENOTSOCK);
	EXPECT_ERRNO(accept(fd, NULL, NULL), EINVAL);
}

PROBE(.promise = "Socket calls tell wrong arguments apart: EAFNOSUPPORT, EPROTONOSUPPORT, "
		 "ENOPROTOOPT, "
		 "ENOTSOCK, EBADF, EINVAL",
      .source = "man 2 socket; man 2 setsockopt; man 2 getsockname; man 2 accept",
      .covers = COVERS("socket", "setsockopt", "getsockopt", "getsockname", "accept:EINVAL"),
      .call = {CALL(SYS_socket), CALL(SYS_setsockopt), CALL(SYS_getsockname)}, .setup = setup,
      .run = run);
