/* SPDX-License-Identifier: MIT */
/* KTAP lines on standard output, each with one write(2): other processes write there too. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"

enum { LINE_LEN = 1024 };

static void write_line(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	for (size_t done = 0; done < len;) {
		ssize_t n = write(STDOUT_FILENO, line + done, len - done);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n > 0)
			done += (size_t)n;
	}
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
