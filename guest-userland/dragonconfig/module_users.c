/* SPDX-License-Identifier: MIT */
/* users and groups: who is there, with which keys, password and rights. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "accounts.h"
#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "credentials.h"
#include "files.h"
#include "module.h"

/* Texts of a list, or of a text at its commas. */
static void take_words(struct strv *to, const struct tree_node *node)
{
	const char *text = tree_text(node);

	if (text)
		strv_split(to, text, ", ");
	tree_texts(node, to);
}

/* fallback: the rule where none is told; NULL: none. */
static void allow_sudo(const char *user, const struct tree_node *rules, const char *fallback)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_autofree_ char *path = xasprintf("/etc/sudoers.d/90-cloud-init-%s", user);
	static const struct file_owner owner = {.mode = 0440};
	struct err err = ERR_INIT;

	if (tree_text(rules))
		strv_push(&lines, tree_text(rules));
	tree_texts(rules, &lines);
	if (!rules && fallback)
		strv_push(&lines, fallback);
	for (size_t i = 0; i < lines.n; i++)
		if (strcasecmp(lines.v[i], "false") != 0)
			strbuf_addf(&sb, "%s %s\n", user, lines.v[i]);
	if (sb.len && file_put_later(path, strbuf_str(&sb), sb.len, &owner, &err) < 0)
		status_warn("sudo of %s: %s", user, err.text);
}

const char *default_user(const struct context *c)
{
	const struct tree_node *own = tree_get(c->config, "user");
	const char *name =
		own && own->kind == TREE_MAP ? tree_get_text(own, "name") : tree_text(own);

	return name ? name : "root";
}

bool default_user_is_root(const struct context *c)
{
	return strcmp(default_user(c), "root") == 0;
}

/* What "passwd" says counts for a new user only, and is there when the user is. */
static void set_secrets(const struct tree_node *u, const char *name)
{
	const char *plain = tree_get_text(u, "plain_text_passwd");
	const char *hash = tree_get_text(u, "hashed_passwd");
	struct err err = ERR_INIT;
	bool lock = true, told = tree_bool(tree_get(u, "lock_passwd"), &lock);

	if (plain)
		credentials_password(name, plain, false, false);
	else if (hash)
		credentials_password(name, hash, true, false);
	/* A machine whose root "user" is about is not closed by that. */
	if (!told && u->kind == TREE_MAP && !tree_get(u, "name"))
		return;
	if (account_lock(name, lock, &err) < 0)
		status_warn("user %s: %s", name, err.text);
}

/* "2030-12-31", as days since 1970; -1: it is none. */
static long read_date(const char *text)
{
	unsigned long part[3];
	struct tm tm = {0};
	time_t at;
	char *end;

	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		part[i] = strtoul(text, &end, 10);
		if (end == text || *end != (i < 2 ? '-' : '\0') || part[i] > 9999)
			return -1;
		text = end + 1;
	}
	tm.tm_year = (int)part[0] - 1900;
	tm.tm_mon = (int)part[1] - 1;
	tm.tm_mday = (int)part[2];
	at = timegm(&tm);
	/* A day that is not in that month is in another one by now. */
	return part[0] < 1970 || tm.tm_mon + 1 != (int)part[1] || tm.tm_mday != (int)part[2]
		       ? -1
		       : (long)(at / 86400);
}

static void read_ages(const struct tree_node *u, struct account *a)
{
	const char *date = tree_get_text(u, "expiredate");
	int64_t days;

	if (date)
		a->expires = read_date(date);
	if (date && a->expires < 0)
		status_warn("user %s: expiredate: no date like 2030-12-31", a->name);
	if (tree_int(tree_get(u, "inactive"), &days) && days >= 0 && days < 100000)
		a->inactive = (long)days;
	else if (tree_get(u, "inactive"))
		status_warn("user %s: inactive: no number of days", a->name);
}

/* u: a map, or a name alone. rule: of sudo, where it tells none; NULL: none. */
static void make_user(const struct tree_node *u, const char *name, const char *rule)
{
	_cleanup_(strv_release) struct strv keys = STRV_INIT;
	struct account a = {.name = name, .uid = -1, .expires = -1, .inactive = -1};
	struct err err = ERR_INIT;
	bool alone = false;
	int64_t uid;
	int made;

	if (!name) {
		status_warn("users: line %u: a user without name", u->line);
		return;
	}
	a.gecos = tree_get_text(u, "gecos");
	a.home = tree_get_text(u, "homedir");
	a.shell = tree_get_text(u, "shell");
	a.hash = tree_get_text(u, "passwd");
	a.primary_group = tree_get_text(u, "primary_group");
	if (tree_int(tree_get(u, "uid"), &uid) && uid >= 0 && uid < 0x7fffffff)
		a.uid = (long)uid;
	tree_bool(tree_get(u, "system"), &a.system);
	tree_bool(tree_get(u, "no_create_home"), &a.no_home);
	tree_bool(tree_get(u, "no_user_group"), &alone);
	if (alone && !a.primary_group)
		a.primary_group = "users";
	read_ages(u, &a);
	take_words(&a.groups, tree_get(u, "groups"));
	made = account_add(&a, &err);
	strv_release(&a.groups);
	if (made < 0) {
		status_warn("user %s: %s", name, err.text);
		return;
	}
	status_log("user %s %s", name, made ? "made" : "was there");
	set_secrets(u, name);
	allow_sudo(name, tree_get(u, "sudo"), rule);
	tree_texts(tree_get(u, "ssh_authorized_keys"), &keys);
	credentials_keys(name, &keys, NULL);
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

/* Whoever is made in the place of root may do what root may. */
static void make_default(const struct context *c)
{
	const struct tree_node *own = tree_get(c->config, "user");

	if (!own || own->kind == TREE_NULL || (own->kind != TREE_MAP && default_user_is_root(c)))
		return;
	make_user(own, default_user(c), default_user_is_root(c) ? NULL : "ALL=(ALL) NOPASSWD:ALL");
}

/* Of a text, names at its commas. */
static void make_named(const struct tree_node *node)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;

	if (tree_text(node))
		strv_split(&names, tree_text(node), ", ");
	for (size_t i = 0; i < names.n; i++)
		if (strcmp(names.v[i], "default") != 0)
			make_user(node, names.v[i], NULL);
}

static void users(const struct context *c)
{
	const struct tree_node *list = tree_get(c->config, "users");
	struct err err = ERR_INIT;

	accounts_hold();
	make_groups(tree_get(c->config, "groups"));
	make_default(c);
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++)
		if (list->items[i]->kind == TREE_MAP)
			make_user(list->items[i], tree_get_text(list->items[i], "name"), NULL);
		else
			make_named(list->items[i]);
	make_named(list);
	if (accounts_save(&err) < 0)
		status_warn("users: %s", err.text);
}

const struct module module_users = {"users_groups", STAGE_INIT, FREQUENCY_INSTANCE, users};
