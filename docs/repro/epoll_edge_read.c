/* SPDX-License-Identifier: MIT */
/* Reading one of two bytes is no edge: an edge-triggered pipe must not be delivered again. */
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

int main(void)
{
	struct epoll_event set = {.events = EPOLLIN | EPOLLET}, ev;
	int ep = epoll_create1(0), fds[2];
	char c;

	if (ep < 0 || pipe(fds) < 0 || write(fds[1], "ab", 2) != 2 ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &set) < 0)
		return 2;
	int first = epoll_wait(ep, &ev, 1, 0);

	if (read(fds[0], &c, 1) != 1)
		return 2;
	int again = epoll_wait(ep, &ev, 1, 0);

	printf("delivered %d, after reading one byte %d; 1 and 0 are right\n", first, again);
	return !(first == 1 && again == 0);
}
