/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "probe.h"
#include "lib/procfile.h"

/* Since the machine started, in hundredths of a second. */
static long long since_boot(void)
{
	struct timespec ts = {0};

	SETUP_OK(clock_gettime(CLOCK_BOOTTIME, &ts));
	return ts.tv_sec * 100 + ts.tv_nsec / 10000000;
}

static void run(void)
{
	long long before = since_boot();
	long long seconds = -1, hundredths = -1, idle = -1;
	struct sysinfo info = {0};
	char text[64];

	proc_read("/proc/uptime", text, sizeof(text));
	REQUIRE(sscanf(text, "%lld.%2lld %lld.", &seconds, &hundredths, &idle) == 3,
		"there are no two numbers: \"%s\"", text);
	EXPECT_BETWEEN(seconds * 100 + hundredths, before, since_boot());
	EXPECT(idle >= 0, "it was idle for %lld s", idle);
	SETUP_OK(sysinfo(&info));
	EXPECT_BETWEEN(info.uptime, before / 100, since_boot() / 100 + 1);
}

PROBE(.promise =
	      "/proc/uptime tells how long the machine has been up, as sysinfo and CLOCK_BOOTTIME "
	      "do: uptime, ps and top count from it",
      .source = "man 5 proc (/proc/uptime); man 2 clock_gettime",
      .covers = COVERS("openat:/proc/uptime"), .needs = NEEDS("proc"), .call = {CALL(SYS_read)},
      .run = run);
