/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/unixaddr.h"
#include "lib/user.h"

static struct sockaddr_un addr;

static void setup(void)
{
	unix_listener("socket", 4, &addr);
}

static void client(void *arg)
{
	int fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	if (arg)
		EXPECT_OK(connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	else
		EXPECT_ERRNO(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), EACCES);
}

static void run(void)
{
	SETUP_OK(chmod(addr.sun_path, 0755));
	as_user(client, NULL);
	SETUP_OK(chmod(addr.sun_path, 0722));
	as_user(client, "allowed");
}

PROBE(.promise = "Connecting to a unix socket needs write permission on its file",
      .source = "man 7 unix", .covers = COVERS("connect:AF_UNIX"), .needs = NEEDS("root"),
      .call = {CALL(SYS_connect)}, .setup = setup, .run = run);
