/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/inotifier.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0600);
}

static void run(void)
{
	int fd = inotifier_open(), out, in;
	int watch = (int)REQUIRE_OK(
		inotify_add_watch(fd, file, IN_OPEN | IN_MODIFY | IN_CLOSE | IN_DELETE_SELF));

	out = (int)SETUP_OK(open(file, O_WRONLY | O_CLOEXEC));
	/* Two alike become one. */
	SETUP_EQ(write(out, "y", 1), 1);
	SETUP_EQ(write(out, "z", 1), 1);
	SETUP_OK(close(out));
	inotifier_expect(fd, watch, IN_OPEN);
	inotifier_expect(fd, watch, IN_MODIFY);
	inotifier_expect(fd, watch, IN_CLOSE_WRITE);
	in = (int)SETUP_OK(open(file, O_RDONLY | O_CLOEXEC));
	SETUP_OK(close(in));
	inotifier_expect(fd, watch, IN_OPEN);
	inotifier_expect(fd, watch, IN_CLOSE_NOWRITE);
	inotifier_expect_none(fd);
	SETUP_OK(unlink(file));
	inotifier_expect(fd, watch, IN_DELETE_SELF);
	/* The watch went with the file. */
	inotifier_expect(fd, watch, IN_IGNORED);
	EXPECT_ERRNO(inotify_rm_watch(fd, watch), EINVAL);
}

PROBE(.promise = "A watch on a file tells of opening, writing, closing and removing, in order, and "
		 "ends with the file: how tail -F and reloads on change know",
      .source = "man 7 inotify", .covers = COVERS("inotify_add_watch", "inotify_init1"),
      .call = {CALL(SYS_inotify_add_watch), CALL(SYS_inotify_init1)}, .setup = setup, .run = run);
