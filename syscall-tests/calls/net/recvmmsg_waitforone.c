/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

enum { SENT = 2, ROOM = 4 };

static int udp[2];

static void setup(void)
{
	udp_pair(udp);
	for (int i = 0; i < SENT; i++)
		SETUP_EQ(send(udp[1], "01" + i, 1, 0), 1);
	interrupt_when_late();
}

static void run(void)
{
	char got[ROOM + 1] = "";
	struct iovec iov[ROOM];
	struct mmsghdr msg[ROOM] = {{.msg_len = 77}};
	int n = 0;

	for (int i = 0; i < ROOM; i++) {
		iov[i] = (struct iovec){&got[i], 1};
		msg[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	}
	/* Both at once, unless the second is still under way. */
	while (n < SENT) {
		REQUIRE(wait_events(udp[0], POLLIN) & POLLIN, "datagram %d did not arrive", n);
		n += (int)REQUIRE_OK(
			syscall(SYS_recvmmsg, udp[0], msg + n, ROOM - n, MSG_WAITFORONE, NULL));
		/* One that waits for all gives what it has when it is interrupted. */
		REQUIRE(patience_ms() > 1, "with %d datagrams there it waited for more", n);
	}
	EXPECT_EQ(n, SENT);
	EXPECT_STR(got, "01");
	EXPECT_EQ(msg[0].msg_len, 1);
	EXPECT_EQ(msg[1].msg_len, 1);
}

PROBE(.promise = "With MSG_WAITFORONE recvmmsg takes what is there and does not wait for the rest",
      .source = "man 2 recvmmsg", .covers = COVERS("recvmmsg:MSG_WAITFORONE"),
      .call = {CALL(SYS_recvmmsg)}, .setup = setup, .run = run);
