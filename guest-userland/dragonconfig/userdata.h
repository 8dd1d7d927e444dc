/* SPDX-License-Identifier: MIT */
/*
 * userdata: what a user or a vendor hands to an instance, taken apart into what it is made of.
 *
 * Owns the parts. Called by init and schema. Which form it has is told by its first line, by a MIME
 * type, or by gzip's magic, at any level. Forms: docs of cloud-init, "User-data formats". Refused
 * with an error that says so: templates, part handlers (Python) and JSON patches. What is included
 * comes in the place of the line that names it.
 */
#ifndef DRAGONCONFIG_USERDATA_H
#define DRAGONCONFIG_USERDATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "problems.h"

#define USERDATA_MAX (8u << 20) /* all parts together, decoded */

enum part_kind {
	PART_CONFIG,
	PART_SCRIPT,
	PART_SCRIPT_PER_BOOT,
	PART_SCRIPT_PER_INSTANCE,
	PART_SCRIPT_PER_ONCE,
	PART_BOOTHOOK,
	PART_KINDS
};

struct part {
	enum part_kind kind;
	char *name;  /* file name, "part-001" when it has none; no "/" in it */
	char *merge; /* how it is merged, or NULL */
	char *data;  /* ends with NUL */
	size_t n;
};

#define USERDATA_INCLUDES_MAX	   50 /* addresses in all */
#define USERDATA_INCLUDE_DEPTH_MAX 4

/* How what "#include" names is had. */
struct includer {
	/* NULL: it is not. once: it is to be had once an instance. */
	int (*fetch)(void *arg, const char *url, bool once, struct strbuf *to, struct err *err);
	void *arg;
};

struct userdata {
	struct part *parts;
	size_t n;
	size_t size; /* of all data */
	struct includer includer;
	size_t n_included, included_size;
};

#define USERDATA_INIT  \
	{              \
		.n = 0 \
	}

void userdata_release(struct userdata *u);
/* Appends what it is made of, by the includer that was set before. What cannot be used is a problem
 * and left out. */
void userdata_add(struct userdata *u, const void *data, size_t n, struct problems *problems);

#endif
