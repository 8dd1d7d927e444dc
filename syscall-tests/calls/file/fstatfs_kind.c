/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "probe.h"

static int proc, file;

static void setup(void)
{
	proc = (int)SETUP_OK(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
	file = (int)SETUP_OK(open(tmp_file("file", "x", 1, 0600), O_RDONLY | O_CLOEXEC));
}

static void run(void)
{
	struct statfs of_proc = {0}, of_file = {0}, of_path = {0};

	REQUIRE_OK(fstatfs(proc, &of_proc));
	EXPECT_EQ(of_proc.f_type, PROC_SUPER_MAGIC);
	REQUIRE_OK(fstatfs(file, &of_file));
	EXPECT(of_file.f_type != PROC_SUPER_MAGIC, "a file outside says it is in proc");
	EXPECT(of_file.f_bsize > 0, "the block size is %ld", (long)of_file.f_bsize);
	EXPECT(of_file.f_namelen >= 255, "names have %ld bytes at most", (long)of_file.f_namelen);
	EXPECT(of_file.f_bfree >= of_file.f_bavail && of_file.f_blocks >= of_file.f_bfree,
	       "of %lu blocks %lu are free and %lu to be had", (unsigned long)of_file.f_blocks,
	       (unsigned long)of_file.f_bfree, (unsigned long)of_file.f_bavail);
	EXPECT_OK(statfs("/proc", &of_path));
	EXPECT_EQ(of_path.f_type, PROC_SUPER_MAGIC);
	EXPECT_ERRNO(statfs(tmp_path("nothing"), &of_path), ENOENT);
	EXPECT_ERRNO(fstatfs(999, &of_path), EBADF);
}

PROBE(.promise = "statfs tells which kind of file system a file is on and how full that is; "
		 "sftp's df and glibc's closefrom ask it",
      .source = "man 2 statfs", .covers = COVERS("statfs", "fstatfs"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_fstatfs)}, .setup = setup, .run = run);
