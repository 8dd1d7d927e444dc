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

static size_t rank(const char *area)
{
	size_t i = 0;

	while (i < sizeof(areas) / sizeof(areas[0]) && strcmp(areas[i], area) != 0)
		i++;
	return i;
}

static bool is_before(const struct probe *a, const struct probe *b)
{
	size_t x = rank(a->area), y = rank(b->area);
	int same = strcmp(a->area, b->area);

	if (x != y)
		return x < y;
	return same ? same < 0 : strcmp(a->name, b->name) < 0;
}

void probe_register(struct probe *probe)
{
	struct probe **at = &first;

	name_from_file(probe);
	for (const struct probe *p = first; p; p = p->next)
		if (strcmp(p->name, probe->name) == 0)
			abort(); /* two files of one name: no verdict could be attributed */
	while (*at && is_before(*at, probe))
		at = &(*at)->next;
	probe->next = *at;
	*at = probe;
	count++;
}

struct probe *registry_first(void)
{
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
	for (; *patterns; patterns++)
		if (fnmatch(*patterns, probe->name, 0) == 0)
			return true;
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
