/* SPDX-License-Identifier: MIT */
#include "problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

#define TEXT_MAX 400

void problems_release(struct problems *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->list[i].text);
	*p = (struct problems)PROBLEMS_INIT;
}

static void add(struct problems *p, bool error, unsigned int line, const char *fmt, va_list ap)
{
	char text[TEXT_MAX];

	p->errors += error;
	if (p->n == PROBLEMS_MAX) {
		p->dropped++;
		return;
	}
	vsnprintf(text, sizeof(text), fmt, ap);
	p->list[p->n++] = (struct problem){.error = error, .line = line, .text = xstrdup(text)};
}

void problem_error(struct problems *p, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, true, line, fmt, ap);
	va_end(ap);
}

void problem_warn(struct problems *p, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, false, line, fmt, ap);
	va_end(ap);
}
