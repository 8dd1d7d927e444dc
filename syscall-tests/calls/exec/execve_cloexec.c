/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>

#include "probe.h"
#include "lib/tiny.h"

static const char *program;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_FDS);
	for (int fd = 3; fd < 12; fd++)
		close(fd);
	int null_fd = (int)SETUP_OK(open("/dev/null", O_RDWR | O_CLOEXEC));

	for (int fd = 5; fd < 9; fd++)
		SETUP_OK(dup2(null_fd, fd));
	SETUP_OK(dup3(null_fd, 9, O_CLOEXEC));
	SETUP_OK(close(null_fd));
	SETUP_OK(fcntl(9, F_DUPFD_CLOEXEC, 10));
}

static void run(void)
{
	char *const argv[] = {"program", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	REQUIRE_OK(fcntl(5, F_SETFD, FD_CLOEXEC));
	REQUIRE_OK(fcntl(6, F_SETFD, FD_CLOEXEC));
	REQUIRE_OK(fcntl(6, F_SETFD, 0));
	EXPECT_EQ(fcntl(5, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(7, F_GETFD), 0);
	EXPECT_EQ(fcntl(10, F_GETFD), FD_CLOEXEC);
	tiny_exec(&tiny, program, argv, envp, NULL, NULL);
	for (int fd = 3; fd < 12; fd++) {
		char key[8];

		snprintf(key, sizeof(key), "fd%d", fd);
		EXPECT(tiny_number(&tiny, key) == (fd >= 6 && fd <= 8 ? 1 : -1),
		       "descriptor %d is %s in the program", fd,
		       tiny_number(&tiny, key) == 1 ? "open" : "not open");
	}
}

PROBE(.promise = "execve closes the descriptors marked FD_CLOEXEC, however they were marked, and "
		 "no other",
      .source = "man 2 execve; man 2 fcntl",
      .covers = COVERS("fcntl:F_SETFD", "fcntl:F_DUPFD_CLOEXEC", "dup3:O_CLOEXEC", "execve"),
      .call = {CALL_IF(SYS_fcntl, 1, F_SETFD)}, .setup = setup, .run = run);
