/* SPDX-License-Identifier: MIT */
/* Connecting to a unix socket needs write permission on its file. Run as root. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = "/tmp/unix_connect_denied"};
	const struct sockaddr *sa = (struct sockaddr *)&addr;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(addr.sun_path);
	if (bind(listener, sa, sizeof(addr)) < 0 || listen(listener, 4) < 0 ||
	    chmod(addr.sun_path, 0755) < 0 || setuid(1000) < 0)
		return 2;
	int r = connect(socket(AF_UNIX, SOCK_STREAM, 0), sa, sizeof(addr));

	printf("connect as user 1000 gives %d, -1 is right\n", r);
	return r != -1;
}
