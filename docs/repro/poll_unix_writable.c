/* SPDX-License-Identifier: MIT */
/* An empty unix socket can be written: poll must say so. */
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0)
		return 2;
	struct pollfd p = {.fd = sv[0], .events = POLLOUT};
	int ready = poll(&p, 1, 1000);

	printf("poll gives %d, events 0x%x; 1 and 0x4 are right\n", ready, (unsigned)p.revents);
	return !(ready == 1 && p.revents == POLLOUT);
}
