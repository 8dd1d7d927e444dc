/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "probe.h"

static const char *path;

static void setup(void)
{
	path = tmp_path("fifo");
	SETUP_OK(mkfifo(path, 0600));
}

static void writer(void *arg)
{
	int fd;

	interrupt_when_late();
	/* Waits for a reader. */
	fd = (int)REQUIRE_OK(open(path, O_WRONLY));
	SETUP_EQ(write(fd, "hi", 2), 2);
}

static void run(void)
{
	char buf[8] = "";
	struct stat st = {0};
	int fd, second;
	pid_t pid;

	EXPECT_OK(stat(path, &st));
	EXPECT_EQ(st.st_mode, S_IFIFO | 0600);
	EXPECT_ERRNO(open(path, O_WRONLY | O_NONBLOCK), ENXIO);
	fd = (int)REQUIRE_OK(open(path, O_RDONLY | O_NONBLOCK));
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 0);
	second = (int)REQUIRE_OK(open(path, O_WRONLY | O_NONBLOCK));
	EXPECT_ERRNO(read(fd, buf, sizeof(buf)), EAGAIN);
	EXPECT_OK(close(second));
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 0);
	EXPECT_OK(close(fd));
	EXPECT_ERRNO(open(path, O_WRONLY | O_NONBLOCK), ENXIO);

	interrupt_when_late();
	pid = child_start(writer, NULL);
	fd = (int)REQUIRE_OK(open(path, O_RDONLY));
	EXPECT_EQ(read_full(fd, buf, 3), 2);
	EXPECT_BYTES(buf, "hi", 2);
	child_end(pid);
}

PROBE(.promise = "Opening a fifo waits for the other side; with O_NONBLOCK a reader does not wait, "
		 "and a writer without one gets ENXIO",
      .source = "man 7 fifo; POSIX.1-2017 open",
      .covers = COVERS("mknod:S_IFIFO", "openat:O_NONBLOCK", "openat:ENXIO"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
