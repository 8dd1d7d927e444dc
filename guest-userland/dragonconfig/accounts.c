/* SPDX-License-Identifier: MIT */
#include "accounts.h"

#include <crypt.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "entropy.h"
#include "files.h"
#include "skel.h"

#define FILE_MAX   (1u << 20)
#define FIRST_UID  1000
#define FIRST_SYS  100
#define LAST_ID	   60000
#define FIELDS_MAX 9

/* One of the files, a line an entry, fields with ":" between them. */
struct table {
	const char *path;
	struct strv lines;
};

static void table_release(struct table *t)
{
	strv_release(&t->lines);
}

static int table_read(struct table *t, const char *path, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	int r = file_exists(path) ? file_read(path, &sb, err) : 0;

	*t = (struct table){.path = path};
	if (r == 0)
		strv_split(&t->lines, strbuf_str(&sb), "\n");
	return r;
}

static int table_write(const struct table *t, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	static const struct file_owner secret = {.mode = 0600};

	for (size_t i = 0; i < t->lines.n; i++)
		if (strbuf_addf(&sb, "%s\n", t->lines.v[i]) < 0)
			return err_set(err, E2BIG, "%s grows too large", t->path);
	if (file_holds(t->path, strbuf_str(&sb), sb.len))
		return 0;
	if (!file_exists(t->path) && strstr(t->path, "shadow"))
		return file_put(t->path, strbuf_str(&sb), sb.len, &secret, err);
	return file_put_as_is(t->path, strbuf_str(&sb), sb.len, err);
}

/* The line of a name, or -1. */
static ssize_t table_find(const struct table *t, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < t->lines.n; i++)
		if (strncmp(t->lines.v[i], name, n) == 0 && t->lines.v[i][n] == ':')
			return (ssize_t)i;
	return -1;
}

static void table_set(struct table *t, ssize_t i, char *line)
{
	if (i < 0) {
		strv_take(&t->lines, line);
		return;
	}
	free(t->lines.v[i]);
	t->lines.v[i] = line;
}

/* Field k of a line; caller frees. */
static char *field(const char *line, unsigned int k)
{
	for (; k; k--) {
		line = strchr(line, ':');
		if (!line)
			return xstrdup("");
		line++;
	}
	return xstrndup(line, strcspn(line, ":"));
}

static bool id_is_used(const struct table *t, long id)
{
	for (size_t i = 0; i < t->lines.n; i++) {
		_autofree_ char *text = field(t->lines.v[i], 2);

		if (*text && strtol(text, NULL, 10) == id)
			return true;
	}
	return false;
}

static long highest_id(const struct table *t)
{
	long highest = FIRST_UID - 1;

	for (size_t i = 0; i < t->lines.n; i++) {
		_autofree_ char *text = field(t->lines.v[i], 2);
		long id = strtol(text, NULL, 10);

		if (id > highest && id < LAST_ID)
			highest = id;
	}
	return highest;
}

/*
 * As useradd and groupadd: the one behind the highest, so that nobody inherits the files of
 * somebody who is gone; the system's own from 999 downwards.
 */
static long free_id(const struct table *t, bool system)
{
	long id = system ? FIRST_UID - 1 : highest_id(t) + 1;

	while (system && id > FIRST_SYS && id_is_used(t, id))
		id--;
	return id;
}

/* One that a line of these files can hold and that is no option to a program. */
static bool name_is_good(const char *name)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return *name && *name != '-' && *name != '.' && strlen(name) <= 32 &&
	       strspn(name, good) == strlen(name);
}

/* Fields of these files are told apart by ":" and end at the line's end. */
static bool text_is_good(const char *text)
{
	return !text || !strpbrk(text, ":\n");
}

bool account_find(const char *name, struct account_facts *ret)
{
	_cleanup_(table_release) struct table users = {0};
	_autofree_ char *uid = NULL, *gid = NULL, *home = NULL;
	ssize_t i;

	if (table_read(&users, "/etc/passwd", NULL) < 0)
		return false;
	i = table_find(&users, name);
	if (i < 0)
		return false;
	uid = field(users.lines.v[i], 2);
	gid = field(users.lines.v[i], 3);
	home = field(users.lines.v[i], 5);
	ret->uid = (uid_t)strtoul(uid, NULL, 10);
	ret->gid = (gid_t)strtoul(gid, NULL, 10);
	snprintf(ret->home, sizeof(ret->home), "%s", *home ? home : "/");
	return true;
}

