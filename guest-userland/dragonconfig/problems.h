/* SPDX-License-Identifier: MIT */
/*
 * problems: what is wrong with a file that somebody wrote, line by line.
 *
 * Owns the texts. Bounded: past PROBLEMS_MAX they are only counted. A text may quote keys, never
 * values: a value may be a password.
 */
#ifndef DRAGONCONFIG_PROBLEMS_H
#define DRAGONCONFIG_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#define PROBLEMS_MAX 100

struct problem {
	bool error;	   /* else a warning: the rest is carried out */
	unsigned int line; /* from 1; 0: none in particular */
	char *text;
};

struct problems {
	struct problem list[PROBLEMS_MAX];
	size_t n, dropped, errors;
};

#define PROBLEMS_INIT  \
	{              \
		.n = 0 \
	}

void problems_release(struct problems *p);
void problem_error(struct problems *p, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void problem_warn(struct problems *p, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
