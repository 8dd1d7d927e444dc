/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "held_text.h"
#include "probe.h"
#include "stain.h"

/* In flight until the host has surely read the text. */
#define IN_FLIGHT_MS 3000

/* "4,120,2345678,-;TEXT" as the console would have shown it; false: another text. */
static bool tell(int console, const char *record, const char *text)
{
	const char *time = strchr(record, ','), *body = strchr(record, ';');
	char line[300];
	unsigned long long us;
	int n;

	time = time ? strchr(time + 1, ',') : NULL;
	if (!time || !body || strncmp(body + 1, text, strlen(text)) != 0)
		return false;
	us = strtoull(time + 1, NULL, 10);
	n = snprintf(line, sizeof(line), "[%5llu.%06llu] %s\n", us / 1000000, us % 1000000, text);
	EXPECT_EQ(write(console, line, (size_t)n), n);
	return true;
}

static void run(void)
{
	char record[2048];
	int log, console, told = 0;
	ssize_t n;

	if (!in_a_guest_to_kill())
		probe_skip("reads the kernel's log, and this is not a guest");
	log = open(HELD_LOG, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	REQUIRE_OK(log);
	REQUIRE_OK(console);
	while (told < HELD_LINES && (n = read(log, record, sizeof(record) - 1)) > 0) {
		record[n] = '\0';
		told += tell(console, record, held_text[told]);
	}
	if (told)
		poll(NULL, 0, IN_FLIGHT_MS);
}

PROBE(.promise = "Brings the held text to the console, when who it is of has ended",
      .source = "held_text.h", .limit_ms = 20000, .run = run);
