/* SPDX-License-Identifier: MIT */
/* After a reset poll tells POLLERR, and the error is read once. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	struct linger reset = {1, 0};
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	char c;

	if (bind(listener, (struct sockaddr *)&addr, len) < 0 || listen(listener, 4) < 0 ||
	    getsockname(listener, (struct sockaddr *)&addr, &len) < 0 ||
	    connect(client, (struct sockaddr *)&addr, len) < 0)
		return 2;
	int served = accept(listener, NULL, NULL);

	setsockopt(served, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(served);
	struct pollfd p = {.fd = client, .events = POLLIN};

	poll(&p, 1, 2000);
	int first = (int)read(client, &c, 1), error = errno;
	int second = (int)read(client, &c, 1);

	printf("POLLERR %s; reads give %d (%s), %d; yes, -1 (Connection reset by peer), 0 are "
	       "right\n",
	       p.revents & POLLERR ? "yes" : "no", first, strerror(error), second);
	return !(p.revents & POLLERR && first == -1 && error == ECONNRESET && second == 0);
}
