/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "probe.h"

#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

static const char *secret;

static void setup(void)
{
	secret = tmp_file("secret", "x", 1, 0600);
	SETUP_OK(chown(secret, 2000, 2000));
	SETUP_OK(setresuid(1000, 2000, 0));
}

static void run(void)
{
	EXPECT_OK(syscall(SYS_faccessat2, AT_FDCWD, secret, R_OK | W_OK, AT_EACCESS));
	EXPECT_ERRNO(syscall(SYS_faccessat2, AT_FDCWD, secret, X_OK, AT_EACCESS), EACCES);
	EXPECT_ERRNO(syscall(SYS_faccessat2, AT_FDCWD, tmp_path("nothing"), R_OK, AT_EACCESS),
		     ENOENT);
	EXPECT_ERRNO(syscall(SYS_faccessat2, AT_FDCWD, secret, R_OK, 0x77), EINVAL);
}

PROBE(.promise = "faccessat2 with AT_EACCESS asks for the effective user, not for the real one: "
		 "bash's test -r",
      .source = "man 2 faccessat2; POSIX.1-2017 faccessat",
      .covers = COVERS("faccessat2", "faccessat2:AT_EACCESS"), .needs = NEEDS("root"),
      .call = {CALL(SYS_faccessat2)}, .setup = setup, .run = run);
