/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/statvfs.h>

#include "probe.h"

static int root, fds[2];

static void setup(void)
{
	struct statvfs fs = {0};
	bool has_store;

	/* Nobody changes it, so there is no disk to wait for; what is only read, as a CD, may have
	 * nothing to store. */
	SETUP_OK(statvfs("/", &fs));
	has_store = !(fs.f_flag & ST_RDONLY);
	root = (int)SETUP_OK(
		open(has_store ? "/" : tmp_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP_OK(pipe(fds));
}

static void run(void)
{
	REQUIRE_OK(fsync(root));
	EXPECT_OK(fdatasync(root));
	EXPECT_ERRNO(fsync(fds[1]), EINVAL);
	EXPECT_ERRNO(fdatasync(fds[1]), EINVAL);
	EXPECT_ERRNO(fsync(999), EBADF);
	EXPECT_ERRNO(fdatasync(999), EBADF);
}

PROBE(.promise = "fsync and fdatasync take a directory that is open for reading, and refuse what "
		 "has no store (EINVAL); editors and databases save so",
      .source = "man 2 fsync; POSIX.1-2017 fsync", .covers = COVERS("fsync", "fdatasync"),
      .call = {CALL(SYS_fsync)}, .setup = setup, .run = run);
