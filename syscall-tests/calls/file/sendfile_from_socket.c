/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "probe.h"

static int file, sv[2];

static void setup(void)
{
	file = (int)SETUP_OK(open(tmp_file("file", "", 0, 0600), O_RDWR | O_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	SETUP_EQ(write(sv[1], "kept", 4), 4);
}

static void run(void)
{
	char buf[8] = "";

	EXPECT_ERRNO(sendfile(file, sv[0], NULL, 4), EINVAL);
	EXPECT_EQ(read_full(sv[0], buf, 4), 4);
	EXPECT_STR(buf, "kept");
}

PROBE(.promise = "sendfile does not read from a socket (EINVAL) and takes nothing from it; whoever "
		 "is refused copies by read and write",
      .source = "man 2 sendfile (EINVAL)", .covers = COVERS("sendfile", "sendfile:EINVAL"),
      .call = {CALL(SYS_sendfile)}, .setup = setup, .run = run);
