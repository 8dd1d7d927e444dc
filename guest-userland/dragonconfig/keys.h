/* SPDX-License-Identifier: MIT */
/*
 * keys: which public keys open an account, in its ~/.ssh/authorized_keys.
 */
#ifndef DRAGONCONFIG_KEYS_H
#define DRAGONCONFIG_KEYS_H

#include "base/err.h"
#include "base/strv.h"

/* Adds those that are not there yet; what others put there stays. */
int keys_authorize(const char *user, const struct strv *keys, struct err *err);

#endif
