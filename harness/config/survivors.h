/* SPDX-License-Identifier: MIT */
/*
 * survivors: the file of lies that probes are known not to notice, each with the reason why that
 * is right.
 *
 *   survivors:
 *     - {probe: dup2_shares, call: "fcntl:F_GETFL", lie: errno, reason: "…"}
 *
 * Owns what it read. Called by run/mutate and cmd/mutate. Never knows whether an entry is true:
 * the run finds out, and an entry that is not is an error.
 */
#ifndef CONFIG_SURVIVORS_H
#define CONFIG_SURVIVORS_H

#include <stddef.h>

#include "base/err.h"

#define SURVIVORS_MAX 1000

struct survivor {
	char *probe, *call, *lie, *reason;
	unsigned int line;
};

struct survivors {
	char *file;
	struct survivor *v;
	size_t n;
};

/* Errors in the file are usage errors: "file:line:column: message". */
int survivors_load(const char *path, struct survivors *ret, struct err *err);
int survivors_parse(const char *file, const char *text, size_t n, struct survivors *ret,
		    struct err *err);
void survivors_release(struct survivors *s);
/* The entry of a mutant named "probe/call/lie", or NULL. */
struct survivor *survivors_find(const struct survivors *s, const char *mutant);

#endif
