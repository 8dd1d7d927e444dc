/* SPDX-License-Identifier: MIT */
/*
 * expect: known failures of a kernel, from a YAML file.
 *
 *   kernel: what it is, in words
 *   sha256: [of kernel files it is picked for by itself]
 *   files: [shell patterns of names of kernel files, likewise]
 *   known:
 *     - name: 'epoll_*'          # shell pattern of cases
 *       scenario: probes         # shell pattern, any without it
 *       lane: static             # any without it
 *       verdicts: [fail]         # of fail, timeout, crash, flaky
 *       owner: kernel/epoll      # a team or a role
 *       reason: why it fails
 *       issue: where that is told
 *       expires: 2027-01-31      # from the day after it counts no more
 *
 * Where several entries match a case, the first one speaks. Owns its strings. Called by run/ and
 * cmd/. Never decides a verdict.
 */
#ifndef CONFIG_EXPECT_H
#define CONFIG_EXPECT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/strv.h"

struct expect_known {
	unsigned int line, column;
	char *name;
	char *scenario, *lane; /* NULL: any */
	struct strv verdicts;
	char *owner, *reason, *issue;
	char *expires; /* "YYYY-MM-DD", a day of the calendar */
};

struct expect {
	char *file;
	char *kernel; /* NULL: not said */
	struct strv sha256, files;
	struct expect_known *known;
	size_t n;
};

/* Errors are of kind ERR_USAGE and read "file:line:column: message". */
int expect_parse(const char *file, const char *text, size_t n, struct expect **ret_expect,
		 struct err *err);
int expect_load(const char *path, struct expect **ret_expect, struct err *err);
void expect_free(struct expect *e);
/* It names this kernel file, by the SHA-256 of its bytes (NULL: not known) or by its name. */
bool expect_is_for(const struct expect *e, const char *kernel_path, const char *sha256);
bool expect_needs_sha256(const struct expect *e);
/* An entry speaks of this case. */
bool expect_matches(const struct expect_known *k, const char *scenario, const char *lane,
		    const char *name);
void expect_print_schema(FILE *f);

#endif
