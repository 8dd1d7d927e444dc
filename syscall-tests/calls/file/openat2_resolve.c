/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

enum { NO_SYMLINKS = 0x04, BENEATH = 0x08, IN_ROOT = 0x10 };

static int folder;

static void setup(void)
{
	SETUP_OK(mkdir(tmp_path("folder"), 0700));
	tmp_file("folder/file", "in", 2, 0600);
	tmp_file("file", "out", 3, 0600);
	SETUP_OK(symlink("file", tmp_path("folder/inwards")));
	SETUP_OK(symlink("../file", tmp_path("folder/upwards")));
	SETUP_OK(symlink("/", tmp_path("folder/root")));
	folder = (int)SETUP_OK(open(tmp_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int open2(const char *path, uint64_t resolve, size_t size)
{
	uint64_t how[4] = {O_RDONLY | O_CLOEXEC, 0, resolve, 0};

	return (int)syscall(SYS_openat2, folder, path, how, size);
}

static void expect_inside(int fd)
{
	char buf[4] = "";

	EXPECT_EQ(read(fd, buf, sizeof(buf)), 2);
	EXPECT_STR(buf, "in");
}

static void run(void)
{
	enum { SIZE = 24 };

	expect_inside((int)REQUIRE_OK(open2("file", BENEATH, SIZE)));
	expect_inside((int)REQUIRE_OK(open2("inwards", BENEATH, SIZE)));
	EXPECT_ERRNO(open2("../file", BENEATH, SIZE), EXDEV);
	EXPECT_ERRNO(open2("upwards", BENEATH, SIZE), EXDEV);
	EXPECT_ERRNO(open2("root", BENEATH, SIZE), EXDEV);
	expect_inside((int)REQUIRE_OK(open2("../file", IN_ROOT, SIZE)));
	expect_inside((int)REQUIRE_OK(open2("root/../file", IN_ROOT, SIZE)));
	expect_inside((int)REQUIRE_OK(open2("file", NO_SYMLINKS, SIZE)));
	EXPECT_ERRNO(open2("inwards", NO_SYMLINKS, SIZE), ELOOP);
	/* What a kernel does not know it must not pass over. */
	EXPECT_ERRNO(open2("file", 1u << 31, SIZE), EINVAL);
	EXPECT_ERRNO(open2("file", BENEATH, 8), EINVAL);
	expect_inside((int)REQUIRE_OK(open2("file", BENEATH, SIZE + 8)));
}

PROBE(.promise = "openat2 keeps a path below its folder, where asked, or makes the folder the root "
		 "of it, or follows no link; container runtimes and file servers open so",
      .source = "man 2 openat2", .covers = COVERS("openat2"), .call = {CALL(SYS_openat2)},
      .setup = setup, .run = run);
