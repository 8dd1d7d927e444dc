/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>

#include "probe.h"

static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(open("/sys/class/net/lo/mtu", O_RDONLY | O_CLOEXEC));
}

static void run(void)
{
	char text[16] = "";

	long n = read(fd, text, sizeof(text) - 1);

	REQUIRE(n > 1, "reading the file: %s", errno_name(errno));
	EXPECT(text[n - 1] == '\n', "what was read of the file ends without a newline");
	EXPECT((int)strtol(text, NULL, 10) >= 1280, "the loopback interface has an MTU of %d",
	       (int)strtol(text, NULL, 10));
}

PROBE(.promise = "/sys/class/net/lo/mtu tells how large packets on the loopback interface may be",
      .source = "Linux Documentation/ABI/testing/sysfs-class-net; RFC 8200 5",
      .covers = COVERS("openat:/sys/class/net"), .call = {CALL(SYS_read)}, .setup = setup,
      .run = run);
