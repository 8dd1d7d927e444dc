/* SPDX-License-Identifier: MIT */
/*
 * err: what went wrong, in words, with context added outward.
 *
 * Owns its text (inline, no allocation). Called by every fallible function as its last parameter.
 * Never logs: the edge (cmd/) logs once.
 *
 * Law: a function returns 0 or -errno; it fills *err only when it fails; NULL is allowed.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_kind {
	ERR_BROKEN = 0, /* something of ours or of the host's failed: exit 3 */
	ERR_USAGE,	/* arguments or a file are bad: exit 2 */
};

struct err {
	int code; /* positive errno, 0: no error */
	enum err_kind kind;
	char text[1000];
};

#define ERR_INIT  \
	{         \
		0 \
	}

/* Set the error; returns -code, so that `return err_set(err, EIO, ...)` reads well. */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* As err_set, with ": strerror(code)" appended. */
int err_errno(struct err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* As err_set with code EINVAL and kind ERR_USAGE. */
int err_usage(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prepend "context: " to an error that is set; returns -err->code (or -EIO if err is NULL). */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_clear(struct err *err);
/* Exit status for an error: 2 for usage, 3 for the rest. */
int err_exit_status(const struct err *err);

#endif
