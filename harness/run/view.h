/* SPDX-License-Identifier: MIT */
/*
 * view: progress on the terminal. On a tty a status line a running cell, redrawn; piped: a line for
 * each thing worth reading; --json: an object a line.
 *
 * Owns nothing but its drawing state. Writes to standard error (people) or standard output (JSON).
 */
#ifndef RUN_VIEW_H
#define RUN_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "run/cell.h"
#include "run/progress.h"

enum view_mode { VIEW_PLAIN, VIEW_TTY, VIEW_JSON, VIEW_QUIET };

struct view_cell {
	const struct cell *cell;
	bool running;
	uint64_t started;
	unsigned int i, n, boots;
	char now[160];		    /* what it does */
	struct verdict_tally tally; /* of first attempts */
	struct verdict_tally again; /* of all others */
};

struct view {
	enum view_mode mode;
	bool color;
	unsigned int drawn; /* status lines on the screen */
	struct view_cell *cells;
	size_t n;
};

/* VIEW_TTY when standard error is a terminal, else VIEW_PLAIN. */
enum view_mode view_default(void);
void view_init(struct view *v, enum view_mode mode, const struct cell *cells, size_t n);
void view_release(struct view *v);
void view_started(struct view *v, size_t i);
void view_progress(struct view *v, size_t i, const struct progress *p);
/* ended: why it ended badly, NULL: in good order. */
void view_ended(struct view *v, size_t i, const char *problem);
/* Redraw elapsed times; call about every 200 ms. */
void view_tick(struct view *v);
/* Take the status lines off the screen. */
void view_clear(struct view *v);

#endif
