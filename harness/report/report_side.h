/* SPDX-License-Identifier: MIT */
/*
 * report_side: a run as one of several that are compared: its folder, or the JSON report of it.
 *
 * Owns the model. Called by compare and history. Never writes. From a JSON report come the same
 * cells, results and facts; what only the folder has (consoles, details) is not there.
 */
#ifndef REPORT_REPORT_SIDE_H
#define REPORT_REPORT_SIDE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strv.h"
#include "report/report_model.h"

/* A report past this is refused. */
#define REPORT_SIDE_JSON_MAX ((size_t)256 << 20)

struct report_side {
	char *path; /* as it was named */
	bool is_json;
	struct report_model model; /* dir: the run folder, "" when unknown */
	/* Titles of crashes that nobody was accused of. */
	struct strv unattributed;
};

/* -ENOENT, -EBADMSG and so on with clear text; path names a folder or a regular file. */
int report_side_load(const char *path, struct report_side *ret_side, struct err *err);
void report_side_release(struct report_side *s);

/* The kernel that a run is about: of the kernel under test, else of the reference. */
bool report_side_is_subject(const struct report_side *s, const struct report_cell *c);
/* Its file as it was given, "" when nothing ran. */
const char *report_side_kernel(const struct report_side *s);
/* What it calls itself ("6.6.21-dragonos"), "" when it never said hello. */
const char *report_side_release_name(const struct report_side *s);
/* Its SHA-256, "" when that was not recorded. */
const char *report_side_sha256(const struct report_side *s);
/* When the run began, µs since 1970; 0: unknown. */
uint64_t report_side_begin_us(const struct report_side *s);

#endif
