/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "probe.h"
#include "lib/procfile.h"

/* Each of two times was rounded. */
enum { SLACK = 1 };

static char text[131072];

static long long seconds(clockid_t clock)
{
	struct timespec ts = {0};

	SETUP_OK(clock_gettime(clock, &ts));
	return ts.tv_sec;
}

/* What follows the word that begins a line; NULL when none does so. */
static const char *line_of(const char *word)
{
	size_t len = strlen(word);

	for (const char *line = text; line; line = strchr(line, '\n'), line += line != NULL)
		if (strncmp(line, word, len) == 0)
			return line + len;
	return NULL;
}

static void run(void)
{
	unsigned long long user, nice, system, idle;
	long long up = seconds(CLOCK_BOOTTIME), now = seconds(CLOCK_REALTIME), told = -1;
	const char *all, *boot;

	proc_read("/proc/stat", text, sizeof(text));
	all = line_of("cpu ");
	REQUIRE(all && sscanf(all, "%llu %llu %llu %llu", &user, &nice, &system, &idle) == 4,
		"the line cpu has no four numbers: %.60s", text);
	EXPECT(line_of("cpu0 "), "there is no line cpu0");
	boot = line_of("btime ");
	REQUIRE(boot && sscanf(boot, "%lld", &told) == 1, "there is no line btime");
	EXPECT_BETWEEN(told, now - seconds(CLOCK_BOOTTIME) - SLACK, now - up + SLACK);
}

PROBE(.promise = "/proc/stat tells the processors' times and when the machine started: top shows "
		 "the one, ps counts the start of processes from the other",
      .source = "man 5 proc (/proc/stat)", .covers = COVERS("openat:/proc/stat"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .run = run);