static bool is_member(const char *line, const char *user)
{
	_autofree_ char *members = field(line, 3);
	_cleanup_(strv_release) struct strv list = STRV_INIT;

	strv_split(&list, members, ",");
	return strv_has(&list, user);
}

static void add_member(struct table *t, ssize_t i, const char *user)
{
	const char *line = t->lines.v[i];

	if (!is_member(line, user))
		table_set(
			t, i,
			xasprintf("%s%s%s", line, line[strlen(line) - 1] == ':' ? "" : ",", user));
}

/* Where groups have a shadow file it names them and their members (user, or NULL) too. */
static int add_gshadow(const char *group, const char *user, struct err *err)
{
	_cleanup_(table_release) struct table t = {0};
	int r;

	if (!file_exists("/etc/gshadow"))
		return 0;
	r = table_read(&t, "/etc/gshadow", err);
	if (r < 0)
		return r;
	if (table_find(&t, group) < 0)
		strv_pushf(&t.lines, "%s:!::", group);
	if (user)
		add_member(&t, table_find(&t, group), user);
	return table_write(&t, err);
}

static int add_group(struct table *groups, const char *name, long gid, struct err *err)
{
	int r = add_gshadow(name, NULL, err);

	if (r < 0 || table_find(groups, name) >= 0)
		return r;
	strv_pushf(&groups->lines, "%s:x:%ld:", name, gid);
	return table_write(groups, err);
}

int account_add_group(const char *name, struct err *err)
{
	_cleanup_(table_release) struct table groups = {0};
	int r;

	if (!name_is_good(name))
		return err_set(err, EINVAL, "a group name that cannot be");
	r = table_read(&groups, "/etc/group", err);
	return r < 0 ? r : add_group(&groups, name, free_id(&groups, false), err);
}

int account_join(const char *user, const char *group, struct err *err)
{
	_cleanup_(table_release) struct table groups = {0};
	ssize_t i;
	int r = account_add_group(group, err);

	if (r == 0)
		r = add_gshadow(group, user, err);
	if (r == 0)
		r = table_read(&groups, "/etc/group", err);
	if (r < 0)
		return r;
	i = table_find(&groups, group);
	if (i < 0)
		return err_set(err, EIO, "group %s is not there", group);
	add_member(&groups, i, user);
	return table_write(&groups, err);
}

/* The group of the user, by name, with the user's number if that is free; gives its id. */
static int own_group(struct table *groups, const struct account *a, long uid, long *ret_gid,
		     struct err *err)
{
	const char *name = a->primary_group ? a->primary_group : a->name;
	bool same = !a->primary_group && !id_is_used(groups, uid);
	int r = add_group(groups, name, same ? uid : free_id(groups, a->system), err);

	if (r == 0) {
		_autofree_ char *gid = field(groups->lines.v[table_find(groups, name)], 2);

		*ret_gid = strtol(gid, NULL, 10);
	}
	return r;
}

static int add_lines(const struct account *a, struct err *err)
{
	_cleanup_(table_release) struct table users = {0}, groups = {0}, shadow = {0};
	_autofree_ char *home = a->home ? xstrdup(a->home) : xasprintf("/home/%s", a->name);
	long uid, gid = -1;
	int r = table_read(&users, "/etc/passwd", err);

	if (r == 0)
		r = table_read(&groups, "/etc/group", err);
	if (r == 0)
		r = table_read(&shadow, "/etc/shadow", err);
	if (r < 0)
		return r;
	uid = a->uid >= 0 ? a->uid : free_id(&users, a->system);
	r = own_group(&groups, a, uid, &gid, err);
	if (r == 0 && table_find(&shadow, a->name) < 0) {
		strv_pushf(&shadow.lines, "%s:%s:%lld:%s", a->name, a->hash ? a->hash : "!",
			   (long long)time(NULL) / 86400, a->system ? ":::::" : "0:99999:7:::");
		r = table_write(&shadow, err);
	}
	/* Last: who has a line here is complete. */
	strv_pushf(&users.lines, "%s:x:%ld:%ld:%s:%s:%s", a->name, uid, gid,
		   a->gecos ? a->gecos : "", home, a->shell ? a->shell : "/bin/sh");
	return r < 0 ? r : table_write(&users, err);
}

