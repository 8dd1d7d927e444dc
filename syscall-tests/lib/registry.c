/* SPDX-License-Identifier: MIT */
/* The probes linked into this program, sorted by name. Each adds itself before main(). */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

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

void probe_register(struct probe *probe)
{
	struct probe **at = &first;

	name_from_file(probe);
	while (*at && strcmp((*at)->name, probe->name) < 0)
		at = &(*at)->next;
	if (*at && strcmp((*at)->name, probe->name) == 0)
		abort(); /* two files of one name: no verdict could be attributed */
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
