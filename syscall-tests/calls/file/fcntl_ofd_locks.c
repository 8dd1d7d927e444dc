/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "lib/filelock.h"

static void run(void)
{
	struct flock fl = {0};
	int holder = filelock_open(), other = filelock_open(), third = filelock_open(), copy;

	REQUIRE_OK(filelock(holder, F_OFD_SETLK, F_WRLCK, 2, 4, NULL));
	EXPECT_ERRNO(filelock(other, F_OFD_SETLK, F_RDLCK, 2, 4, NULL), EAGAIN);
	REQUIRE_OK(filelock(other, F_OFD_GETLK, F_RDLCK, 2, 4, &fl));
	EXPECT_EQ(fl.l_type, F_WRLCK);
	EXPECT_EQ(fl.l_start, 2);
	EXPECT_EQ(fl.l_len, 4);
	/* No process is its owner. */
	EXPECT_EQ(fl.l_pid, -1);

	/* Unlike the other kind it outlives a close of the file elsewhere, and goes with copies. */
	SETUP_OK(close(third));
	EXPECT_ERRNO(filelock(other, F_OFD_SETLK, F_RDLCK, 2, 4, NULL), EAGAIN);
	copy = (int)SETUP_OK(dup(holder));
	EXPECT_OK(filelock(copy, F_OFD_SETLK, F_WRLCK, 2, 4, NULL));
	SETUP_OK(close(holder));
	EXPECT_ERRNO(filelock(other, F_OFD_SETLK, F_RDLCK, 2, 4, NULL), EAGAIN);
	EXPECT_OK(filelock(copy, F_OFD_SETLK, F_UNLCK, 2, 4, NULL));
	EXPECT_OK(filelock(other, F_OFD_SETLK, F_WRLCK, 2, 4, NULL));
	EXPECT_ERRNO(filelock(copy, F_OFD_SETLK, F_RDLCK, 2, 4, NULL), EAGAIN);
	SETUP_OK(close(other));
	EXPECT_OK(filelock(copy, F_OFD_SETLK, F_RDLCK, 2, 4, NULL));
}

PROBE(.promise = "A lock of an open file description keeps out other opens of the file, were it in "
		 "one process, and ends with the last descriptor of its own",
      .source = "man 2 fcntl (open file description locks)",
      .covers = COVERS("fcntl:F_OFD_SETLK", "fcntl:F_OFD_GETLK"),
      .call = {CALL_IF(SYS_fcntl, 1, F_OFD_SETLK), CALL_IF(SYS_fcntl, 1, F_OFD_GETLK)},
      .setup = filelock_make, .run = run);
