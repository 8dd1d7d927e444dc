/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>

#include "probe.h"
#include "lib/netpair.h"
#include "lib/user.h"

static struct sockaddr_in addr;
static int fd;

static void setup(void)
{
	char text[16] = "";
	int sysctl = open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_RDONLY | O_CLOEXEC);

	if (sysctl >= 0 && read(sysctl, text, sizeof(text) - 1) > 0 &&
	    (int)strtol(text, NULL, 10) < 900)
		probe_skip("ports from %d are free for all here", (int)strtol(text, NULL, 10));
	addr = loop4(871);
}

static void try_as_user(void *arg)
{
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	EXPECT_ERRNO(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), EACCES);
	addr.sin_port = 0;
	EXPECT_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
}

static void run(void)
{
	as_user(try_as_user, NULL);
	fd = (int)SETUP_OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	EXPECT_OK(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
}

PROBE(.promise = "A port below 1024 is for a process with CAP_NET_BIND_SERVICE; others get EACCES",
      .source = "man 7 ip", .covers = COVERS("bind:AF_INET"), .needs = NEEDS("root"),
      .call = {CALL(SYS_bind)}, .setup = setup, .run = run);
