/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int outside;
static ino_t inode;

static void setup(void)
{
	struct stat st = {0};

	tmp_file("file", "outer", 5, 0644);
	SETUP_OK(mkdir(tmp_path("root"), 0755));
	SETUP_OK(stat(tmp_path("root"), &st));
	inode = st.st_ino;
	tmp_file("root/file", "inner", 5, 0644);
	SETUP_OK(symlink("/file", tmp_path("root/absolute")));
	SETUP_OK(symlink("../../../file", tmp_path("root/upwards")));
	outside = (int)SETUP_OK(open(tmp_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void expect_text(const char *path, const char *text)
{
	char buf[8] = "";
	int fd = (int)REQUIRE_OK(open(path, O_RDONLY | O_CLOEXEC));

	EXPECT_EQ(read(fd, buf, sizeof(buf) - 1), 5);
	EXPECT_STR(buf, text);
}

static void run(void)
{
	struct stat root = {0}, up = {0};
	char cwd[64] = "";

	REQUIRE_OK(chroot(tmp_path("root")));
	REQUIRE_OK(chdir("/"));
	EXPECT_EQ(syscall(SYS_getcwd, cwd, sizeof(cwd)), 2);
	EXPECT_STR(cwd, "/");
	expect_text("/file", "inner");
	expect_text("../../file", "inner");
	expect_text("/absolute", "inner");
	expect_text("upwards", "inner");
	EXPECT_OK(stat("/", &root));
	EXPECT_OK(stat("/..", &up));
	EXPECT_EQ(root.st_ino, inode);
	EXPECT_EQ(up.st_ino, inode);
	/* A directory that was open leads out, as ever. */
	SETUP_OK(fchdir(outside));
	expect_text("file", "outer");
}

PROBE(.promise = "After chroot neither .. nor absolute links lead out of the new root, where sshd "
		 "keeps who has not logged in yet",
      .source = "man 2 chroot; man 7 path_resolution", .covers = COVERS("chroot", "chdir"),
      .needs = NEEDS("root"), .call = {CALL(SYS_chroot)}, .setup = setup, .run = run);
