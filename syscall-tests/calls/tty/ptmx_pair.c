/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"
#include "lib/ttypair.h"

enum { SLAVE_MAJOR = 136 };

static int master[2];

static void setup(void)
{
	int unlock = 0;

	for (int i = 0; i < 2; i++) {
		master[i] = (int)SETUP_OK(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
		SETUP_OK(ioctl(master[i], TIOCSPTLCK, &unlock));
	}
}

static void run(void)
{
	unsigned number[2] = {99999, 99999};
	char path[32], buf[4] = "";
	struct ttypair tty;
	struct stat st;

	for (int i = 0; i < 2; i++)
		REQUIRE_OK(ioctl(master[i], TIOCGPTN, &number[i]));
	EXPECT(number[0] != number[1], "two masters both have number %u", number[0]);

	snprintf(path, sizeof(path), "/dev/pts/%u", number[1]);
	REQUIRE_OK(stat(path, &st));
	EXPECT(S_ISCHR(st.st_mode), "%s has mode 0%o, not a character device", path, st.st_mode);
	EXPECT_EQ(major(st.st_rdev), SLAVE_MAJOR);
	EXPECT_EQ(minor(st.st_rdev), number[1]);

	tty.master = master[1];
	tty.slave = (int)REQUIRE_OK(open(path, O_RDWR | O_NOCTTY));
	ttypair_raw(&tty);
	EXPECT_EQ(write(tty.master, "abc", 3), 3);
	EXPECT_EQ(read_full(tty.slave, buf, 3), 3);
	EXPECT_STR(buf, "abc");
	EXPECT_EQ(write(tty.slave, "xyz", 3), 3);
	EXPECT_EQ(read_full(tty.master, buf, 3), 3);
	EXPECT_STR(buf, "xyz");
}

PROBE(.promise = "Each open of /dev/ptmx makes a new pair, TIOCGPTN gives its number, and bytes "
		 "pass between the master and /dev/pts/NUMBER",
      .source = "man 4 pts; man 3 ptsname",
      .covers = COVERS("openat:/dev/ptmx", "ioctl:TIOCGPTN", "openat:/dev/pts"),
      .needs = NEEDS("pty"), .call = {CALL_IOCTL(TIOCGPTN)}, .setup = setup, .run = run);
