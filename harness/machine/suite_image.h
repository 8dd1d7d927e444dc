/* SPDX-License-Identifier: MIT */
/*
 * suite_image: a lane's disk with a folder of foreign test programs on it.
 *
 * Owns <cache>/ready/suite-*.img, keyed by the content of disk, folder, runner and plan. Called by
 * run/. The folder is not trusted: symbolic links are never followed, those that lead out of it and
 * whatever is no file, folder or link is left out and told.
 *
 * In the guest: /suite/run the runner, /suite/plan, /suite/root/ the folder.
 */
#ifndef MACHINE_SUITE_IMAGE_H
#define MACHINE_SUITE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/strv.h"

#define SUITE_IMAGE_ROOT "/suite/root"
#define SUITE_IMAGE_PLAN "/suite/plan"
#define SUITE_IMAGE_RUN	 "/suite/run"

enum suite_entry_kind { SUITE_DIR, SUITE_FILE, SUITE_LINK };

struct suite_entry {
	enum suite_entry_kind kind;
	bool executable;
	char *path;   /* in the folder, without a leading slash */
	char *target; /* of a link */
	uint64_t size;
	char sha256[65]; /* of a file; filled by suite_image_ready() */
};

struct suite_tree {
	char *dir; /* resolved */
	int fd;	   /* of it */
	struct suite_entry *entries;
	size_t n, cap;
	uint64_t bytes;
	struct strv notes; /* what was left out, and why */
};

/* Sorted by path, a folder before what is in it. ERR_USAGE when there is no such folder or it is
 * larger than what a disk should carry. */
int suite_tree_read(const char *dir, struct suite_tree *ret_tree, struct err *err);
void suite_tree_release(struct suite_tree *t);
/* A descriptor of a file of the tree, as it is: no link on the way. -1: it is not there any more.
 */
int suite_tree_open(const struct suite_tree *t, const char *path);

/* The content of /suite/plan. */
struct suite_text {
	FILE *file;
	size_t n; /* bytes */
	char sha256[65];
};

/* Path of the disk; the caller frees. disk: of the lane. */
int suite_image_ready(struct loop *loop, const char *disk, struct suite_tree *tree,
		      const struct suite_text *plan, char **ret_path, struct err *err);

#endif
