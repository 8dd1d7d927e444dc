/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static const char *secret;

static void setup(void)
{
	secret = tmp_file("secret", "x", 1, 0600);
	SETUP_OK(mkdir(tmp_path("open"), 0777));
	SETUP_OK(chmod(tmp_path("open"), 0777));
}

static void run(void)
{
	struct stat st = {0};
	char c = 0;

	EXPECT_EQ(setfsgid(USER_GID), 0);
	EXPECT_EQ(setfsuid(USER_UID), 0);
	EXPECT_EQ(setfsuid((uid_t)-1), USER_UID);
	EXPECT_EQ(setfsgid((gid_t)-1), USER_GID);
	EXPECT_EQ(geteuid(), 0);
	EXPECT_ERRNO(open(secret, O_RDONLY | O_CLOEXEC), EACCES);
	SETUP_OK(open(tmp_path("open/new"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	SETUP_OK(stat(tmp_path("open/new"), &st));
	EXPECT_EQ(st.st_uid, USER_UID);
	EXPECT_EQ(st.st_gid, USER_GID);
	EXPECT_EQ(setfsuid(0), USER_UID);
	EXPECT_EQ(read((int)EXPECT_OK(open(secret, O_RDONLY | O_CLOEXEC)), &c, 1), 1);
	EXPECT_EQ(c, 'x');
}

PROBE(.promise =
	      "setfsuid and setfsgid alone decide which files root may open and to whom those it "
	      "makes belong, and tell the id before: file servers act for their users so",
      .source = "man 2 setfsuid; man 7 capabilities (Effect of user ID changes)",
      .covers = COVERS("setfsuid", "setfsgid"), .needs = NEEDS("root"),
      .call = {CALL(SYS_setfsuid), CALL(SYS_setfsgid)}, .setup = setup, .run = run);
