/* SPDX-License-Identifier: MIT */
/* The probes linked into this program, by area and name. Each adds itself before main(). */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/*
 * The order of the areas: beside each other are those that go through the same code of a kernel. An
 * emulator translates what it meets for the first time: two machines that have half of this list
 * each translate a seventh less than with every second probe. An area that is not here is one of
 * the last.
 */
static const char *const areas[] = {"net",    "unix", "epoll", "event",	  "random", "file",
				    "memory", "exec", "cred",  "process", "signal", "tty"};

static struct probe *first;
static size_t count;

/* "…/calls/tty/ptmx_open.c" gives name "ptmx_open" and area "tty". */
static void name_from_file(struct probe *probe)
{
	const char *slash = strrchr(probe->file, '/');
	const char *base = slash ? slash + 1 : probe->file;
	size_t len = strcspn(base, ".");

	if (len >= sizeof(probe->name))
		abort();
	memcpy(probe->name, base, len);
	if (!slash)
		return;

	const char *area = slash;
	while (area > probe->file && area[-1] != '/')
		area--;
	len = (size_t)(slash - area);
	if (len >= sizeof(probe->area))
		abort();
	memcpy(probe->area, area, len);
}

static unsigned rank(const char *area)
{
	unsigned i = 0;

	while (i < sizeof(areas) / sizeof(areas[0]) && strcmp(areas[i], area) != 0)
		i++;
	return i;
}

/* Before main(), whatever was asked: names and order come when somebody wants a list. */
void probe_register(struct probe *probe)
{
	probe->next = first;
	first = probe;
	count++;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct probe *const *)a)->name, (*(struct probe *const *)b)->name);
}

static int by_area(const void *a, const void *b)
{
	const struct probe *x = *(struct probe *const *)a, *y = *(struct probe *const *)b;
	int r = x->rank < y->rank ? -1 : x->rank > y->rank;

	r = r ? r : strcmp(x->area, y->area);
	return r ? r : strcmp(x->name, y->name);
}

static void sort(void)
{
	struct probe **all = calloc(count, sizeof(*all));
	size_t n = 0;

	if (!all)
		abort();
	for (struct probe *p = first; p; p = p->next) {
		name_from_file(p);
		p->rank = rank(p->area);
		all[n++] = p;
	}
	qsort(all, n, sizeof(struct probe *), by_name);
	for (size_t i = 1; i < n; i++)
		if (by_name(&all[i - 1], &all[i]) == 0)
			abort(); /* two files of one name: no verdict could be attributed */
	qsort(all, n, sizeof(struct probe *), by_area);
	for (size_t i = 0; i < n; i++)
		all[i]->next = i + 1 < n ? all[i + 1] : NULL;
	first = n ? all[0] : NULL;
	free(all);
}

struct probe *registry_first(void)
{
	static bool sorted;

	if (!sorted)
		sort();
	sorted = true;
	return first;
}

size_t registry_count(void)
{
	return count;
}

bool registry_match(const struct probe *probe, char *const patterns[])
{
	if (!patterns[0])
		return true;
	/* Hundreds of names are asked for hundreds of probes: most differ in their first letter. */
	for (; *patterns; patterns++) {
		char first_letter = (*patterns)[0];

		if (first_letter >= 'a' && first_letter <= 'z' && first_letter != probe->name[0])
			continue;
		if (fnmatch(*patterns, probe->name, 0) == 0)
			return true;
	}
	return false;
}

/* Each pattern must find something: a name mistyped is not a run that went well. */
int registry_unmatched(char *const patterns[])
{
	int missing = 0;

	for (; *patterns; patterns++) {
		char *const one[] = {*patterns, NULL};
		const struct probe *p = registry_first();

		while (p && !registry_match(p, one))
			p = p->next;
		if (p)
			continue;
		fprintf(stderr, "probes: no probe matches '%s'; try --list\n", *patterns);
		missing++;
	}
	return missing;
}
