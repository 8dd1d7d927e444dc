/* SPDX-License-Identifier: MIT */
/*
 * credentials: passwords and keys that modules give to users; what comes of it is told to status,
 * what they are is not.
 */
#ifndef DRAGONCONFIG_CREDENTIALS_H
#define DRAGONCONFIG_CREDENTIALS_H

#include <stdbool.h>

#include "base/strv.h"

/* text: a hash, or what is hashed here. expire: it must be changed at the next login. false: it is
 * not set. */
bool credentials_password(const char *user, const char *text, bool hashed, bool expire);
/* options: what stands before each key, NULL: nothing. Without keys nothing happens. */
void credentials_keys(const char *user, const struct strv *keys, const char *options);

#endif
