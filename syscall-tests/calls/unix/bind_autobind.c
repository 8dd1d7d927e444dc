/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>

#include "probe.h"
#include "lib/unixaddr.h"

enum { PATH_AT = offsetof(struct sockaddr_un, sun_path), NAME_LEN = 6 };

static int a, b, from;

static int fresh(void)
{
	return (int)SETUP_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static void setup(void)
{
	a = fresh(), b = fresh(), from = fresh();
}

static struct sockaddr_un name_of(int fd)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	socklen_t len = sizeof(addr);

	REQUIRE_OK(bind(fd, (struct sockaddr *)&addr, sizeof(sa_family_t)));
	EXPECT_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	REQUIRE_EQ(len, PATH_AT + NAME_LEN);
	EXPECT_EQ(addr.sun_path[0], 0);
	for (int i = 1; i < NAME_LEN; i++)
		EXPECT(addr.sun_path[i] && strchr("0123456789abcdef", addr.sun_path[i]),
		       "byte %d of the name is %#x", i, (unsigned char)addr.sun_path[i]);
	return addr;
}

static void run(void)
{
	struct sockaddr_un one = name_of(a), two = name_of(b);
	char buf[8] = "";

	EXPECT(memcmp(one.sun_path, two.sun_path, NAME_LEN), "two sockets were given one name");
	SETUP_EQ(sendto(from, "to b", 4, 0, (struct sockaddr *)&two, PATH_AT + NAME_LEN), 4);
	EXPECT_EQ(recv(b, buf, sizeof(buf), MSG_DONTWAIT), 4);
	EXPECT_STR(buf, "to b");
}

PROBE(.promise = "Bound to an address of a family alone, a unix socket is given an abstract name "
		 "of its own, a 0 and five hexadecimal digits, to which answers come",
      .source = "man 7 unix (Autobind feature)", .covers = COVERS("bind:AF_UNIX"),
      .call = {CALL(SYS_bind)}, .setup = setup, .run = run);
