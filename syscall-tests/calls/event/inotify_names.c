/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "probe.h"

static const char *file;

static void setup(void)
{
	file = tmp_file("file", "x", 1, 0600);
	SETUP_OK(mkdir(tmp_path("folder"), 0755));
}

static char buf[2048] __attribute__((aligned(8)));
static long left, at;

/* The next event, of this kind and about this name. Gives its cookie. */
static uint32_t expect_event(uint32_t mask, const char *name)
{
	const struct inotify_event *event = (const struct inotify_event *)(buf + at);

	REQUIRE(left - at >= (long)sizeof(*event), "no event %#x of \"%s\" came", mask, name);
	EXPECT(event->mask == mask, "\"%s\": expected event %#x, saw %#x", name, mask, event->mask);
	REQUIRE(event->len > strlen(name), "an event has a name of %u bytes", event->len);
	EXPECT_STR(event->name, name);
	at += (long)sizeof(*event) + (long)event->len;
	return event->cookie;
}

static void run(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), watch;
	uint32_t cookie;

	/* Each user has so many of them, and others may have them all. */
	if (fd == -1 && errno == EMFILE)
		probe_skip("no inotify instance is left (fs.inotify.max_user_instances)");
	REQUIRE(fd != -1, "inotify_init1: %s", errno_name(errno));
	watch = (int)REQUIRE_OK(
		inotify_add_watch(fd, tmp_path("folder"), IN_CREATE | IN_DELETE | IN_MOVE));
	EXPECT_ERRNO(read(fd, buf, sizeof(buf)), EAGAIN);
	SETUP_OK(link(file, tmp_path("folder/one")));
	SETUP_OK(rename(tmp_path("folder/one"), tmp_path("folder/two")));
	SETUP_OK(unlink(tmp_path("folder/two")));
	REQUIRE(wait_events(fd, POLLIN) & POLLIN, "no event came");
	left = EXPECT_OK(read(fd, buf, sizeof(buf)));
	expect_event(IN_CREATE, "one");
	cookie = expect_event(IN_MOVED_FROM, "one");
	EXPECT(cookie != 0 && cookie == expect_event(IN_MOVED_TO, "two"),
	       "the two halves of a rename do not belong together");
	expect_event(IN_DELETE, "two");
	EXPECT_EQ(at, left);
	REQUIRE_OK(inotify_rm_watch(fd, watch));
	EXPECT_ERRNO(inotify_rm_watch(fd, watch), EINVAL);
}

PROBE(.promise = "inotify tells in order what is made, renamed and removed in a directory, with "
		 "names; tail -f and services that watch their configuration wait so",
      .source = "man 7 inotify", .covers = COVERS("inotify_init1", "inotify_add_watch"),
      .call = {CALL(SYS_inotify_init1)}, .setup = setup, .run = run);
