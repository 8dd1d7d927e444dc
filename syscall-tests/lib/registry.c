/* SPDX-License-Identifier: MIT */
/*
 * The probes linked into this program, by area and name. Nothing is sorted and nothing runs before
 * main(): an emulated machine needs 15 ms for that, and every set of probes begins with it.
 */
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

enum { AREAS = sizeof(areas) / sizeof(areas[0]) };

/* Of the linker: the section that PROBE() fills, by path and so by name within an area. */
extern struct probe *const __start_probes[];
extern struct probe *const __stop_probes[];

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

static size_t rank(const char *area)
{
	size_t i = 0;

	while (i < AREAS && strcmp(areas[i], area) != 0)
		i++;
	return i;
}

static struct probe *all_probes(void)
{
	struct probe *first = NULL, *head[AREAS + 1] = {NULL}, **last = &first;
	struct probe **end[AREAS + 1];

	for (size_t i = 0; i <= AREAS; i++)
		end[i] = &head[i];
	for (struct probe *const *p = __start_probes; p < __stop_probes; p++) {
		name_from_file(*p);

		size_t area = rank((*p)->area);
		*end[area] = *p;
		end[area] = &(*p)->next;
	}
	for (size_t i = 0; i <= AREAS; i++)
		if (head[i]) {
			*last = head[i];
			last = end[i];
		}
	return first;
}

size_t registry_count(void)
{
	return (size_t)(__stop_probes - __start_probes);
}

static struct probe *find(struct probe *p, const char *name)
{
	while (p && strcmp(p->name, name) != 0)
		p = p->next;
	return p;
}

/* Hundreds may be named, in the order of the list: behind the last one found stands the next. */
static bool choose(struct probe *all, struct probe **last, const char *pattern)
{
	struct probe *named = find(*last, pattern);
	bool found = false;

	named = named ? named : find(all, pattern);
	if (named) {
		named->chosen = true;
		*last = named;
		return true;
	}
	for (struct probe *p = all; p; p = p->next)
		if (fnmatch(pattern, p->name, 0) == 0)
			p->chosen = found = true;
	return found;
}

static struct probe *only_chosen(struct probe *p, unsigned *ret_n)
{
	struct probe *first = NULL, **last = &first;

	for (*ret_n = 0; p; p = p->next)
		if (p->chosen) {
			*last = p;
			last = &p->next;
			++*ret_n;
		}
	*last = NULL;
	return first;
}

struct probe *registry_choose(char *const patterns[], unsigned *ret_n)
{
	static char *const every[] = {"*", NULL};
	struct probe *all = all_probes(), *last = all;
	int missing = 0;

	for (patterns = *patterns ? patterns : every; *patterns; patterns++) {
		if (choose(all, &last, *patterns))
			continue;
		/* A name mistyped is not a run that went well. */
		fprintf(stderr, "probes: no probe matches '%s'; try --list\n", *patterns);
		missing++;
	}
	return missing ? NULL : only_chosen(all, ret_n);
}
