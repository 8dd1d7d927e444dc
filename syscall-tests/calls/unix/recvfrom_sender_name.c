/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "probe.h"
#include "lib/unixaddr.h"

enum { PATH_AT = offsetof(struct sockaddr_un, sun_path) };

static struct sockaddr_un server_addr, client_addr;
static int server, client;

static int bound(const char *name, struct sockaddr_un *ret_addr)
{
	int fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	*ret_addr = unix_addr(name);
	SETUP_OK(bind(fd, (struct sockaddr *)ret_addr, sizeof(*ret_addr)));
	return fd;
}

static void setup(void)
{
	server = bound("server", &server_addr);
	client = bound("client", &client_addr);
	interrupt_when_late();
}

static void run(void)
{
	struct sockaddr_un from = {0};
	struct sockaddr *sa = (struct sockaddr *)&from;
	socklen_t len = sizeof(from);
	char buf[8] = "";

	SETUP_EQ(sendto(client, "ask", 3, 0, (struct sockaddr *)&server_addr, sizeof(server_addr)),
		 3);
	REQUIRE_EQ(recvfrom(server, buf, sizeof(buf), 0, sa, &len), 3);
	EXPECT_STR(buf, "ask");
	EXPECT_EQ(from.sun_family, AF_UNIX);
	EXPECT_STR(from.sun_path, client_addr.sun_path);
	REQUIRE(len == PATH_AT + strlen(client_addr.sun_path) + 1,
		"the sender's address has %u bytes", (unsigned)len);
	SETUP_EQ(sendto(server, "tell", 4, 0, sa, len), 4);
	len = PATH_AT + 3;
	memset(&from, 0, sizeof(from));
	EXPECT_EQ(recvfrom(client, buf, sizeof(buf), 0, sa, &len), 4);
	EXPECT_STR(buf, "tell");
	/* A name for which there is no room is cut, and its length told. */
	EXPECT_EQ(len, PATH_AT + strlen(server_addr.sun_path) + 1);
	EXPECT_BYTES(from.sun_path, server_addr.sun_path, 3);
	EXPECT_EQ(from.sun_path[3], 0);
}

PROBE(.promise = "A unix datagram tells the name its sender is bound to, and an answer sent there "
		 "arrives",
      .source = "man 2 recvfrom; man 7 unix", .covers = COVERS("recvfrom:AF_UNIX"),
      .call = {CALL(SYS_recvfrom)}, .setup = setup, .run = run);
