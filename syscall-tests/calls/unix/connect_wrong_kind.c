/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>

#include "probe.h"
#include "lib/unixaddr.h"

static struct sockaddr_un log_addr, server_addr, file_addr;
static int log, stream, dgram;

static void setup(void)
{
	log = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	log_addr = unix_addr("log");
	SETUP_OK(bind(log, (struct sockaddr *)&log_addr, sizeof(log_addr)));
	unix_listener("server", 4, &server_addr);
	tmp_file("file", "x", 1, 0666);
	file_addr = unix_addr("file");
	stream = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	dgram = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int reach(int fd, const struct sockaddr_un *addr)
{
	return connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
}

static void run(void)
{
	char line[8] = "";

	EXPECT_ERRNO(reach(stream, &log_addr), EPROTOTYPE);
	EXPECT_ERRNO(reach(dgram, &server_addr), EPROTOTYPE);
	EXPECT_ERRNO(reach(stream, &file_addr), ECONNREFUSED);
	/* The sockets are as good as new. */
	EXPECT_OK(reach(stream, &server_addr));
	EXPECT_EQ(
		getpeername(stream, (struct sockaddr *)&file_addr, &(socklen_t){sizeof(file_addr)}),
		0);
	EXPECT_STR(file_addr.sun_path, server_addr.sun_path);
	REQUIRE_OK(reach(dgram, &log_addr));
	EXPECT_EQ(send(dgram, "line", 4, MSG_NOSIGNAL), 4);
	EXPECT_EQ(recv(log, line, sizeof(line), MSG_DONTWAIT), 4);
	EXPECT_STR(line, "line");
}

PROBE(.promise = "Connecting to a unix socket of another type is EPROTOTYPE, upon which syslog(3) "
		 "tries the other type; to a file that is no socket, ECONNREFUSED",
      .source = "man 2 connect (EPROTOTYPE); man 7 unix (ECONNREFUSED)",
      .covers = COVERS("connect:EPROTOTYPE", "connect:AF_UNIX"), .call = {CALL(SYS_connect)},
      .setup = setup, .run = run);
