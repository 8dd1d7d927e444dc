/* SPDX-License-Identifier: MIT */
/*
 * tiny_wish: what the tiny program looks at, told to it in its own file.
 *
 * Owns:       nothing.
 * Called by:  tiny.c, which fills it in, and the program itself.
 * Never does: need a library.
 */
#ifndef TINY_WISH_H
#define TINY_WISH_H

#define TINY_WISH_MARK "tiny looks at:"

enum {
	TINY_NOTHING = 0,
	TINY_IDS = 1,
	TINY_SIGNALS = 2,
	TINY_FDS = 4,
	TINY_KEPT = 8,
	TINY_AUXV = 16,
	TINY_WAITS = 32,
	TINY_CAPS = 64
};

struct tiny_wish {
	char mark[16];
	unsigned wish;
};

#endif
