/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/filemode.h"
#include "lib/user.h"

static const char *roots, *users;

static void setup(void)
{
	roots = tmp_file("roots", "x", 1, 0666);
	users = tmp_file("users", "x", 1, 0600);
	SETUP_OK(chown(users, USER_UID, USER_GID));
}

static void user(void *arg)
{
	int fd = (int)SETUP_OK(open(roots, O_RDWR | O_CLOEXEC));
	char c = 0;

	SETUP_EQ(read(fd, &c, 1), 1);
	SETUP_EQ(c, 'x');
	EXPECT_ERRNO(chmod(roots, 0600), EPERM);
	EXPECT_ERRNO(fchmod(fd, 0600), EPERM);
	EXPECT_ERRNO(fchmodat(AT_FDCWD, roots, 0600, 0), EPERM);
	expect_mode(roots, 0666);
	REQUIRE_OK(chmod(users, 0640));
	expect_mode(users, 0640);
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "Only its owner and root change a file's mode",
      .source = "man 2 chmod; POSIX.1-2017 chmod",
      .covers = COVERS("chmod:EPERM", "fchmod:EPERM", "fchmodat"), .needs = NEEDS("root"),
      .call = {CALL(SYS_chmod), CALL(SYS_fchmod), CALL(SYS_fchmodat)}, .setup = setup, .run = run);