int account_add(const struct account *a, struct err *err)
{
	struct account_facts facts;
	bool there = account_find(a->name, &facts);
	int r = 0;

	if (!name_is_good(a->name) || !text_is_good(a->gecos) || !text_is_good(a->home) ||
	    !text_is_good(a->shell) || !text_is_good(a->hash))
		return err_set(err, EINVAL, "a user of a name, home, shell or hash that cannot be");
	if (a->primary_group && !name_is_good(a->primary_group))
		return err_set(err, EINVAL, "user %s: a group name that cannot be", a->name);
	if (!there)
		r = add_lines(a, err);
	/* Nor does cloud-init make one for the system's own. */
	if (r == 0 && !a->no_home && !a->system && account_find(a->name, &facts))
		r = home_make(facts.home, facts.uid, facts.gid, err);
	for (size_t i = 0; r == 0 && i < a->groups.n; i++)
		r = account_join(a->name, a->groups.v[i], err);
	return r < 0 ? r : !there;
}

/* A line of shadow with the password's place and the day of its last change replaced. */
static char *with_hash(const char *line, const char *hash, const char *day)
{
	_autofree_ char *name = field(line, 0), *old_day = field(line, 2);
	const char *rest = line;

	for (int i = 0; rest && i < 3; i++) {
		rest = strchr(rest, ':');
		rest = rest ? rest + 1 : NULL;
	}
	return xasprintf("%s:%s:%s:%s", name, hash, day ? day : old_day,
			 rest ? rest : "0:99999:7:::");
}

/* The table, and the line of a user there. */
static int read_shadow(const char *name, struct table *ret, ssize_t *ret_i, struct err *err)
{
	int r = table_read(ret, "/etc/shadow", err);

	if (r < 0)
		return r;
	*ret_i = table_find(ret, name);
	return *ret_i < 0 ? err_set(err, ENOENT, "there is no user %s in /etc/shadow", name) : 0;
}

static int set_field(const char *name, const char *hash, const char *day, struct err *err)
{
	_cleanup_(table_release) struct table shadow = {0};
	ssize_t i;
	int r = read_shadow(name, &shadow, &i, err);

	if (r < 0)
		return r;
	table_set(&shadow, i, with_hash(shadow.lines.v[i], hash, day));
	return table_write(&shadow, err);
}

int account_set_hash(const char *name, const char *hash, bool expire, struct err *err)
{
	_autofree_ char *today = xasprintf("%lld", (long long)time(NULL) / 86400);

	if (!text_is_good(hash))
		return err_set(err, EINVAL, "user %s: a hash that cannot be", name);
	return set_field(name, hash, expire ? "0" : today, err);
}

int account_lock(const char *name, bool lock, struct err *err)
{
	_cleanup_(table_release) struct table shadow = {0};
	_autofree_ char *hash = NULL, *with = NULL;
	ssize_t i;
	int r = read_shadow(name, &shadow, &i, err);

	if (r < 0)
		return r;
	hash = field(shadow.lines.v[i], 1);
	if (lock == (*hash == '!'))
		return 0;
	with = lock ? xasprintf("!%s", hash) : xstrdup(hash + 1);
	return set_field(name, *with ? with : "*", NULL, err);
}

char *account_hash(const char *password)
{
	static const char digits[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	unsigned char random[16];
	char salt[3 + sizeof(random) + 2] = "$6$";
	const char *hash;

	entropy_bytes(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		salt[3 + i] = digits[random[i] % 64];
	salt[3 + sizeof(random)] = '$';
	hash = crypt(password, salt);
	return hash && strncmp(hash, "$6$", 3) == 0 ? xstrdup(hash) : NULL;
}

/* $1$, $2a$, $2y$, $5$, $6$ and two fields more at the least. */
bool account_is_hash(const char *text)
{
	static const char *const kinds[] = {"$1$", "$2a$", "$2y$", "$5$", "$6$"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t n = strlen(kinds[i]);
		const char *dollar;

		if (strncmp(text, kinds[i], n) != 0)
			continue;
		dollar = strchr(text + n, '$');
		return dollar && dollar > text + n && dollar[1];
	}
	return false;
}
