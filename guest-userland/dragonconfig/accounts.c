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
	struct stat st; /* of the file that the lines are from; no links: there is none */
	bool is_read, is_changed;
};

/* In the order in which they are written: who has a line in passwd is complete. */
enum { GSHADOW, GROUP, SHADOW, PASSWD, TABLES };

static struct table tables[TABLES] = {
	[GSHADOW] = {.path = "/etc/gshadow"},
	[GROUP] = {.path = "/etc/group"},
	[SHADOW] = {.path = "/etc/shadow"},
	[PASSWD] = {.path = "/etc/passwd"},
};
static bool is_held;

static void table_look(const struct table *t, struct stat *ret)
{
	if (stat(t->path, ret) < 0)
		*ret = (struct stat){0};
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_nlink == b->st_nlink &&
	       a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Commands change these files too: what is known of one counts as long as it is the same file. */
static int table_read(struct table *t, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	struct stat st;
	int r;

	table_look(t, &st);
	if (t->is_read && is_same(&st, &t->st))
		return 0;
	r = st.st_nlink ? file_read(t->path, &sb, err) : 0;
	if (r < 0)
		return r;
	strv_release(&t->lines);
	strv_split(&t->lines, strbuf_str(&sb), "\n");
	t->st = st;
	t->is_read = true;
	t->is_changed = false;
	return 0;
}

static int read_all(struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < TABLES; i++)
		r = table_read(&tables[i], err);
	return r;
}

static int table_write(struct table *t, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX);
	struct file_owner owner = {.mode = strstr(t->path, "shadow") ? 0600 : 0644};
	int r;

	for (size_t i = 0; i < t->lines.n; i++)
		if (strbuf_addf(&sb, "%s\n", t->lines.v[i]) < 0)
			return err_set(err, E2BIG, "%s grows too large", t->path);
	if (t->st.st_nlink)
		owner = (struct file_owner){t->st.st_uid, t->st.st_gid, t->st.st_mode & 07777};
	r = file_put(t->path, strbuf_str(&sb), sb.len, &owner, err);
	if (r == 0) {
		table_look(t, &t->st);
		t->is_changed = false;
	}
	return r;
}

static int save(struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && !is_held && i < TABLES; i++)
		if (tables[i].is_changed)
			r = table_write(&tables[i], err);
	return r;
}

void accounts_hold(void)
{
	is_held = true;
}

