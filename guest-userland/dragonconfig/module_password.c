/* SPDX-License-Identifier: MIT */
/* The password that a source has for the default user: once an instance, or, where it can be taken
 * out of the file that it came in, whenever it is there (the platform writes a new one there). */
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "credentials.h"
#include "files.h"
#include "module.h"
#include "osconf.h"

static bool set(const struct context *c)
{
	const struct instance *i = c->instance;
	const char *user = default_user(c);

	if (!i->password_is_hash || account_is_hash(i->password))
		return credentials_password(user, i->password, i->password_is_hash, false);
	status_warn("password of %s: the source has one that is no hash", user);
	return false;
}

static void once_an_instance(const struct context *c)
{
	if (c->instance->password && !c->instance->password_file && set(c))
		status_log("password of %s set, as the source has it", default_user(c));
}

static void whenever_there(const struct context *c)
{
	const char *path = c->instance->password_file;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(OSCONF_MAX);
	_autofree_ char *rest = NULL;
	struct err err = ERR_INIT;

	if (!c->instance->password || !path || !set(c))
		return;
	if (file_read(path, &sb, &err) == 0) {
		rest = osconf_without_password(strbuf_str(&sb));
		if (sb.buf)
			explicit_bzero(sb.buf, sb.len);
		file_put_as_is(path, rest, strlen(rest), &err);
	}
	if (err.code)
		status_warn("password of %s set, but not taken out of %s: %s", default_user(c),
			    path, err.text);
	else
		status_log("password of %s set and taken out of %s", default_user(c), path);
}

const struct module module_password = {"source_password", STAGE_INIT, FREQUENCY_INSTANCE,
				       once_an_instance};
const struct module module_password_file = {"source_password_file", STAGE_INIT, FREQUENCY_ALWAYS,
					    whenever_there};
