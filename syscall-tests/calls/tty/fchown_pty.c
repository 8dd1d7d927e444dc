/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "probe.h"
#include "lib/ttypair.h"

static struct ttypair tty;
static struct stat before;

static void setup(void)
{
	ttypair_open(&tty);
	SETUP_OK(fstat(tty.slave, &before));
}

static void run(void)
{
	struct stat st = {0};

	REQUIRE_OK(fchown(tty.slave, 1234, (gid_t)-1));
	REQUIRE_OK(stat(tty.name, &st));
	EXPECT_EQ(st.st_uid, 1234);
	EXPECT_EQ(st.st_gid, before.st_gid);

	REQUIRE_OK(fchown(tty.slave, (uid_t)-1, 77));
	EXPECT_OK(fchmod(tty.slave, 0640));
	REQUIRE_OK(stat(tty.name, &st));
	EXPECT_EQ(st.st_uid, 1234);
	EXPECT_EQ(st.st_gid, 77);
	EXPECT_EQ(st.st_mode & 07777, 0640);
}

PROBE(.promise = "A login server can give a slave to its user: fchown changes the ids that are not "
		 "-1, "
		 "fchmod the mode",
      .source = "man 2 fchown; POSIX.1-2017 fchown", .covers = COVERS("fchown", "fchmod"),
      .needs = NEEDS("pty", "root"), .call = {CALL(SYS_fchown)}, .setup = setup, .run = run);
