/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/netpair.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open("/tmp", O_PATH | O_CLOEXEC));
}

static void run(void)
{
	EXPECT_ERRNO(accept(fd, NULL, NULL), EBADF);
}

PROBE(.promise = "accept on an O_PATH descriptor is EBADF", .source = "man 2 open, O_PATH",
      .covers = COVERS("accept", "openat:O_PATH"), .call = {CALL(SYS_accept)}, .setup = setup,
      .run = run);
