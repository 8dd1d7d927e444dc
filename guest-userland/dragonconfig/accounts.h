/* SPDX-License-Identifier: MIT */
/*
 * accounts: users and groups of the guest, in /etc/passwd, group and shadow.
 *
 * Reads and writes the files itself, since a small image has no useradd; each file is replaced
 * whole, keeping its owner and mode, after each change or after many. What exists already is kept
 * and only told: cloud-init does not change a user that is there either, but for keys and
 * passwords.
 */
#ifndef DRAGONCONFIG_ACCOUNTS_H
#define DRAGONCONFIG_ACCOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strv.h"

struct account {
	const char *name;
	const char *gecos, *home, *shell; /* NULL: the default */
	const char *primary_group;	  /* NULL: one of its own name */
	const char *hash;		  /* of the password; NULL: none */
	struct strv groups;
	long uid;		/* -1: the next free one */
	long expires, inactive; /* day since 1970, days; -1: never */
	bool system, no_home;
};

struct account_facts {
	uid_t uid;
	gid_t gid;
	char home[256];
};

/* From here on changes are not written: accounts_save() writes them. Whoever asks sees them. */
void accounts_hold(void);
int accounts_save(struct err *err);
/* false: there is no such user. */
bool account_find(const char *name, struct account_facts *ret);
/* Makes it, its group, its home and its places in other groups (which are made too). 1: made, 0: it
 * was there. */
int account_add(const struct account *a, struct err *err);
int account_add_group(const char *name, struct err *err);
/* Adds a user to a group that exists or is made. */
int account_join(const char *user, const char *group, struct err *err);
/* What stands in the password's place in shadow: a hash, "!" before it: locked. expire: must be
 * changed at the next login. */
int account_set_hash(const char *name, const char *hash, bool expire, struct err *err);
/* Puts "!" before the hash, or takes it off. */
int account_lock(const char *name, bool lock, struct err *err);
/* A SHA-512 crypt hash of a password, with a random salt; caller frees,
 * NULL: not possible. */
char *account_hash(const char *password);
/* It is a crypt hash rather than a password, as cloud-init tells them apart. */
bool account_is_hash(const char *text);

#endif
