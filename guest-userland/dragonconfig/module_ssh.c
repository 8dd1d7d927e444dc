/* SPDX-License-Identifier: MIT */
/* Who may log in over ssh, and how: ssh_authorized_keys, allow_public_ssh_keys, disable_root,
 * ssh_pwauth. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "credentials.h"
#include "module.h"
#include "sshd.h"

/* As cloud-init has them. */
#define REFUSAL                                                                                  \
	"no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo 'Please login " \
	"as the user \\\"$USER\\\" rather than the user \\\"$DISABLE_USER\\\".';echo;sleep "     \
	"10;exit "                                                                               \
	"142\""

/* Who is meant instead: the default user, else the first of the users that is not root. */
static const char *other_user(const struct context *c)
{
	const struct tree_node *list = tree_get(c->config, "users");

	if (!default_user_is_root(c))
		return default_user(c);
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++) {
		const char *name = tree_get_text(list->items[i], "name");

		if (name && strcmp(name, "root") != 0)
			return name;
	}
	return "NONE";
}

/* The options with their two words put in; caller frees. */
static char *refusal(const struct context *c)
{
	const char *text = tree_get_text(c->config, "disable_root_opts");
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	int r = 0;

	for (text = text ? text : REFUSAL; r == 0 && *text; text++) {
		if (strncmp(text, "$USER", 5) == 0) {
			r = strbuf_addstr(&sb, other_user(c));
			text += 4;
		} else if (strncmp(text, "$DISABLE_USER", 13) == 0) {
			r = strbuf_addstr(&sb, "root");
			text += 12;
		} else {
			r = strbuf_addch(&sb, *text);
		}
	}
	return r < 0 || strchr(strbuf_str(&sb), '\n') ? NULL : xstrdup(strbuf_str(&sb));
}

/* Keys of the source and those of the whole document are the default user's, and root's. */
static void authorize(const struct context *c)
{
	_cleanup_(strv_release) struct strv keys = STRV_INIT;
	_autofree_ char *options = NULL;
	bool allow = true, disable = !default_user_is_root(c);

	tree_bool(tree_get(c->config, "allow_public_ssh_keys"), &allow);
	tree_bool(tree_get(c->config, "disable_root"), &disable);
	if (allow && c->instance->keys.n)
		strv_push_all(&keys, c->instance->keys.v);
	tree_texts(tree_get(c->config, "ssh_authorized_keys"), &keys);
	if (!default_user_is_root(c))
		credentials_keys(default_user(c), &keys, NULL);
	if (disable) {
		options = refusal(c);
		if (!options) {
			status_warn("disable_root_opts: too long, or more than a line: root gets "
				    "no keys");
			return;
		}
	}
	credentials_keys("root", &keys, options);
}

/* true, false, or "unchanged" */
static void password_logins(const struct context *c)
{
	const struct tree_node *node = tree_get(c->config, "ssh_pwauth");
	const char *word = tree_text(node);
	struct err err = ERR_INIT;
	bool allow;

	if (!word || strcasecmp(word, "unchanged") == 0)
		return;
	if (!tree_bool(node, &allow)) {
		status_warn("ssh_pwauth: neither true nor false nor \"unchanged\"");
		return;
	}
	if (sshd_has_openssh() &&
	    sshd_set("PasswordAuthentication", allow ? "yes" : "no", &err) < 0)
		status_warn("ssh_pwauth: %s", err.text);
	if (sshd_has_dropbear() && !allow)
		status_warn("ssh_pwauth: dropbear has no file of settings: it must be started "
			    "with -s to refuse passwords");
}

static void ssh(const struct context *c)
{
	authorize(c);
	password_logins(c);
}

const struct module module_ssh = {"ssh", STAGE_INIT, FREQUENCY_INSTANCE, ssh};
