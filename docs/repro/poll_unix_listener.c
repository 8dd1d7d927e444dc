/* SPDX-License-Identifier: MIT */
/* A process that waits in poll on a unix listener must be woken by a connection. */
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = "/tmp/poll_unix_listener"};
	const struct sockaddr *sa = (struct sockaddr *)&addr;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(addr.sun_path);
	if (bind(listener, sa, sizeof(addr)) < 0 || listen(listener, 4) < 0)
		return 2;
	if (fork() == 0) {
		poll(NULL, 0, 300); /* the other one is waiting by now */
		connect(socket(AF_UNIX, SOCK_STREAM, 0), sa, sizeof(addr));
		poll(NULL, 0, 5000);
		_exit(0);
	}
	struct pollfd p = {.fd = listener, .events = POLLIN};
	int ready = poll(&p, 1, 3000);

	printf("poll gives %d, 1 is right; ", ready);
	printf("the connection %s there\n", accept(listener, NULL, NULL) >= 0 ? "is" : "is not");
	unlink(addr.sun_path);
	return ready != 1;
}
