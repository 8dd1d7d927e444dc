/* SPDX-License-Identifier: MIT */
/* KTAP lines on standard output, whole lines with one write(2): other processes write there too. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"

enum { LINE_LEN = 1024 };

/* What goes out at once: no more than the kernel takes in one piece. */
static char gathered[PIPE_BUF];
static size_t n_gathered;
static bool gathers;

static void write_gathered(void)
{
	for (size_t done = 0; done < n_gathered;) {
		ssize_t n = write(STDOUT_FILENO, gathered + done, n_gathered - done);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			break;
		if (n > 0)
			done += (size_t)n;
	}
	n_gathered = 0;
}

void ktap_gather(void)
{
	gathers = true;
}

void ktap_flush(void)
{
	gathers = false;
	write_gathered();
}

static void write_line(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	if (n_gathered + len > sizeof(gathered))
		write_gathered();
	memcpy(gathered + n_gathered, line, len);
	n_gathered += len;
	if (!gathers)
		write_gathered();
}

void ktap_line(const char *fmt, ...)
{
	char line[LINE_LEN + 1];
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf(line, LINE_LEN, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	write_line(line, len < LINE_LEN ? (size_t)len : LINE_LEN - 1);
}

void ktap_notes(const char *name, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end && *text) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));

		if (!eol)
			eol = end;
		ktap_line("# %s: %.*s", name, (int)(eol - text), text);
		text = eol + 1;
	}
}
