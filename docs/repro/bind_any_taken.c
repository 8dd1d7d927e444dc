/* SPDX-License-Identifier: MIT */
/* While 127.0.0.1:port has a listener, 0.0.0.0:port is taken. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int first = socket(AF_INET, SOCK_STREAM, 0), second = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(first, (struct sockaddr *)&addr, len) < 0 || listen(first, 4) < 0 ||
	    getsockname(first, (struct sockaddr *)&addr, &len) < 0)
		return 2;
	addr.sin_addr.s_addr = htonl(INADDR_ANY);
	int r = bind(second, (struct sockaddr *)&addr, len);

	printf("bind gives %d, -1 is right\n", r);
	return r != -1;
}
