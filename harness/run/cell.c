/* SPDX-License-Identifier: MIT */
#include "run/cell.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

struct cell_key {
	const char *name;
	bool number;
	size_t offset;
};

#define TEXT(member)                                          \
	{                                                     \
#member, false, offsetof(struct cell, member) \
	}
#define NUMBER(member)                                       \
	{                                                    \
#member, true, offsetof(struct cell, member) \
	}

static const struct cell_key keys[] = {
	NUMBER(id),	   TEXT(run_dir),	 TEXT(role),	   TEXT(kernel),
	TEXT(initrd),	   TEXT(disk),		 TEXT(profile),	   TEXT(lane),
	TEXT(scenario),	   TEXT(file),		 TEXT(suite),	   TEXT(seed),
	TEXT(keys_dir),	   TEXT(accel),		 TEXT(append),	   NUMBER(pace_percent),
	NUMBER(settle_ms), NUMBER(boot_limit_s), NUMBER(snapshot), NUMBER(fresh),
	NUMBER(repeat),	   NUMBER(cpus),	 NUMBER(retries),  NUMBER(limit_s),
	NUMBER(part),	   NUMBER(parts),	 NUMBER(common),
};

static char **text_of(const struct cell *c, const struct cell_key *k)
{
	return (char **)((char *)c + k->offset);
}

static int64_t *number_of(const struct cell *c, const struct cell_key *k)
{
	return (int64_t *)((char *)c + k->offset);
}

void cell_release(struct cell *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!keys[i].number)
			free(*text_of(c, &keys[i]));
	strv_release(&c->names);
	if (c->share_fd >= 0)
		close(c->share_fd);
	*c = (struct cell)CELL_INIT;
}

void cell_copy(struct cell *ret_copy, const struct cell *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].number)
			*number_of(ret_copy, &keys[i]) = *number_of(c, &keys[i]);
		else if (*text_of(c, &keys[i]))
			*text_of(ret_copy, &keys[i]) = xstrdup(*text_of(c, &keys[i]));
	}
	ret_copy->takes_us = c->takes_us;
	ret_copy->start_us = c->start_us;
	ret_copy->planned = c->planned;
	ret_copy->cases = c->cases;
	ret_copy->place = c->place;
}

void cell_to_argv(const struct cell *c, struct strv *argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].number)
			strv_pushf(argv, "%s=%lld", keys[i].name,
				   (long long)*number_of(c, &keys[i]));
		else if (*text_of(c, &keys[i]))
			strv_pushf(argv, "%s=%s", keys[i].name, *text_of(c, &keys[i]));
	}
	for (size_t i = 0; i < c->names.n; i++)
		strv_push(argv, c->names.v[i]);
}

static const struct cell_key *find_key(const char *word, const char **ret_value)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t n = strlen(keys[i].name);

		if (strncmp(word, keys[i].name, n) == 0 && word[n] == '=') {
			*ret_value = word + n + 1;
			return &keys[i];
		}
	}
	return NULL;
}

int cell_from_argv(struct cell *c, char *const *argv, struct err *err)
{
	for (; *argv; argv++) {
		const char *value;
		const struct cell_key *k = find_key(*argv, &value);

		if (!k && strchr(*argv, '='))
			return err_usage(err, "worker: unknown setting %s", *argv);
		if (!k) {
			strv_push(&c->names, *argv);
		} else if (k->number) {
			*number_of(c, k) = strtoll(value, NULL, 10);
		} else {
			free(*text_of(c, k));
			*text_of(c, k) = xstrdup(value);
		}
	}
	if (c->common < 0 || (size_t)c->common > c->names.n)
		return err_usage(err, "worker: %zu names of which %lld are common", c->names.n,
				 (long long)c->common);
	if (!c->run_dir || !c->id || !c->kernel || !c->disk || !c->lane || !c->scenario)
		return err_usage(err, "worker: settings are missing; `harness run` starts workers");
	return 0;
}
