/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/inotifier.h"

static const char *file;
static int out;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0600);
	out = (int)SETUP_OK(open(file, O_WRONLY | O_CLOEXEC));
}

/* Changes its bytes, then its attributes. */
static void touch(void)
{
	SETUP_EQ(write(out, "y", 1), 1);
	SETUP_OK(fchmod(out, 0600));
}

static void run(void)
{
	int fd = inotifier_open(), watch = (int)REQUIRE_OK(inotify_add_watch(fd, file, IN_MODIFY));

	touch();
	inotifier_expect(fd, watch, IN_MODIFY);
	/* The same file is the same watch, with another mask. */
	REQUIRE_EQ(inotify_add_watch(fd, file, IN_ATTRIB), watch);
	touch();
	inotifier_expect(fd, watch, IN_ATTRIB);
	REQUIRE_EQ(inotify_add_watch(fd, file, IN_MODIFY | IN_MASK_ADD), watch);
	touch();
	inotifier_expect(fd, watch, IN_MODIFY);
	inotifier_expect(fd, watch, IN_ATTRIB);
	REQUIRE_EQ(inotify_add_watch(fd, file, IN_MODIFY | IN_ATTRIB | IN_ONESHOT), watch);
	touch();
	inotifier_expect(fd, watch, IN_MODIFY);
	inotifier_expect(fd, watch, IN_IGNORED);
	inotifier_expect_none(fd);
}

PROBE(.promise = "Watching a file again replaces the mask of its watch, adds to it with "
		 "IN_MASK_ADD, and with IN_ONESHOT the first event is the last",
      .source = "man 2 inotify_add_watch; man 7 inotify",
      .covers = COVERS("inotify_add_watch:IN_MASK_ADD", "inotify_add_watch:IN_ONESHOT"),
      .call = {CALL(SYS_inotify_add_watch), CALL(SYS_inotify_init1)}, .setup = setup, .run = run);
