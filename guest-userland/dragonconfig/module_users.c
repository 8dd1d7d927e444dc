/* SPDX-License-Identifier: MIT */
/* users, groups, ssh_authorized_keys, password, chpasswd. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"
#include "keys.h"
#include "module.h"

/* Texts of a list, or of a text at its commas. */
static void take_words(struct strv *to, const struct tree_node *node)
{
	const char *text = tree_text(node);

	if (text)
		strv_split(to, text, ", ");
	for (size_t i = 0; node && node->kind == TREE_LIST && i < node->n; i++)
		if (tree_text(node->items[i]))
			strv_push(to, tree_text(node->items[i]));
}

static void take_lines(struct strv *to, const struct tree_node *node)
{
	for (size_t i = 0; node && node->kind == TREE_LIST && i < node->n; i++)
		if (tree_text(node->items[i]))
			strv_push(to, tree_text(node->items[i]));
}

static void authorize(const char *user, const struct strv *keys)
{
	struct err err = ERR_INIT;

	if (keys->n && keys_authorize(user, keys, &err) < 0)
		status_warn("keys of %s: %s", user, err.text);
	else if (keys->n)
		status_log("%zu keys for %s", keys->n, user);
}

/* The password of a new user; what it is is not told. */
static void set_password(const char *user, const char *text, bool hashed, bool expire)
{
	_autofree_ char *hash = hashed ? xstrdup(text) : account_hash(text);
	struct err err = ERR_INIT;

	if (!hash)
		status_warn("password of %s: it cannot be hashed here", user);
	else if (account_set_hash(user, hash, expire, &err) < 0)
		status_warn("password of %s: %s", user, err.text);
	else
		status_log("password of %s set", user);
}

static void allow_sudo(const char *user, const struct tree_node *rules)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_autofree_ char *path = xasprintf("/etc/sudoers.d/90-cloud-init-%s", user);
	static const struct file_owner owner = {.mode = 0440};
	struct err err = ERR_INIT;

	if (tree_text(rules))
		strv_push(&lines, tree_text(rules));
	take_lines(&lines, rules);
	for (size_t i = 0; i < lines.n; i++)
		if (strcasecmp(lines.v[i], "false") != 0)
			strbuf_addf(&sb, "%s %s\n", user, lines.v[i]);
	if (sb.len && file_put(path, strbuf_str(&sb), sb.len, &owner, &err) < 0)
		status_warn("sudo of %s: %s", user, err.text);
}

static void set_secrets(const struct tree_node *u, const char *name, bool made)
{
	const char *plain = tree_get_text(u, "plain_text_passwd");
	const char *hash = tree_get_text(u, "hashed_passwd");
	const char *first = tree_get_text(u, "passwd");
	struct err err = ERR_INIT;
	bool lock = true;

	tree_bool(tree_get(u, "lock_passwd"), &lock);
	if (plain)
		set_password(name, plain, false, false);
	else if (hash)
		set_password(name, hash, true, false);
	else if (first && made)
		set_password(name, first, true, false);
	if (account_lock(name, lock, &err) < 0)
		status_warn("user %s: %s", name, err.text);
}

static void make_user(const struct tree_node *u)
{
	const char *name = tree_get_text(u, "name");
	_cleanup_(strv_release) struct strv keys = STRV_INIT;
	struct account a = {.name = name, .uid = -1};
	struct err err = ERR_INIT;
	int64_t uid;
	int made;

	if (!name) {
		status_warn("users: line %u: a user without name", u->line);
		return;
	}
	a.gecos = tree_get_text(u, "gecos");
	a.home = tree_get_text(u, "homedir");
	a.shell = tree_get_text(u, "shell");
	a.primary_group = tree_get_text(u, "primary_group");
	if (tree_int(tree_get(u, "uid"), &uid) && uid >= 0 && uid < 0x7fffffff)
		a.uid = (long)uid;
	tree_bool(tree_get(u, "system"), &a.system);
	tree_bool(tree_get(u, "no_create_home"), &a.no_home);
	take_words(&a.groups, tree_get(u, "groups"));
	made = account_add(&a, &err);
	strv_release(&a.groups);
	if (made < 0) {
		status_warn("user %s: %s", name, err.text);
		return;
	}
	status_log("user %s %s", name, made ? "made" : "was there");
	set_secrets(u, name, made);
	allow_sudo(name, tree_get(u, "sudo"));
	take_lines(&keys, tree_get(u, "ssh_authorized_keys"));
	authorize(name, &keys);
}

