/* SPDX-License-Identifier: MIT */
#include "wildcard.h"

#include <stddef.h>
#include <string.h>

/* Behind "[...]", or NULL: it has no end, and is a letter. */
static const char *match_set(const char *p, char c, bool *ret)
{
	bool not = p[1] == '!' || p[1] == '^', in = false;
	const char *first = p + 1 + not ;

	for (p = first; *p && (*p != ']' || p == first); p++) {
		if (p[1] == '-' && p[2] && p[2] != ']') {
			in |= *p <= c && c <= p[2];
			p += 2;
		} else {
			in |= *p == c;
		}
	}
	*ret = in != not ;
	return *p ? p + 1 : NULL;
}

/* What one letter is matched by: the place behind it, or NULL. */
static const char *match_one(const char *p, char c)
{
	const char *end;
	bool in;

	if (*p == '?')
		return p + 1;
	if (*p == '[') {
		end = match_set(p, c, &in);
		if (end)
			return in ? end : NULL;
	}
	return *p && *p == c ? p + 1 : NULL;
}

bool wildcard_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *again = NULL;

	while (*name) {
		const char *next = *pattern == '*' ? NULL : match_one(pattern, *name);

		if (*pattern == '*') {
			star = ++pattern;
			again = name;
		} else if (next) {
			pattern = next;
			name++;
		} else if (star) {
			pattern = star;
			name = ++again;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}
