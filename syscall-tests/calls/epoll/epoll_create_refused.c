/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>

#include "probe.h"

static void run(void)
{
	EXPECT_ERRNO(syscall(SYS_epoll_create, 0), EINVAL);
	EXPECT_ERRNO(syscall(SYS_epoll_create, -1), EINVAL);
	EXPECT_ERRNO(syscall(SYS_epoll_create1, 1), EINVAL);
}

PROBE(.promise = "epoll_create refuses a size that is not positive, epoll_create1 a flag that it "
		 "does not know (EINVAL)",
      .source = "man 2 epoll_create", .covers = COVERS("epoll_create:EINVAL"),
      .call = {CALL(SYS_epoll_create), CALL(SYS_epoll_create1)}, .run = run);
