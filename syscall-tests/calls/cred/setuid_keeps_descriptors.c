/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *path;
static int log_fd, data_fd;

static void setup(void)
{
	path = tmp_file("log", "0123", 4, 0600);
	log_fd = (int)SETUP_OK(open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
	data_fd = (int)SETUP_OK(open(path, O_RDONLY | O_CLOEXEC));
}

static void worker(void *arg)
{
	char buf[8] = "";

	EXPECT_ERRNO(open(path, O_WRONLY | O_CLOEXEC), EACCES);
	EXPECT_EQ(write(log_fd, "45", 2), 2);
	EXPECT_EQ(read(data_fd, buf, sizeof(buf)), 6);
	EXPECT_BYTES(buf, "012345", 6);
}

static void run(void)
{
	as_user(worker, NULL);
}

PROBE(.promise = "What root opened, a process that became a user goes on reading and writing, "
		 "though it could not open it: how nginx's workers write their log",
      .source = "man 2 open; POSIX.1-2017 write; man 7 credentials",
      .covers = COVERS("write", "setresuid", "openat:EACCES"), .needs = NEEDS("root"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
