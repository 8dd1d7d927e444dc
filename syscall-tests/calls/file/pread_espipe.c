/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/socket.h>

#include "probe.h"

static int fds[2], sv[2], file;

static void setup(void)
{
	SETUP_OK(pipe(fds));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	file = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDWR | O_CLOEXEC));
	SETUP_EQ(write(fds[1], "ab", 2), 2);
	SETUP_EQ(write(sv[1], "ab", 2), 2);
	interrupt_when_late();
}

static void run(void)
{
	char buf[4] = "";

	EXPECT_ERRNO(pread(fds[0], buf, 2, 0), ESPIPE);
	EXPECT_ERRNO(pread(sv[0], buf, 2, 0), ESPIPE);
	EXPECT_ERRNO(pwrite(fds[1], "x", 1, 0), ESPIPE);
	EXPECT_ERRNO(lseek(sv[0], 0, SEEK_CUR), ESPIPE);
	/* Nothing was taken. */
	SETUP_EQ(read(fds[0], buf, 4), 2);
	EXPECT_BYTES(buf, "ab", 2);
	EXPECT_ERRNO(pread(file, buf, 2, -1), EINVAL);
	EXPECT_EQ(pread(file, buf, 2, 8), 2);
	EXPECT_BYTES(buf, "89", 2);
}

PROBE(.promise = "Pipes and sockets have no positions: pread, pwrite and lseek answer ESPIPE and "
		 "take nothing",
      .source = "man 2 pread; man 2 lseek; POSIX.1-2017 pread",
      .covers = COVERS("pread64:ESPIPE", "pwrite64:ESPIPE", "lseek:ESPIPE"),
      .call = {CALL(SYS_pread64)}, .setup = setup, .run = run);
