/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/unixaddr.h"

struct sockaddr_un unix_addr(const char *name)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", tmp_path(name));
	return addr;
}

int unix_listener(const char *name, int backlog, struct sockaddr_un *ret_addr)
{
	struct sockaddr_un addr = unix_addr(name);
	int fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	SETUP_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	SETUP_OK(chmod(addr.sun_path, 0777));
	SETUP_OK(listen(fd, backlog));
	*ret_addr = addr;
	return fd;
}