int accounts_save(struct err *err)
{
	is_held = false;
	return save(err);
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

static void table_add(struct table *t, char *line)
{
	strv_take(&t->lines, line);
	t->is_changed = true;
}

static void table_set(struct table *t, ssize_t i, char *line)
{
	t->is_changed |= strcmp(t->lines.v[i], line) != 0;
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

static void facts_of(const char *line, struct account_facts *ret)
{
	_autofree_ char *uid = field(line, 2), *gid = field(line, 3), *home = field(line, 5);

	ret->uid = (uid_t)strtoul(uid, NULL, 10);
	ret->gid = (gid_t)strtoul(gid, NULL, 10);
	snprintf(ret->home, sizeof(ret->home), "%s", *home ? home : "/");
}

bool account_find(const char *name, struct account_facts *ret)
{
	const struct table *users = &tables[PASSWD];
	ssize_t i = table_read(&tables[PASSWD], NULL) < 0 ? -1 : table_find(users, name);

	if (i >= 0)
		facts_of(users->lines.v[i], ret);
	return i >= 0;
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

static long number_of(const struct table *t, const char *name)
{
	_autofree_ char *text = field(t->lines.v[table_find(t, name)], 2);

	return strtol(text, NULL, 10);
}

/* Where groups have a shadow file it names them too. */
static void add_group(const char *name, long gid)
{
	struct table *groups = &tables[GROUP], *shadow = &tables[GSHADOW];

	if (shadow->st.st_nlink && table_find(shadow, name) < 0)
		table_add(shadow, xasprintf("%s:!::", name));
	if (table_find(groups, name) < 0)
		table_add(groups, xasprintf("%s:x:%ld:", name, gid));
}

int account_add_group(const char *name, struct err *err)
{
	int r = name_is_good(name) ? read_all(err)
				   : err_set(err, EINVAL, "a group name that cannot be");

	if (r < 0)
		return r;
	add_group(name, free_id(&tables[GROUP], false));
	return save(err);
}

int account_join(const char *user, const char *group, struct err *err)
{
	int r = account_add_group(group, err);

	if (r < 0)
		return r;
	add_member(&tables[GROUP], table_find(&tables[GROUP], group), user);
	if (tables[GSHADOW].st.st_nlink)
		add_member(&tables[GSHADOW], table_find(&tables[GSHADOW], group), user);
	return save(err);
}

/* The group of the user, by name, with the user's number if that is free. */
static long own_group(const struct account *a, long uid)
{
	const char *name = a->primary_group ? a->primary_group : a->name;
	struct table *groups = &tables[GROUP];
	bool same = !a->primary_group && !id_is_used(groups, uid);

	add_group(name, same ? uid : free_id(groups, a->system));
	return number_of(groups, name);
}

static char *shadow_line(const struct account *a)
{
	_autofree_ char *inactive = a->inactive < 0 ? xstrdup("") : xasprintf("%ld", a->inactive);
	_autofree_ char *expires = a->expires < 0 ? xstrdup("") : xasprintf("%ld", a->expires);

	return xasprintf("%s:%s:%lld:%s:%s:%s:", a->name, a->hash ? a->hash : "!",
			 (long long)time(NULL) / 86400, a->system ? "::" : "0:99999:7", inactive,
			 expires);
}

static void add_lines(const struct account *a)
{
	_autofree_ char *home = a->home ? xstrdup(a->home) : xasprintf("/home/%s", a->name);
	long uid = a->uid >= 0 ? a->uid : free_id(&tables[PASSWD], a->system);
	long gid = own_group(a, uid);

	if (table_find(&tables[SHADOW], a->name) < 0)
		table_add(&tables[SHADOW], shadow_line(a));
	table_add(&tables[PASSWD],
		  xasprintf("%s:x:%ld:%ld:%s:%s:%s", a->name, uid, gid, a->gecos ? a->gecos : "",
			    home, a->shell ? a->shell : "/bin/sh"));
}

static int check(const struct account *a, struct err *err)
{
	if (!name_is_good(a->name) || !text_is_good(a->gecos) || !text_is_good(a->home) ||
	    !text_is_good(a->shell) || !text_is_good(a->hash))
		return err_set(err, EINVAL, "a user of a name, home, shell or hash that cannot be");
	if (a->primary_group && !name_is_good(a->primary_group))
		return err_set(err, EINVAL, "user %s: a group name that cannot be", a->name);
	return 0;
}

int account_add(const struct account *a, struct err *err)
{
	struct account_facts facts;
	bool there;
	int r = check(a, err);

	if (r == 0)
		r = read_all(err);
	if (r < 0)
		return r;
	there = account_find(a->name, &facts);
	if (!there)
		add_lines(a);
	r = save(err);
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

/* The line of a user in shadow, or -errno. */
static ssize_t find_shadow(const char *name, struct err *err)
{
	int r = table_read(&tables[SHADOW], err);
	ssize_t i = r < 0 ? r : table_find(&tables[SHADOW], name);

	if (r == 0 && i < 0)
		return err_set(err, ENOENT, "there is no user %s in /etc/shadow", name);
	return i;
}

static int set_field(ssize_t i, const char *hash, const char *day, struct err *err)
{
	struct table *shadow = &tables[SHADOW];

	table_set(shadow, i, with_hash(shadow->lines.v[i], hash, day));
	return save(err);
}

int account_set_hash(const char *name, const char *hash, bool expire, struct err *err)
{
	_autofree_ char *today = xasprintf("%lld", (long long)time(NULL) / 86400);
	ssize_t i = text_is_good(hash)
			    ? find_shadow(name, err)
			    : err_set(err, EINVAL, "user %s: a hash that cannot be", name);

	return i < 0 ? (int)i : set_field(i, hash, expire ? "0" : today, err);
}

int account_lock(const char *name, bool lock, struct err *err)
{
	_autofree_ char *hash = NULL, *with = NULL;
	ssize_t i = find_shadow(name, err);

	if (i < 0)
		return (int)i;
	hash = field(tables[SHADOW].lines.v[i], 1);
	if (lock == (*hash == '!'))
		return 0;
	with = lock ? xasprintf("!%s", hash) : xstrdup(hash + 1);
	return set_field(i, *with ? with : "*", NULL, err);
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
