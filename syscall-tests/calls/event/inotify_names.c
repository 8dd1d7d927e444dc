/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/inotifier.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0600);
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
}

static int fd;

/* The next event, of this kind and about this name. Gives its cookie. */
static uint32_t expect_event(uint32_t mask, const char *name)
{
	const struct inotify_event *event = inotifier_next(fd);

	EXPECT(event->mask == mask, "\"%s\": expected event %#x, saw %#x", name, mask, event->mask);
	REQUIRE(event->len > strlen(name), "an event has a name of %u bytes", event->len);
	EXPECT_STR(event->name, name);
	return event->cookie;
}

static void run(void)
{
	int watch;
	uint32_t cookie;

	fd = inotifier_open();
	watch = (int)REQUIRE_OK(
		inotify_add_watch(fd, tmp_path("folder"), IN_CREATE | IN_DELETE | IN_MOVE));
	inotifier_expect_none(fd);
	SETUP_OK(link(file, tmp_path("folder/one")));
	SETUP_OK(rename(tmp_path("folder/one"), tmp_path("folder/two")));
	SETUP_OK(unlink(tmp_path("folder/two")));
	expect_event(IN_CREATE, "one");
	cookie = expect_event(IN_MOVED_FROM, "one");
	EXPECT(cookie != 0 && cookie == expect_event(IN_MOVED_TO, "two"),
	       "the two halves of a rename do not belong together");
	expect_event(IN_DELETE, "two");
	inotifier_expect_none(fd);
	REQUIRE_OK(inotify_rm_watch(fd, watch));
	EXPECT_ERRNO(inotify_rm_watch(fd, watch), EINVAL);
}

PROBE(.promise = "inotify tells in order what is made, renamed and removed in a directory, with "
		 "names; tail -f and services that watch their configuration wait so",
      .source = "man 7 inotify", .covers = COVERS("inotify_init1", "inotify_add_watch"),
      .call = {CALL(SYS_inotify_init1)}, .setup = setup, .run = run);
