/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/uio.h>

#include "probe.h"

static int fd, fds[2];

static void setup(void)
{
	fd = (int)SETUP_OK(open(tmp_file("file", "0123456789", 10, 0600), O_RDWR | O_CLOEXEC));
	SETUP_EQ(lseek(fd, 3, SEEK_SET), 3);
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	char a[3] = "", b[8] = "";
	struct iovec out[] = {{"AB", 2}, {NULL, 0}, {"CDE", 3}};
	struct iovec in[] = {{a, 3}, {b, 8}};

	REQUIRE_EQ(pwritev(fd, out, 3, 7), 5);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 3);
	EXPECT_EQ(preadv(fd, in, 2, 4), 8);
	EXPECT_BYTES(a, "456", 3);
	EXPECT_BYTES(b, "ABCDE", 5);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 3);
	EXPECT_ERRNO(pwritev(fds[1], out, 3, 0), ESPIPE);
	EXPECT_ERRNO(pwritev(fd, out, 3, -1), EINVAL);
	EXPECT_EQ(preadv(fd, in, 2, 12), 0);
}

PROBE(.promise = "pwritev and preadv gather and scatter at their offset and leave the position; "
		 "nginx writes bodies to temporary files so",
      .source = "man 2 pwritev", .covers = COVERS("pwritev", "preadv"), .call = {CALL(SYS_pwritev)},
      .setup = setup, .run = run);
