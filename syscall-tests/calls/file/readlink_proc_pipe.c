/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "probe.h"

static int fds[2], sv[2];

static void setup(void)
{
	SETUP_OK(pipe2(fds, O_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

static void expect_text(int fd, const char *kind)
{
	char link[32], text[64], got[64] = "";
	struct stat st = {0};

	SETUP_OK(fstat(fd, &st));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	snprintf(text, sizeof(text), "%s:[%llu]", kind, (unsigned long long)st.st_ino);
	EXPECT_EQ(readlink(link, got, sizeof(got) - 1), strlen(text));
	EXPECT_STR(got, text);
}

static void run(void)
{
	expect_text(fds[0], "pipe");
	expect_text(fds[1], "pipe");
	expect_text(sv[0], "socket");
}

PROBE(.promise = "The links in /proc/self/fd name a pipe or a socket by its kind and number, as "
		 "fstat tells it: lsof, fuser and ss find by it who is at the other end",
      .source = "man 5 proc (/proc/pid/fd)", .covers = COVERS("readlink:/proc/self/fd"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_readlink), CALL(SYS_readlinkat)}, .setup = setup,
      .run = run);
