/* SPDX-License-Identifier: MIT */
/*
 * ansi: removes terminal escape sequences from a byte stream.
 *
 * Called by wire/console_text and by report/ for text that goes to people. Pure, no allocation.
 *
 * A sequence may be cut anywhere between two calls. One that does not end within ANSI_HELD bytes,
 * or that a control character breaks, was none: its bytes come out as text (without the escape
 * character), so that a stray escape hides nothing that follows it.
 */
#ifndef WIRE_ANSI_H
#define WIRE_ANSI_H

#include <stdbool.h>
#include <stddef.h>

#define ANSI_HELD 256

struct ansi {
	unsigned char state; /* 0: ordinary text */
	size_t n_held;
	char held[ANSI_HELD]; /* of the sequence so far, without the escape character */
};

#define ANSI_INIT \
	{         \
		0 \
	}

/* Returns the bytes written to out, which has room for n + ANSI_HELD. out may not overlap in. */
size_t ansi_strip(struct ansi *a, char *out, const char *in, size_t n);
/* The stream ended: what is held comes out. out has room for ANSI_HELD. */
size_t ansi_finish(struct ansi *a, char *out);
static inline bool ansi_is_idle(const struct ansi *a)
{
	return a->state == 0;
}

#endif
