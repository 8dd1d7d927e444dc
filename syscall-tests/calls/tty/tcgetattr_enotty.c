/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/ttypair.h"

enum { KINDS = 5 };

static int fd[KINDS];
static const char *const kind[KINDS] = {"a file", "a directory", "a pipe", "a socket", "/dev/null"};

static void setup(void)
{
	int pair[2];

	fd[0] = (int)SETUP_OK(open(tmp_file("file", "x", 1, 0600), O_RDWR | O_CLOEXEC));
	fd[1] = (int)SETUP_OK(open(tmp_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP_OK(pipe(pair));
	fd[2] = pair[0];
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	fd[3] = pair[0];
	fd[4] = (int)SETUP_OK(open("/dev/null", O_RDWR | O_CLOEXEC));
}

static void run(void)
{
	struct termios t;
	struct winsize w;
	pid_t group;

	for (int i = 0; i < KINDS; i++) {
		errno = 0;
		EXPECT(ioctl(fd[i], TCGETS, &t) == -1 && errno == ENOTTY,
		       "TCGETS of %s: expected ENOTTY, saw %s", kind[i],
		       errno ? errno_name(errno) : "success");
		errno = 0;
		EXPECT(ioctl(fd[i], TIOCGWINSZ, &w) == -1 && errno == ENOTTY,
		       "TIOCGWINSZ of %s: expected ENOTTY, saw %s", kind[i],
		       errno ? errno_name(errno) : "success");
		errno = 0;
		EXPECT(ioctl(fd[i], TIOCGPGRP, &group) == -1 && errno == ENOTTY,
		       "TIOCGPGRP of %s: expected ENOTTY, saw %s", kind[i],
		       errno ? errno_name(errno) : "success");
	}
	EXPECT_ERRNO(ioctl(999, TCGETS, &t), EBADF);
}

PROBE(.promise = "What is no terminal says ENOTTY to what terminals are asked; every isatty does "
		 "so, hundreds of times in a login",
      .source = "man 3 isatty; man 2 ioctl; POSIX.1-2017 isatty",
      .covers = COVERS("ioctl:ENOTTY", "ioctl:TCGETS"),
      .call = {CALL_IOCTL(TCGETS), CALL_IOCTL(TIOCGWINSZ), CALL_IOCTL(TIOCGPGRP)}, .setup = setup,
      .run = run);
