/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"
#include "lib/ttypair.h"

/* No terminal has such flags. */
enum { UNTOUCHED = 0x5a5a5a5a };

enum { SLAVE_MAJOR = 136 };

void ttypair_open_master(struct ttypair *tty)
{
	unsigned number = 0;
	int unlock = 0;

	tty->slave = -1;
	tty->master = (int)SETUP_OK(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	SETUP_OK(ioctl(tty->master, TIOCSPTLCK, &unlock));
	SETUP_OK(ioctl(tty->master, TIOCGPTN, &number));
	snprintf(tty->name, sizeof(tty->name), "/dev/pts/%u", number);
}

void ttypair_open(struct ttypair *tty)
{
	ttypair_open_master(tty);
	tty->slave = (int)SETUP_OK(open(tty->name, O_RDWR | O_NOCTTY | O_CLOEXEC));
}

void ttypair_control(struct ttypair *tty)
{
	SETUP_OK(ioctl(tty->slave, TIOCSCTTY, 0));
}

struct termios ttypair_attr(struct ttypair *tty)
{
	struct termios t = {.c_cflag = UNTOUCHED};

	SETUP_OK(tcgetattr(tty->slave, &t));
	SETUP(t.c_cflag != UNTOUCHED, "tcgetattr told nothing");
	return t;
}

void ttypair_raw(struct ttypair *tty)
{
	struct termios t = ttypair_attr(tty);

	cfmakeraw(&t);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	SETUP_OK(tcsetattr(tty->slave, TCSANOW, &t));
}

void ttypair_type(struct ttypair *tty, const char *keys)
{
	SETUP(write_full(tty->master, keys, strlen(keys)) == 0, "cannot write to the master: %s",
	      errno_name(errno));
}

void ttypair_expect_line(struct ttypair *tty, const char *line)
{
	char buf[128] = "";

	REQUIRE(wait_events(tty->slave, POLLIN) & POLLIN, "the line \"%s\" never came", line);
	EXPECT_EQ(read(tty->slave, buf, sizeof(buf) - 1), (long)strlen(line));
	EXPECT_STR(buf, line);
}

void ttypair_expect_shown(struct ttypair *tty, const char *text)
{
	char buf[128] = "";

	EXPECT_EQ(read_full(tty->master, buf, strlen(text)), (long)strlen(text));
	EXPECT_STR(buf, text);
}

bool ttypair_is_slave(int fd)
{
	struct stat st = {0};

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && major(st.st_rdev) == SLAVE_MAJOR;
}
