/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "probe.h"

enum { KNOWN = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static void expect_sealed(int fd)
{
	struct stat st = {0};
	char buf[16] = "";

	EXPECT_ERRNO(ftruncate(fd, 3), EPERM);
	EXPECT_ERRNO(ftruncate(fd, 5000), EPERM);
	EXPECT_EQ(pwrite(fd, "X", 1, 1), 1);
	EXPECT_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL));
	EXPECT_ERRNO(pwrite(fd, "Y", 1, 2), EPERM);
	EXPECT_ERRNO(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), EPERM);
	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 10);
	EXPECT_EQ(st.st_nlink, 0);
	EXPECT_EQ(pread(fd, buf, sizeof(buf), 0), 10);
	EXPECT_BYTES(buf, "0X23456789", 10);
}

static void run(void)
{
	int fd = (int)REQUIRE_OK(memfd_create("probe", MFD_CLOEXEC | MFD_ALLOW_SEALING)), seals;

	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(write(fd, "0123456789", 10), 10);
	seals = (int)EXPECT_OK(fcntl(fd, F_GET_SEALS));
	EXPECT_EQ(seals & KNOWN, 0);
	EXPECT_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
	seals = (int)EXPECT_OK(fcntl(fd, F_GET_SEALS));
	EXPECT_EQ(seals & KNOWN, F_SEAL_SHRINK | F_SEAL_GROW);
	expect_sealed(fd);
	/* Who does not ask for seals gets a file that takes none. */
	fd = (int)REQUIRE_OK(memfd_create("probe", 0));
	EXPECT_ERRNO(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
	EXPECT_EQ(write(fd, "x", 1), 1);
}

PROBE(.promise = "memfd_create makes a file without a name, and what is sealed of it nobody "
		 "changes, nor the seals: buffers are handed so to whom one does not trust",
      .source = "man 2 memfd_create; man 2 fcntl (file sealing)",
      .covers = COVERS("memfd_create", "memfd_create:MFD_ALLOW_SEALING", "fcntl:F_ADD_SEALS",
		       "fcntl:F_GET_SEALS"),
      .call = {CALL(SYS_memfd_create), CALL_IF(SYS_fcntl, 1, F_ADD_SEALS)}, .run = run);
