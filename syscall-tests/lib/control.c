/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/control.h"

bool control_take(int fd, const char *text, int level, int type, void *ret, size_t len)
{
	union {
		struct cmsghdr align;
		char buf[256];
	} control = {0};
	char data[32] = "";
	struct iovec iov = {data, sizeof(data)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	int found = 0;

	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "the datagram \"%s\" did not arrive", text);
	REQUIRE_EQ(recvmsg(fd, &msg, MSG_DONTWAIT), (long)strlen(text));
	REQUIRE_BYTES(data, text, strlen(text));
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != level || c->cmsg_type != type)
			continue;
		EXPECT_EQ(c->cmsg_len, CMSG_LEN(len));
		memcpy(ret, CMSG_DATA(c), len);
		found++;
	}
	return found == 1;
}
