/* SPDX-License-Identifier: MIT */
/*
 * seed: who a machine is: what a cloud tells it at its first boot.
 *
 * Owns what it read. Called by run/ and by tests; machine/cloud makes each cloud's files and
 * answers from it. The network is not part of it: the machine's profile has one.
 */
#ifndef CONFIG_SEED_H
#define CONFIG_SEED_H

#include <stdio.h>

#include "base/err.h"
#include "base/strv.h"

struct seed {
	char *instance_id, *hostname, *region, *zone;
	struct strv keys;  /* OpenSSH public keys, a line each */
	char *password;	   /* of root, in clear; NULL: none */
	char *user_data;   /* NULL: none */
	char *vendor_data; /* NULL: none */
};

/* In a file, a key or the password "harness" stands for the one in keys_dir that steps log in with.
 * Errors in the file are usage errors: "file:line:column: message". */
int seed_load(const char *path, const char *keys_dir, struct seed **ret_seed, struct err *err);
/* NULL is fine. */
void seed_free(struct seed *s);
/* What such a file may hold. */
void seed_print_schema(FILE *f);

#endif
