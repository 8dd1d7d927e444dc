/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/ttypair.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

static struct ttypair tty;

static void setup(void)
{
	ttypair_open_master(&tty);
}

static void run(void)
{
	struct stat by_fd = {0}, by_path = {0};
	struct winsize size = {.ws_row = 99};
	char name[64] = "";
	int fd = (int)REQUIRE_OK(ioctl(tty.master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));

	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_OK(fstat(fd, &by_fd));
	EXPECT_OK(stat(tty.name, &by_path));
	EXPECT_EQ(by_fd.st_rdev, by_path.st_rdev);
	EXPECT_EQ(by_fd.st_ino, by_path.st_ino);
	EXPECT_EQ(by_fd.st_dev, by_path.st_dev);
	EXPECT_OK(ioctl(fd, TIOCGWINSZ, &size));
	EXPECT(size.ws_row != 99, "TIOCGWINSZ told nothing");
	EXPECT_EQ(ttyname_r(fd, name, sizeof(name)), 0);
	EXPECT_STR(name, tty.name);
}

PROBE(.promise =
	      "TIOCGPTPEER opens the slave of a master, the same file that ptsname names, so that "
	      "ttyname finds it",
      .source = "man 2 TIOCGPTPEER (tty_ioctl); man 3 ttyname",
      .covers = COVERS("ioctl:TIOCGPTPEER", "readlink:/proc/self/fd"),
      .needs = NEEDS("pty", "proc"), .call = {CALL_IOCTL(TIOCGPTPEER)}, .setup = setup, .run = run);
