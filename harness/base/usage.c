/* SPDX-License-Identifier: MIT */
#include "base/usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static uint64_t field(const char *name)
{
	_autofclose_ FILE *f = fopen("/proc/self/status", "re");
	size_t n = strlen(name);
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, n) == 0 && line[n] == ':')
			return strtoull(line + n + 1, NULL, 10);
	return 0;
}

uint64_t usage_rss_kib(void)
{
	return field("VmRSS");
}

uint64_t usage_peak_kib(void)
{
	return field("VmHWM");
}
