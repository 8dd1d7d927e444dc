/* SPDX-License-Identifier: MIT */
/*
 * instance: what a source knows of this machine, and the sources.
 *
 * Owns its strings. A source is asked whether it is there; the first of the table that is wins, and
 * which one and why is told. Adding one is a file and a line in instance.c's table.
 */
#ifndef DRAGONCONFIG_INSTANCE_H
#define DRAGONCONFIG_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strv.h"
#include "problems.h"

struct instance {
	char *source;	  /* as cloud-init would name it: "DataSourceNoCloud [seed=…]" */
	char *id;	  /* never NULL once found */
	char *hostname;	  /* NULL: none told */
	struct strv keys; /* public ssh keys */
	char *user_data, *vendor_data; /* NULL: none */
	size_t user_size, vendor_size;
};

struct source {
	const char *name;
	/* Is it there? Fills what it knows. What is wrong with its files is a problem. */
	bool (*find)(struct instance *ret, struct problems *problems);
};

extern const struct source source_nocloud;

void instance_release(struct instance *i);
/* false: no source is there. */
bool instance_find(struct instance *ret, struct problems *problems);

#endif
