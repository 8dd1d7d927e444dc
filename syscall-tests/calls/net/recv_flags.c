/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/netpair.h"

static int tcp[2];

static void setup(void)
{
	tcp_pair(tcp);
	SETUP_EQ(write(tcp[1], "abcdef", 6), 6);
	SETUP(wait_events(tcp[0], POLLIN) & POLLIN, "no data arrived");
	interrupt_when_late();
}

static void rest(void *arg)
{
	SETUP(mark_wait(0), "the other process did not go on");
	SETUP_EQ(write(tcp[1], "gh", 2), 2);
	for (int i = 0; i < 10; i++)
		pause_briefly();
	SETUP_EQ(write(tcp[1], "ij", 2), 2);
}

static void run(void)
{
	char buf[16] = "";
	int waiting = -1;
	pid_t pid;

	EXPECT_EQ(recv(tcp[0], buf, 3, MSG_PEEK), 3);
	EXPECT_BYTES(buf, "abc", 3);
	EXPECT_OK(ioctl(tcp[0], FIONREAD, &waiting));
	EXPECT_EQ(waiting, 6);
	EXPECT_EQ(recv(tcp[0], buf, 3, 0), 3);
	EXPECT_BYTES(buf, "abc", 3);
	EXPECT_EQ(recv(tcp[0], buf, 16, MSG_DONTWAIT), 3);
	EXPECT_BYTES(buf, "def", 3);
	EXPECT_ERRNO(recv(tcp[0], buf, 16, MSG_DONTWAIT), EAGAIN);
	pid = child_start(rest, NULL);
	mark_set(0, 1);
	EXPECT_EQ(recv(tcp[0], buf, 4, MSG_WAITALL), 4);
	EXPECT_BYTES(buf, "ghij", 4);
	child_end(pid);
}

PROBE(.promise = "recv heeds MSG_PEEK, MSG_DONTWAIT and MSG_WAITALL, and FIONREAD tells what waits",
      .source = "man 2 recv; POSIX.1-2017 recv",
      .covers = COVERS("recvfrom:MSG_PEEK", "recvfrom:MSG_DONTWAIT", "recvfrom:MSG_WAITALL",
		       "ioctl:FIONREAD"),
      .call = {CALL(SYS_recvfrom)}, .setup = setup, .run = run);
