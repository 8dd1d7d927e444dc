/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "probe.h"
#include "lib/inotifier.h"

static char buf[2048] __attribute__((aligned(8)));
static long have, at;

int inotifier_open(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	/* Each user has so many of them, and others may have them all. */
	if (fd == -1 && errno == EMFILE)
		probe_skip("no inotify instance is left (fs.inotify.max_user_instances)");
	REQUIRE(fd != -1, "inotify_init1: %s", errno_name(errno));
	return fd;
}

const struct inotify_event *inotifier_next(int fd)
{
	const struct inotify_event *event;

	if (at == have) {
		REQUIRE(wait_events(fd, POLLIN) & POLLIN, "no event came");
		have = REQUIRE_OK(read(fd, buf, sizeof(buf)));
		at = 0;
	}
	event = (const struct inotify_event *)(buf + at);
	REQUIRE(have - at >= (long)sizeof(*event) &&
			have - at - (long)sizeof(*event) >= (long)event->len,
		"%ld bytes were read, where an event should follow after %ld", have, at);
	at += (long)sizeof(*event) + (long)event->len;
	return event;
}

void inotifier_expect(int fd, int watch, uint32_t mask)
{
	const struct inotify_event *event = inotifier_next(fd);

	EXPECT(event->mask == mask, "expected event %#x, saw %#x", mask, event->mask);
	EXPECT_EQ(event->wd, watch);
	EXPECT_EQ(event->len, 0);
}

void inotifier_expect_none(int fd)
{
	EXPECT_EQ(have - at, 0);
	EXPECT_ERRNO(read(fd, buf, sizeof(buf)), EAGAIN);
}
