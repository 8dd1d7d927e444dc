/* SPDX-License-Identifier: MIT */
/* The file of a unix socket gets mode 0777 less the umask. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = "/tmp/bind_unix_mode"};
	struct stat st;

	unlink(addr.sun_path);
	umask(022);
	if (bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    stat(addr.sun_path, &st) < 0)
		return 2;
	unlink(addr.sun_path);
	printf("mode %04o, 0755 is right\n", (unsigned)st.st_mode & 07777);
	return (st.st_mode & 07777) != 0755;
}
