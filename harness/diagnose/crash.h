/* SPDX-License-Identifier: MIT */
/*
 * crash: recognises a kernel's last (or not so last) words in console text.
 *
 * Owns a bounded window of recent lines. Pure: no descriptor, no clock; fed by step/guest,
 * table-driven. Sources: the formats documented for DragonOS (docs) and Linux.
 */
#ifndef DIAGNOSE_CRASH_H
#define DIAGNOSE_CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum crash_class {
	CRASH_RECOVERED, /* the system call was unwound, the system goes on (errno 4095): taint */
	CRASH_TASK,	 /* the task was killed, the system goes on: taint */
	CRASH_FATAL,	 /* the machine is dead or spins */
	CRASH_WARNING,	 /* worth a note, no taint */
};

#define CRASH_TITLE_MAX 120
#define CRASH_FRAMES	5
#define CRASH_ALSO	3

struct crash {
	enum crash_class class;
	char title[CRASH_TITLE_MAX +
		   1]; /* numbers and addresses stripped: the same fault has the same title */
	/* Alternative titles: what the same fault is called when its text came otherwise, cut or by
	   another check of the kernel. Those without a place (" in ") prove nothing. */
	char also[CRASH_ALSO][CRASH_TITLE_MAX + 1];
	size_t n_also;
	char fingerprint[17]; /* 16 hexadecimal digits over the first five frames, or over the title
			       */
	char os[12];	      /* "dragonos", "linux" */
	long pid;	/* as the text says, -1: not said. Reused at once: never proof of guilt. */
	bool corrupted; /* the text is cut or interleaved */
	uint64_t offset, end; /* console bytes that hold it */
	uint64_t ip;	      /* instruction pointer told in the text, 0: none */
	uint64_t stamp_us;    /* when it began by the clock of the kernel's log, 0: not said */
	char *text;	      /* its lines, ANSI and CR stripped; owned */
	size_t n_frames;
	char frames[CRASH_FRAMES][128]; /* function names, innermost first */
};

struct crash_scanner;

struct crash_scanner *crash_scanner_new(void);
void crash_scanner_free(struct crash_scanner *s);
/* Console bytes as they came. Nothing is missed at the border of two calls. */
void crash_scanner_feed(struct crash_scanner *s, const char *data, size_t n);
/* A crash began and its text is still coming: worth waiting a little for the rest. */
bool crash_scanner_pending(const struct crash_scanner *s);
/* Close what is pending, as when the console fell silent. */
void crash_scanner_flush(struct crash_scanner *s);
/* Take the next finished crash, oldest first; false: none. Release it with crash_release(). */
bool crash_scanner_next(struct crash_scanner *s, struct crash *ret_crash);
void crash_release(struct crash *c);
/*
 * The function that c->ip lies in, from the symboliser: it becomes the innermost frame and the
 * place in the title, for texts that name the handler of a fault but not who caused it.
 */
void crash_set_place(struct crash *c, const char *function);
/* The same fault: by title, or by an alternative title of both that names a place. */
bool crash_same(const struct crash *a, const struct crash *b);
const char *crash_class_name(enum crash_class class);
/* By its title: the kernel has found no disk with a root on it. */
bool crash_is_no_root(const char *title);

#endif
