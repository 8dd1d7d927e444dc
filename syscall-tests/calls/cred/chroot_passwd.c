/* SPDX-License-Identifier: MIT */
#include <pwd.h>
#include <shadow.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"

static void setup(void)
{
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
				     "\n"
				     "broken line\n"
				     "short:x:1\n"
				     "deploy:x:1234:1235:Deploy User,,,:/srv/deploy:/bin/false\n"
				     "big:x:4294967294:70000::/:\n";
	static const char shadow[] = "root:*:19000:0:99999:7:::\n"
				     "deploy:$6$salt$hash:19001:0:99999:7:::\n";

	SETUP_OK(mkdir(tmp_path("etc"), 0755));
	tmp_file("etc/passwd", passwd, strlen(passwd), 0644);
	tmp_file("etc/shadow", shadow, strlen(shadow), 0600);
}

static void run(void)
{
	const struct passwd *pw;
	const struct spwd *sp;
	struct stat st = {0}, by_root = {0};

	REQUIRE_OK(chroot(tmp_path("")));
	REQUIRE_OK(chdir("/"));
	EXPECT_OK(stat("/etc/passwd", &by_root));
	EXPECT_OK(stat("etc/passwd", &st));
	EXPECT_EQ(st.st_mode, S_IFREG | 0644);
	EXPECT_EQ(st.st_ino, by_root.st_ino);
	pw = getpwnam("deploy");
	REQUIRE(pw != NULL, "the user in etc/passwd is not found: %s", errno_name(errno));
	EXPECT_EQ(pw->pw_uid, 1234);
	EXPECT_EQ(pw->pw_gid, 1235);
	EXPECT_STR(pw->pw_dir, "/srv/deploy");
	EXPECT_STR(pw->pw_shell, "/bin/false");
	pw = getpwuid(4294967294u);
	REQUIRE(pw != NULL, "the user with the largest id is not found: %s", errno_name(errno));
	EXPECT_STR(pw->pw_name, "big");
	EXPECT(getpwnam("short") == NULL && getpwnam("nobody-here") == NULL,
	       "a user was found that is not there");
	sp = getspnam("deploy");
	REQUIRE(sp != NULL, "the user in etc/shadow is not found: %s", errno_name(errno));
	EXPECT_STR(sp->sp_pwdp, "$6$salt$hash");

	SETUP_OK(setuid(1000));
	EXPECT(getspnam("deploy") == NULL, "an ordinary user reads etc/shadow");
	EXPECT_ERRNO(chroot("/etc"), EPERM);
}

PROBE(.promise =
	      "After chroot, the library reads users and their secrets from the new root, and an "
	      "ordinary user neither reads the secrets nor calls chroot",
      .source = "man 2 chroot; man 5 passwd; man 5 shadow",
      .covers = COVERS("chroot", "openat:/etc/passwd", "openat:/etc/shadow"),
      .needs = NEEDS("root"), .call = {CALL(SYS_chroot)}, .setup = setup, .run = run);
