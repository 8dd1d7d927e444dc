/* SPDX-License-Identifier: MIT */
/* password and chpasswd; random ones, which the console alone is told. */
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "console.h"
#include "credentials.h"
#include "entropy.h"
#include "module.h"

#define RANDOM_SIZE 20

/* Without those that are taken for each other. */
static void make_password(char ret[RANDOM_SIZE + 1])
{
	static const char letters[] = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	unsigned char byte;

	for (size_t i = 0; i < RANDOM_SIZE;) {
		entropy_bytes(&byte, 1);
		if (byte < 256 / (sizeof(letters) - 1) * (sizeof(letters) - 1))
			ret[i++] = letters[byte % (sizeof(letters) - 1)];
	}
	ret[RANDOM_SIZE] = '\0';
}

/* Told first: one that is set and that nobody knows would be of no use. */
static void set_random(const char *name, bool expire)
{
	_cleanup_(strbuf_wipe) struct strbuf text = STRBUF_INIT(1000);
	char password[RANDOM_SIZE + 1];

	if (entropy_weakness())
		status_warn("the random password of %s can be guessed: %s", name,
			    entropy_weakness());
	make_password(password);
	if (strbuf_addf(&text, "Set the following 'random' passwords\n%s:%s\n", name, password) <
		    0 ||
	    console_show(strbuf_str(&text)) < 0)
		status_warn("chpasswd: %s: there is no console to tell a random password on: none "
			    "is set",
			    name);
	else
		credentials_password(name, password, false, expire);
	explicit_bzero(password, sizeof(password));
}

static bool is_random(const char *word)
{
	return word && (strcmp(word, "R") == 0 || strcmp(word, "RANDOM") == 0);
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
	if (is_random(password))
		set_random(name, expire);
	else
		credentials_password(name, password, account_is_hash(password), expire);
}

/* type: hash (also when none is told), text or RANDOM, as in cloud-init. */
static void change_user(const struct tree_node *u, bool expire)
{
	const char *name = tree_get_text(u, "name"), *type = tree_get_text(u, "type");
	const char *password = tree_get_text(u, "password");

	if (!name)
		status_warn("chpasswd: line %u: no name", u->line);
	else if (is_random(type))
		set_random(name, expire);
	else if (!password)
		status_warn("chpasswd: line %u: no password", u->line);
	else
		credentials_password(name, password, !type || strcmp(type, "text") != 0, expire);
}

static void passwords(const struct context *c)
{
	const struct tree_node *ch = tree_get(c->config, "chpasswd"), *list = tree_get(ch, "users");
	const char *own = tree_get_text(c->config, "password");
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	struct err err = ERR_INIT;
	bool expire = true;

	accounts_hold();
	tree_bool(tree_get(ch, "expire"), &expire);
	if (own)
		credentials_password(default_user(c), own, account_is_hash(own), expire);
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++)
		change_user(list->items[i], expire);
	list = tree_get(ch, "list");
	tree_texts(list, &lines);
	if (tree_text(list))
		strv_split(&lines, tree_text(list), "\n");
	for (size_t i = 0; i < lines.n; i++)
		change_line(lines.v[i], expire);
	if (accounts_save(&err) < 0)
		status_warn("passwords: %s", err.text);
}

const struct module module_passwords = {"set_passwords", STAGE_INIT, FREQUENCY_INSTANCE, passwords};
