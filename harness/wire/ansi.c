/* SPDX-License-Identifier: MIT */
/* The shapes of sequences are those of ECMA-48, 7-bit: the 8-bit forms collide with UTF-8. */
#include "wire/ansi.h"

#include <string.h>

enum { TEXT, ESCAPE, NF, CSI, STRING, STRING_ESC };

#define ESC 0x1b
#define BEL 0x07

static size_t give_back(struct ansi *a, char *out)
{
	size_t n = a->n_held;

	memcpy(out, a->held, n);
	a->n_held = 0;
	a->state = TEXT;
	return n;
}

/* The state after c inside a sequence; TEXT when c ends it, -1 when c cannot be part of it. */
static int after(int state, unsigned char c)
{
	switch (state) {
	case ESCAPE:
		if (c == '[')
			return CSI;
		if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
			return STRING;
		/* fall through */
	case NF:
		if (c >= 0x20 && c <= 0x2f)
			return NF;
		return c >= 0x30 && c <= 0x7e ? TEXT : -1;
	case CSI:
		if (c >= 0x20 && c <= 0x3f)
			return CSI;
		return c >= 0x40 && c <= 0x7e ? TEXT : -1;
	case STRING:
		if (c == BEL)
			return TEXT;
		if (c == ESC)
			return STRING_ESC;
		return c >= 0x20 ? STRING : -1;
	default: /* STRING_ESC */
		return c == '\\' ? TEXT : -1;
	}
}

/* One byte inside a sequence; returns the bytes written to out. */
static size_t step(struct ansi *a, char *out, unsigned char c)
{
	bool string_esc = a->state == STRING_ESC;
	int state = after(a->state, c);
	size_t n;

	if (state == TEXT) {
		a->n_held = 0;
		a->state = TEXT;
		return 0;
	}
	if (state < 0) {
		n = give_back(a, out);
		if (c == ESC || string_esc)
			a->state = ESCAPE;
		if (string_esc)
			return n + step(a, out + n, c);
		if (c != ESC)
			out[n++] = (char)c;
		return n;
	}
	a->state = (unsigned char)state;
	if (c != ESC)
		a->held[a->n_held++] = (char)c;
	return a->n_held == ANSI_HELD ? give_back(a, out) : 0;
}

size_t ansi_strip(struct ansi *a, char *out, const char *in, size_t n)
{
	size_t n_out = 0, i = 0, run;
	const char *esc;

	while (i < n) {
		if (a->state != TEXT) {
			n_out += step(a, out + n_out, (unsigned char)in[i++]);
			continue;
		}
		esc = memchr(in + i, ESC, n - i);
		run = esc ? (size_t)(esc - in) - i : n - i;
		memcpy(out + n_out, in + i, run);
		n_out += run;
		i += run;
		if (esc) {
			a->state = ESCAPE;
			i++;
		}
	}
	return n_out;
}

size_t ansi_finish(struct ansi *a, char *out)
{
	return give_back(a, out);
}
