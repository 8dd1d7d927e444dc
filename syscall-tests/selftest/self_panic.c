/* SPDX-License-Identifier: MIT */
#include "probe.h"
#include "stain.h"

static void run(void)
{
	int fd;

	if (!in_a_guest_to_kill())
		probe_skip("kills the machine, and this is not a guest");
	fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	REQUIRE_OK(fd);
	write(fd, "c", 1);
	EXPECT(false, "the kernel went on");
}

PROBE(.promise = "Panics the kernel", .source = "stain.h", .run = run);
