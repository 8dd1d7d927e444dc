/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/passfd.h"

union control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(PASSFD_MAX * sizeof(int))];
};

ssize_t passfd_send(int sock, const void *data, size_t len, const int *fds, int n)
{
	union control control = {0};
	size_t size = (size_t)n * sizeof(int);
	struct iovec iov = {(void *)data, len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c = &control.align;

	if (n) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(size);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(size);
		memcpy(CMSG_DATA(c), fds, size);
	}
	/* A C library may keep less room for control data than the kernel takes. */
	return syscall(SYS_sendmsg, sock, &msg, 0);
}

void passfd_receive(struct passfd *ret_got, int sock, void *data, size_t len, int flags)
{
	union control control = {0};
	struct iovec iov = {data, len};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	struct passfd got = {.bytes = recvmsg(sock, &msg, flags), .flags = msg.msg_flags};
	const struct cmsghdr *c = got.bytes < 0 ? NULL : CMSG_FIRSTHDR(&msg);

	if (c && (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		  c->cmsg_len < CMSG_LEN(0) || c->cmsg_len > CMSG_LEN(sizeof(got.fd)))) {
		got.fds = -1;
	} else if (c) {
		got.fds = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(got.fd, CMSG_DATA(c), (size_t)got.fds * sizeof(int));
	}
	*ret_got = got;
}
