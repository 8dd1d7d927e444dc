/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "probe.h"
#include "lib/procfile.h"

static long long kib(const char *key)
{
	char text[4096];
	const char *value;

	proc_read("/proc/meminfo", text, sizeof(text));
	value = proc_value(text, key);
	EXPECT(value != NULL, "there is no line %s", key);
	return value ? strtoll(value, NULL, 10) : -1;
}

static long long total(void)
{
	struct sysinfo info = {0};

	SETUP_OK(sysinfo(&info));
	return (long long)info.totalram * info.mem_unit / 1024;
}

static void run(void)
{
	long long before = total(), all = kib("MemTotal");

	/* Memory may come and go, in a virtual machine. */
	if (before == total())
		EXPECT_EQ(all, before);
	EXPECT(all > 0, "there are %lld KiB of memory", all);
	EXPECT_BETWEEN(kib("MemFree"), 1, all);
	EXPECT_BETWEEN(kib("MemAvailable"), 1, all);
	EXPECT(kib("Cached") >= 0 && kib("SwapTotal") >= 0, "a size is negative");
}

PROBE(.promise =
	      "/proc/meminfo tells how much memory there is, as sysinfo does, and how much of it "
	      "is free or may be had: free, top and databases read it",
      .source = "man 5 proc (/proc/meminfo); man 2 sysinfo",
      .covers = COVERS("openat:/proc/meminfo", "sysinfo"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_read)}, .run = run);
