/* SPDX-License-Identifier: MIT */
/*
 * channel_cutter QEMU_PID: closes the agent's channel of a QEMU that goes on running, from outside.
 *
 * Takes a copy of the socket that QEMU holds for its "channel" and shuts it down for both ends.
 * Status 0; 77 when the host does not allow to take a descriptor of another process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOT_ALLOWED 77

/* The descriptor in QEMU's own words: "socket,id=channel,fd=N". */
static int find_fd(const char *pid)
{
	static const char key[] = "socket,id=channel,fd=";
	char path[64], text[65536];
	const char *at;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	at = memmem(text, (size_t)n, key, sizeof(key) - 1);
	return at ? (int)strtol(at + sizeof(key) - 1, NULL, 10) : -1;
}

int main(int argc, char **argv)
{
	int theirs, pidfd, fd;

	if (argc != 2)
		return 2;
	theirs = find_fd(argv[1]);
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)strtol(argv[1], NULL, 10), 0);
	if (theirs < 0 || pidfd < 0) {
		fprintf(stderr, "channel_cutter: no QEMU with a channel is %s\n", argv[1]);
		return 1;
	}
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	if (fd < 0) {
		fprintf(stderr, "channel_cutter: %s\n", strerror(errno));
		return errno == EPERM || errno == ENOSYS ? NOT_ALLOWED : 1;
	}
	if (shutdown(fd, SHUT_RDWR) < 0) {
		fprintf(stderr, "channel_cutter: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
