/* SPDX-License-Identifier: MIT */
/*
 * nameset: names that may come only once, however many there are.
 *
 * Owns a database without a name on the disk, of which little is in memory, and which is gone with
 * the process however that ends. Called by run/.
 */
#ifndef STORE_NAMESET_H
#define STORE_NAMESET_H

#include "base/err.h"

struct nameset;

int nameset_new(struct nameset **ret_set, struct err *err);
void nameset_free(struct nameset *s);
/* -EEXIST, of which err says nothing: it is there already. */
int nameset_add(struct nameset *s, const char *name, struct err *err);

#endif
