/* SPDX-License-Identifier: MIT */
#include "diagnose/errno4095.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define REACH 24 /* between the word and the number: ": unknown error ", " = -", "\": " */

/* The word ends no more than REACH bytes before at, and on the same line. */
static bool word_before(const char *text, size_t at, const char *word)
{
	size_t len = strlen(word), back;

	for (back = 0; back <= REACH && back < at; back++) {
		if (text[at - 1 - back] == '\n' || isdigit((unsigned char)text[at - 1 - back]))
			return false;
		if (at - back >= len && strncasecmp(text + at - back - len, word, len) == 0)
			return true;
	}
	return false;
}

bool errno4095_in(const char *text, size_t n)
{
	const char *p = text, *end = text + n;

	while ((p = memmem(p, (size_t)(end - p), "4095", 4))) {
		bool whole = (p + 4 == end || !isalnum((unsigned char)p[4])) &&
			     (p == text || !isalnum((unsigned char)p[-1]));

		if (whole && (word_before(text, (size_t)(p - text), "errno") ||
			      word_before(text, (size_t)(p - text), "error")))
			return true;
		p += 4;
	}
	return false;
}
