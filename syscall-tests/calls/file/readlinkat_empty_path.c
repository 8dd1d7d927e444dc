/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

static int link_fd, folder;

static void setup(void)
{
	struct stat st = {0};
	const char *path = tmp_path("link");

	SETUP_OK(symlink("text of it", path));
	link_fd = (int)SETUP_OK(open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	folder = (int)SETUP_OK(open(tmp_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP_OK(syscall(SYS_fstat, link_fd, &st));
	SETUP(S_ISLNK(st.st_mode), "the descriptor is of no link but of mode 0%o", st.st_mode);
}

static void run(void)
{
	char buf[32] = "";

	REQUIRE_EQ(readlinkat(folder, "link", buf, sizeof(buf)), 10);
	EXPECT_STR(buf, "text of it");
	EXPECT_EQ(readlinkat(link_fd, "", buf, 4), 4);
}

PROBE(.promise = "readlinkat with an empty path reads the link that its descriptor is open on: "
		 "systemd walks paths so",
      .source = "man 2 readlink (readlinkat)", .covers = COVERS("readlinkat"),
      .call = {CALL(SYS_readlinkat)}, .setup = setup, .run = run);
