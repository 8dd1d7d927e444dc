/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static void setup(void)
{
	tmp_path("");
}

static struct stat stat_of(const char *name)
{
	struct stat st = {0};

	SETUP_OK(stat(tmp_path(name), &st));
	return st;
}

static void child(void *arg)
{
	EXPECT_EQ(umask(0), 027);
}

static void run(void)
{
	int fd;

	EXPECT_EQ(umask(02077), 022);
	EXPECT_EQ(umask(027), 077);
	fd = (int)SETUP_OK(open(tmp_path("file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
	SETUP_EQ(write(fd, "abc", 3), 3);
	SETUP_OK(mkdir(tmp_path("folder"), 0777));
	SETUP_OK(mkfifo(tmp_path("fifo"), 0666));
	EXPECT_EQ(stat_of("file").st_mode & 07777, 0640);
	EXPECT_EQ(stat_of("folder").st_mode & 07777, 0750);
	EXPECT_EQ(stat_of("fifo").st_mode & 07777, 0640);
	EXPECT_EQ(stat_of("file").st_size, 3);
	SETUP_OK(chmod(tmp_path("file"), 0666));
	EXPECT_EQ(stat_of("file").st_mode & 07777, 0666);
	/* Each process has its own. */
	child_end(child_start(child, NULL));
	EXPECT_EQ(umask(022), 027);
}

PROBE(.promise = "umask takes its bits from the modes of what is made, not from chmod's, tells the "
		 "old mask, and is inherited but not shared",
      .source = "man 2 umask; POSIX.1-2017 umask", .covers = COVERS("umask", "mkdir", "mknod"),
      .call = {CALL(SYS_umask)}, .setup = setup, .run = run);