/* Names, or maps of a name to its members. */
static void make_groups(const struct tree_node *groups)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	struct err err = ERR_INIT;

	take_words(&names, groups);
	for (size_t i = 0; groups && groups->kind == TREE_LIST && i < groups->n; i++)
		if (groups->items[i]->kind == TREE_MAP)
			make_groups(groups->items[i]);
	for (size_t i = 0; groups && groups->kind == TREE_MAP && i < groups->n; i++) {
		_cleanup_(strv_release) struct strv members = STRV_INIT;

		strv_push(&names, groups->keys[i]->text);
		take_words(&members, groups->items[i]);
		for (size_t k = 0; k < members.n; k++)
			if (account_join(members.v[k], groups->keys[i]->text, &err) < 0)
				status_warn("group %s: %s", groups->keys[i]->text, err.text);
	}
	for (size_t i = 0; i < names.n; i++)
		if (account_add_group(names.v[i], &err) < 0)
			status_warn("group %s: %s", names.v[i], err.text);
}

static void users(const struct context *c)
{
	const struct tree_node *list = tree_get(c->config, "users");

	make_groups(tree_get(c->config, "groups"));
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++)
		if (list->items[i]->kind == TREE_MAP)
			make_user(list->items[i]);
}

/* Keys of the source and those of the whole document are the default user's. */
static void ssh(const struct context *c)
{
	_cleanup_(strv_release) struct strv keys = STRV_INIT;

	if (c->instance->keys.n)
		strv_push_all(&keys, c->instance->keys.v);
	take_lines(&keys, tree_get(c->config, "ssh_authorized_keys"));
	authorize(DEFAULT_USER, &keys);
}

/* "name:password", "name:hash" or "name:RANDOM". */
static void change_line(const char *line, bool expire)
{
	_autofree_ char *name = xstrndup(line, strcspn(line, ":"));
	const char *password = strchr(line, ':');

	if (!password || !*name) {
		status_warn("chpasswd: a line without a name or without a password");
		return;
	}
	password++;
	if (strcmp(password, "R") == 0 || strcmp(password, "RANDOM") == 0)
		status_warn("chpasswd: %s: random passwords are not made here", name);
	else
		set_password(name, password, account_is_hash(password), expire);
}

static void change_user(const struct tree_node *u, bool expire)
{
	const char *name = tree_get_text(u, "name"), *type = tree_get_text(u, "type");
	const char *password = tree_get_text(u, "password");

	if (!name || (type && strcmp(type, "RANDOM") == 0))
		status_warn("chpasswd: line %u: no name, or a random password: not made here",
			    u->line);
	else if (password)
		set_password(name, password, !type || strcmp(type, "hash") == 0, expire);
}

static void passwords(const struct context *c)
{
	const struct tree_node *ch = tree_get(c->config, "chpasswd"), *list = tree_get(ch, "users");
	const char *own = tree_get_text(c->config, "password");
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	bool expire = true;

	tree_bool(tree_get(ch, "expire"), &expire);
	if (own)
		set_password(DEFAULT_USER, own, account_is_hash(own), expire);
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++)
		change_user(list->items[i], expire);
	list = tree_get(ch, "list");
	take_lines(&lines, list);
	if (tree_text(list))
		strv_split(&lines, tree_text(list), "\n");
	for (size_t i = 0; i < lines.n; i++)
		change_line(lines.v[i], expire);
}

const struct module module_users = {"users_groups", STAGE_INIT, FREQUENCY_INSTANCE, users};
const struct module module_ssh = {"ssh", STAGE_INIT, FREQUENCY_INSTANCE, ssh};
const struct module module_passwords = {"set_passwords", STAGE_INIT, FREQUENCY_INSTANCE, passwords};
