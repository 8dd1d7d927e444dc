/* SPDX-License-Identifier: MIT */
/* An epoll descriptor within another is ready only while it has events to deliver. */
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

int main(void)
{
	struct epoll_event set = {.events = EPOLLIN}, ev;
	int inner = epoll_create1(0), outer = epoll_create1(0), fds[2];
	char c;

	if (pipe(fds) < 0 || epoll_ctl(inner, EPOLL_CTL_ADD, fds[0], &set) < 0 ||
	    epoll_ctl(outer, EPOLL_CTL_ADD, inner, &set) < 0 || write(fds[1], "x", 1) != 1)
		return 2;
	int full = epoll_wait(outer, &ev, 1, 0);

	if (read(fds[0], &c, 1) != 1)
		return 2;
	int empty = epoll_wait(outer, &ev, 1, 0);

	printf("with a byte %d, without %d; 1 and 0 are right\n", full, empty);
	return !(full == 1 && empty == 0);
}
