/* SPDX-License-Identifier: MIT */
/*
 * instance: what a source knows of this machine, and what a source is.
 *
 * Owns its strings. Adding a source is a file and a line in search.c's table.
 */
#ifndef DRAGONCONFIG_INSTANCE_H
#define DRAGONCONFIG_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"
#include "base/strbuf.h"
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
	char *why;	     /* in words: this source; or, when it is not there, why not */
	/* A piece is there and could not be had: what is done now is to be done again. Of a source
	 * that was not found: it may be there. */
	bool is_partial;
};

/* How a source is looked for. */
struct search_terms {
	struct deadline until;
	bool is_named; /* it is known to be this one: it may be slow to come */
};

struct source {
	const char *name;
	const char *words[3]; /* that name it on the kernel's command line: ds=WORD */
	const char *absent;   /* why it is not there, where find() does not tell */
	bool is_remote;	      /* it is asked over the network */
	const char *address;  /* where, if that is known; NULL */
	/* A service that the same cloud has keys and user data at; NULL: this source has all. */
	const struct source *beside;
	/* Is it there? Fills what it knows. What is wrong with its files is a problem. In a process
	 * of its own: only what it fills comes back. */
	bool (*find)(struct instance *ret, const struct search_terms *terms,
		     struct problems *problems);
};

extern const struct source source_nocloud, source_configdrive, source_aliyun, source_tencent,
	source_nocloud_net, source_openstack, source_aliyun_net, source_tencent_net, source_ec2;

void instance_release(struct instance *i);
/* Takes over what the one has not: keys, user data, vendor data, a name. */
void instance_join(struct instance *to, struct instance *from);
/* Fills id, host name and keys from a document of metadata, a NoCloud's or an OpenStack's. */
void instance_take_meta(struct instance *i, const char *text, size_t n, struct problems *problems);
/* For a pipe between two of these processes. */
void instance_pack(struct strbuf *to, const struct instance *i, const struct problems *problems);
/* -EBADMSG: it is cut off. *p goes behind it. */
int instance_unpack(const char **p, const char *end, struct instance *ret,
		    struct problems *problems);

#endif
