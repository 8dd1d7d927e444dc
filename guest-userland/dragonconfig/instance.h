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
	char *source;	   /* as cloud-init would name it: "DataSourceNoCloud [seed=…]" */
	char *id;	   /* never NULL once found */
	char *hostname;	   /* NULL: none told */
	struct strv keys;  /* public ssh keys */
	char *random_seed; /* random bytes as text, for this machine alone; NULL: none */
	char *user_data, *vendor_data; /* NULL: none */
	size_t user_size, vendor_size;
	char *network; /* a configuration of it, in any of the languages that there are; NULL: none
			*/
	size_t network_size;
	char *password; /* of the default user; NULL: none */
	bool password_is_hash;
	char *password_file; /* where it is to be taken out, once set; NULL: it stays */
	char *why;	     /* this source and no other, in words */
};

struct source {
	const char *name;
	/* Is it there? Fills what it knows. What is wrong with its files is a problem. */
	bool (*find)(struct instance *ret, struct problems *problems);
};

extern const struct source source_nocloud, source_configdrive, source_aliyun, source_tencent;

void instance_release(struct instance *i);
/* Fills id, host name and keys from a document of metadata, a NoCloud's or an OpenStack's. */
void instance_take_meta(struct instance *i, const char *text, size_t n, struct problems *problems);
/* false: no source is there. */
bool instance_find(struct instance *ret, struct problems *problems);

#endif
