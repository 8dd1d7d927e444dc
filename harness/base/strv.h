/* SPDX-License-Identifier: MIT */
/*
 * strv: a growing vector of owned strings, NULL-terminated so that it can be an argv.
 */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include <stdbool.h>
#include <stddef.h>

struct strv {
	char **v; /* NULL until the first push */
	size_t n;
	size_t cap;
};

#define STRV_INIT \
	{         \
		0 \
	}

void strv_release(struct strv *sv);
void strv_push(struct strv *sv, const char *s);
/* Takes ownership of s. */
void strv_take(struct strv *sv, char *s);
void strv_pushf(struct strv *sv, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strv_push_all(struct strv *sv, char *const *v);
bool strv_has(const struct strv *sv, const char *s);
/* Remove element i, keeping order. */
void strv_remove(struct strv *sv, size_t i);
/* Split at any character of seps, dropping empty parts. */
void strv_split(struct strv *sv, const char *s, const char *seps);

#endif
