/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Records gather for this long, so that many short programs share a frame and a write. */
#define GATHER_US 40000u
#define FULL	  (8u << 10)

static char out[FULL + (68u << 10)];
static size_t len;
static uint64_t since; /* when the first byte in out came */
static size_t begin_at;
static bool begin_waits; /* the begin of the case in flight is the last thing in out */

static void write_all(const char *data, size_t n)
{
	while (n) {
		ssize_t r = write(STDOUT_FILENO, data, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			_exit(3);
		data += r;
		n -= (size_t)r;
	}
}

void say_flush(void)
{
	write_all(out, len);
	len = 0;
	begin_waits = false;
}

static void add(const char *data, size_t n)
{
	if (!len)
		since = now_us();
	memcpy(out + len, data, n);
	len += n;
}

static void add_line(const char *line, int n)
{
	add(line, (size_t)n);
	if (len >= FULL)
		say_flush();
}

int say_due(uint64_t now)
{
	if (!len)
		return -1;
	if (now - since >= GATHER_US) {
		say_flush();
		return -1;
	}
	return (int)((GATHER_US - (now - since)) / 1000) + 1;
}

void say_hello(unsigned long n)
{
	char line[64];

	add_line(line, snprintf(line, sizeof(line), "suite 1 %lu\n", n));
}

void say_begin(unsigned long number, unsigned long limit_ms)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "b %lu %lu\n", number, limit_ms);

	begin_at = len;
	begin_waits = true;
	add_line(line, n);
}

void say_data(char kind, unsigned long number, const char *data, size_t n)
{
	char line[64];
	int head = snprintf(line, sizeof(line), "%c %lu %zu\n", kind, number, n);

	begin_waits = false;
	add_line(line, head);
	while (n) {
		size_t part = n < (64u << 10) ? n : 64u << 10;

		add(data, part);
		data += part;
		n -= part;
		if (len >= FULL)
			say_flush();
	}
	add_line("\n", 1);
}

void say_end(unsigned long number, char how, int status, uint64_t time_us, unsigned long lost)
{
	char line[128];

	if (begin_waits)
		len = begin_at;
	begin_waits = false;
	add_line(line, snprintf(line, sizeof(line), "e %lu %c %u %llu %lu\n", number, how,
				(unsigned int)status, (unsigned long long)time_us, lost));
}
