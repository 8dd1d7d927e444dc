/* SPDX-License-Identifier: MIT */
#include "run/durations.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "store/store_read.h"

#define FILE_MAX_BYTES (8u << 20)
#define CASES_MAX      100000

void durations_release(struct durations *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->v[i].name);
	free(d->v);
	*d = (struct durations){0};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct duration *)a)->name, ((const struct duration *)b)->name);
}

static void push(struct durations *d, const char *name, uint64_t us)
{
	/* Room doubles whenever a power of two is full. */
	if ((d->n & (d->n + 1)) == 0)
		d->v = xreallocarray(d->v, 2 * (d->n + 1), sizeof(*d->v));
	d->v[d->n++] = (struct duration){xstrdup(name), us};
}

/* Sorted, one of each name. */
static void settle(struct durations *d)
{
	size_t kept = 0;

	if (d->n)
		qsort(d->v, d->n, sizeof(*d->v), by_name);
	for (size_t i = 0; i < d->n; i++) {
		if (kept && strcmp(d->v[kept - 1].name, d->v[i].name) == 0)
			free(d->v[i].name);
		else
			d->v[kept++] = d->v[i];
	}
	d->n = kept;
}

static const struct duration *find(const struct durations *d, const char *name)
{
	const struct duration key = {(char *)name, 0};

	return d->n ? bsearch(&key, d->v, d->n, sizeof(*d->v), by_name) : NULL;
}

uint64_t durations_of(const struct durations *d, const char *name, uint64_t otherwise)
{
	const struct duration *found = find(d, name);

	return found ? found->us : otherwise;
}

static char *file_of(const char *dir, const struct cell *c)
{
	_autofree_ char *top = dir ? xstrdup(dir) : path_join(paths_cache(), "durations");
	_autofree_ char *name = xasprintf("%s,%s,%s,%s.tsv", path_base(c->kernel),
					  c->profile ? c->profile : "", c->lane, c->scenario);

	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(".,_-", *p))
			*p = '_';
	return path_join(top, name);
}

/* "MICROSECONDS TAB NAME" a line; other lines are nobody's. */
static void take_line(struct durations *d, char *line)
{
	char *tab;
	uint64_t us = strtoull(line, &tab, 10);

	if (tab != line && *tab == '\t' && tab[1] && d->n < CASES_MAX)
		push(d, tab + 1, us);
}

void durations_load(const char *dir, const struct cell *cell, struct durations *ret_durations)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX_BYTES);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	_autofree_ char *path = file_of(dir, cell);
	struct durations d = {0};

	if (file_exists(path) && file_read(path, &sb, NULL) == 0)
		strv_split(&lines, strbuf_str(&sb), "\n");
	for (size_t i = 0; i < lines.n; i++)
		take_line(&d, lines.v[i]);
	settle(&d);
	*ret_durations = d;
}

struct learning {
	struct durations d;
	uint64_t begin_us, end_us;
};

static int take_result(void *arg, const struct store_result_row *row)
{
	const struct store_result *r = &row->result;
	struct learning *l = arg;

	if (verdict_is_infra(r->verdict) || r->end_us <= r->begin_us || l->d.n == CASES_MAX)
		return 0;
	push(&l->d, r->name, r->end_us - r->begin_us);
	if (r->begin_us < l->begin_us)
		l->begin_us = r->begin_us;
	if (r->end_us > l->end_us)
		l->end_us = r->end_us;
	return 0;
}

static void write_file(const char *path, const struct durations *d)
{
	struct strbuf sb = STRBUF_INIT(FILE_MAX_BYTES);
	struct err err = ERR_INIT;
	_autofree_ char *dir = xstrdup(path);
	int r;

	for (size_t i = 0; i < d->n; i++)
		if (!strpbrk(d->v[i].name, "\n\t"))
			strbuf_addf(&sb, "%" PRIu64 "\t%s\n", d->v[i].us, d->v[i].name);
	*strrchr(dir, '/') = '\0';
	r = mkdir_p(dir, &err);
	if (r == 0)
		r = file_write_atomic(path, sb.buf, sb.len, 0644, &err);
	if (r < 0)
		log_debug("durations are not kept: %s", err.text);
	strbuf_release(&sb);
}

/* What this run did not ask keeps its history. */
static void keep_others(struct durations *d, const struct durations *old)
{
	size_t learned = d->n;

	for (size_t i = 0; i < old->n; i++) {
		const struct durations known = {d->v, learned};

		if (!find(&known, old->v[i].name))
			push(d, old->v[i].name, old->v[i].us);
	}
	settle(d);
}

void durations_learn(const char *dir, struct store *store, const struct cell *cell)
{
	struct learning l = {.begin_us = UINT64_MAX};
	_cleanup_(durations_release) struct durations old = {0};
	_autofree_ char *path = file_of(dir, cell);

	if (store_each_result(store, cell->id, take_result, &l, NULL) == 0 && l.d.n) {
		push(&l.d, DURATIONS_CELL, l.end_us - l.begin_us);
		settle(&l.d);
		durations_load(dir, cell, &old);
		for (size_t i = 0; i < l.d.n; i++)
			l.d.v[i].us =
				(l.d.v[i].us + durations_of(&old, l.d.v[i].name, l.d.v[i].us)) / 2;
		keep_others(&l.d, &old);
		write_file(path, &l.d);
	}
	durations_release(&l.d);
}
