/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "probe.h"

static int file, folder, null, fds[2], sv[2];

static void setup(void)
{
	file = (int)SETUP_OK(open(tmp_file("file", "", 0, 0600), O_RDONLY | O_CLOEXEC));
	folder = (int)SETUP_OK(open(tmp_path("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	null = (int)SETUP_OK(open("/dev/null", O_RDWR | O_CLOEXEC));
	SETUP_OK(pipe2(fds, O_CLOEXEC));
	SETUP_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

static struct stat kind(int fd, mode_t type)
{
	struct stat st = {0};

	EXPECT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_mode & S_IFMT, type);
	return st;
}

static void run(void)
{
	struct stat st, other;

	kind(file, S_IFREG);
	kind(folder, S_IFDIR);
	st = kind(null, S_IFCHR);
	EXPECT_EQ(major(st.st_rdev), 1);
	EXPECT_EQ(minor(st.st_rdev), 3);
	/* Both ends of a pipe are one, those of a connection are two. */
	st = kind(fds[0], S_IFIFO);
	other = kind(fds[1], S_IFIFO);
	EXPECT(st.st_ino == other.st_ino && st.st_dev == other.st_dev,
	       "a pipe's ends are numbers %lld and %lld", (long long)st.st_ino,
	       (long long)other.st_ino);
	st = kind(sv[0], S_IFSOCK);
	other = kind(sv[1], S_IFSOCK);
	EXPECT(st.st_ino != other.st_ino, "two sockets are number %lld", (long long)st.st_ino);
	/* The library would ask more. */
	EXPECT_ERRNO(syscall(SYS_fstat, 999, &st), EBADF);
}

PROBE(.promise =
	      "fstat tells files, folders, pipes, sockets and devices apart: sshd, inetd and cat "
	      "find out so what their standard input is",
      .source = "man 2 fstat; man 7 inode; man 4 null; POSIX.1-2017 fstat",
      .covers = COVERS("fstat"), .call = {CALL(SYS_fstat)}, .setup = setup, .run = run);
