/* SPDX-License-Identifier: MIT */
#include "credentials.h"

#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "base/cleanup.h"
#include "base/xalloc.h"
#include "keys.h"
#include "status.h"

bool credentials_password(const char *user, const char *text, bool hashed, bool expire)
{
	_autofree_ char *hash = hashed ? xstrdup(text) : account_hash(text);
	struct err err = ERR_INIT;

	if (!hash)
		status_warn("password of %s: it cannot be hashed here", user);
	else if (account_set_hash(user, hash, expire, &err) < 0)
		status_warn("password of %s: %s", user, err.text);
	else
		status_log("password of %s set", user);
	return hash && !err.code;
}

void credentials_keys(const char *user, const struct strv *keys, const char *options)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < keys->n; i++)
		strv_pushf(&lines, "%s%s%s", options ? options : "", options ? " " : "",
			   keys->v[i]);
	if (keys->n && keys_authorize(user, &lines, &err) < 0)
		status_warn("keys of %s: %s", user, err.text);
	else if (keys->n)
		status_log("%zu keys for %s", keys->n, user);
}
