/* SPDX-License-Identifier: MIT */
#include "run/shard.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

/* Digits alone: no sign, no space. */
static bool whole_number(const char *text, const char **ret_end, unsigned int *ret_value)
{
	unsigned long v;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	v = strtoul(text, &end, 10);
	if (v < 1 || v > SHARD_MAX)
		return false;
	*ret_end = end;
	*ret_value = (unsigned int)v;
	return true;
}

int shard_parse(const char *text, struct shard *ret_shard, struct err *err)
{
	struct shard s;
	const char *rest;

	if (!whole_number(text, &rest, &s.i) || *rest != '/' ||
	    !whole_number(rest + 1, &rest, &s.n) || *rest || s.i > s.n)
		return err_usage(err,
				 "\"%s\" is no shard: I/N, such as 2/8, I from 1 to N, N at most "
				 "%d",
				 text, SHARD_MAX);
	*ret_shard = s;
	return 0;
}

bool shard_has(const struct shard *s, size_t place)
{
	return !s->n || place % s->n == s->i - 1;
}

unsigned int shard_parts(uint64_t takes_us, uint64_t share_us, uint64_t start_us, unsigned int jobs)
{
	uint64_t parts = share_us ? (takes_us + share_us - 1) / share_us : 1;

	if (parts > jobs)
		parts = jobs;
	/* The last one takes over this much of what the others would still have to do. */
	while (parts > 1 && takes_us / parts / (parts - 1) < start_us)
		parts--;
	return parts ? (unsigned int)parts : 1;
}

/* Longer than this part of what one has to do: no stretch of its neighbours would be even. */
#define LONG 10

/* Cases that take no time at all are dealt out all the same. */
static uint64_t counted(uint64_t takes_us)
{
	return takes_us + 1;
}

struct item {
	uint64_t takes_us;
	size_t place;
};

static int longest_first(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->takes_us != y->takes_us)
		return x->takes_us < y->takes_us ? 1 : -1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* The first n_long items, each to the part that has least to do. */
static void deal_long(const struct item *items, size_t n_long, unsigned int parts, uint64_t *load,
		      unsigned int *ret_part)
{
	for (size_t k = 0; k < n_long; k++) {
		unsigned int least = 0;

		for (unsigned int p = 1; p < parts; p++)
			if (load[p] < load[least])
				least = p;
		load[least] += items[k].takes_us;
		ret_part[items[k].place] = least;
	}
}

static double room_in(uint64_t load, uint64_t even)
{
	return load < even ? (double)(even - load) : 0;
}

/* All others, in their order: each part has the next of them that fit beside its long ones. */
static void deal_stretches(const uint64_t *takes_us, size_t n, uint64_t long_us, uint64_t even,
			   unsigned int parts, const uint64_t *load, unsigned int *ret_part)
{
	double all = 0, room = 0, filled = room_in(load[0], even), before = 0;
	unsigned int p = 0;

	for (size_t k = 0; k < n; k++)
		all += counted(takes_us[k]) > long_us ? 0 : (double)counted(takes_us[k]);
	for (unsigned int i = 0; i < parts; i++)
		room += room_in(load[i], even);
	for (size_t k = 0; k < n; k++) {
		double takes = (double)counted(takes_us[k]);

		if (counted(takes_us[k]) > long_us)
			continue;
		while (p + 1 < parts && (before + takes / 2) * room >= all * filled)
			filled += room_in(load[++p], even);
		before += takes;
		ret_part[k] = p;
	}
}

void shard_cut(const uint64_t *takes_us, size_t n, unsigned int parts, unsigned int *ret_part)
{
	_autofree_ struct item *items = xcalloc(n + 1, sizeof(*items));
	_autofree_ uint64_t *load = xcalloc(parts, sizeof(*load));
	uint64_t sum = 0, long_us;
	size_t n_long = 0;

	for (size_t k = 0; k < n; k++) {
		items[k] = (struct item){counted(takes_us[k]), k};
		sum += items[k].takes_us;
	}
	qsort(items, n, sizeof(*items), longest_first);
	long_us = sum / parts / LONG;
	while (n_long < n && items[n_long].takes_us > long_us)
		n_long++;
	deal_long(items, n_long, parts, load, ret_part);
	deal_stretches(takes_us, n, long_us, sum / parts, parts, load, ret_part);
}
