/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>

#include "probe.h"
#include "lib/ttypair.h"

enum { ROOM = 400000, CHUNK = 4096 };

static unsigned char out[ROOM + CHUNK], got[ROOM + CHUNK];
static struct ttypair tty;
static size_t sent;

static void setup(void)
{
	ttypair_open(&tty);
	ttypair_raw(&tty);
	SETUP_OK(fcntl(tty.master, F_SETFL, O_NONBLOCK));
	SETUP_OK(fcntl(tty.slave, F_SETFL, O_NONBLOCK));
	pattern_fill(out, sizeof(out), 0);
}

/* Room may come back while bytes still move on their way to the reader. */
static bool full(int fd)
{
	ssize_t n;

	while ((n = write(fd, out + sent, CHUNK)) > 0 && sent < ROOM)
		sent += (size_t)n;
	REQUIRE(sent < ROOM, "%d bytes were taken that nobody reads", ROOM);
	REQUIRE(n == -1 && errno == EAGAIN, "expected EAGAIN, saw %s",
		n == 0 ? "0" : errno_name(errno));
	return !(wait_events_ms(fd, POLLOUT, 0) & POLLOUT);
}

static void fill_and_empty(int from, int to)
{
	sent = 0;
	REQUIRE(EVENTUALLY(full(from)), "POLLOUT and EAGAIN go on together");
	REQUIRE_EQ(read_full(to, got, sent), sent);
	EXPECT_EQ(pattern_check(got, sent, 0), sent);
	REQUIRE(wait_events(from, POLLOUT) & POLLOUT, "the reader made room, and no POLLOUT came");
	EXPECT_EQ(write(from, "x", 1), 1);
	EXPECT_EQ(read_full(to, got, 1), 1);
	EXPECT_EQ(got[0], 'x');
}

static void run(void)
{
	fill_and_empty(tty.master, tty.slave);
	fill_and_empty(tty.slave, tty.master);
}

PROBE(.promise = "A terminal whose reader does not read takes no more: EAGAIN and no POLLOUT, on "
		 "either side, until there is room again, and nothing is lost",
      .source = "man 2 write (EAGAIN); man 2 poll; man 7 pty",
      .covers = COVERS("write:EAGAIN", "poll:POLLOUT", "write:tty", "write:ptmx"),
      .needs = NEEDS("pty"), .limit_ms = 4000, .call = {CALL(SYS_write)}, .setup = setup,
      .run = run);
