/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/user.h"

static pid_t roots;

static void setup(void)
{
	roots = getpid();
}

static const char *path(const char *name)
{
	static char text[64];

	snprintf(text, sizeof(text), "/proc/%d/%s", (int)roots, name);
	return text;
}

static void user(void *arg)
{
	char text[256];
	struct stat st = {0};

	/* Unless /proc was mounted to hide it altogether. */
	SETUP_OK(stat(path("status"), &st));
	SETUP(S_ISREG(st.st_mode), "its status is no file");
	EXPECT_ERRNO(open(path("fd"), O_RDONLY | O_DIRECTORY | O_CLOEXEC), EACCES);
	EXPECT_ERRNO(open(path("fd/0"), O_RDONLY | O_CLOEXEC), EACCES);
	EXPECT_ERRNO(readlink(path("exe"), text, sizeof(text)), EACCES);
	EXPECT_ERRNO(open(path("environ"), O_RDONLY | O_CLOEXEC), EACCES);
	EXPECT_ERRNO(open(path("mem"), O_RDWR | O_CLOEXEC), EACCES);
}

static void run(void)
{
	as_user(user, NULL);
}

PROBE(.promise = "An ordinary user sees that root's processes are there, but neither their "
		 "environment nor memory nor open files nor program (EACCES)",
      .source = "man 5 proc (/proc/pid/environ, fd, exe, mem)",
      .covers = COVERS("openat:/proc", "readlink:/proc"), .needs = NEEDS("proc", "root"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
