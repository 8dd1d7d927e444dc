/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	interrupt_when_late();
}

static void run(void)
{
	char c;

	EXPECT_ERRNO(recv(tcp[0], &c, 1, MSG_OOB), EINVAL);
}

PROBE(.promise = "MSG_OOB does not wait: without urgent data it is EINVAL",
      .source = "man 2 recv; POSIX.1-2017 recv", .covers = COVERS("recvfrom:MSG_OOB"),
      .call = {CALL(SYS_recvfrom)}, .setup = setup, .run = run);
