/* SPDX-License-Identifier: MIT */
#include "run/answer.h"

#include <ctype.h>
#include <string.h>

#include "diagnose/errno4095.h"

#define WAIT_PANIC "wait status 0xfffff"

bool answer_tells_of_panic(const char *text)
{
	const char *p = strstr(text, WAIT_PANIC);

	if (p && !isxdigit((unsigned char)p[strlen(WAIT_PANIC)]))
		return true;
	return errno4095_in(text, strlen(text));
}

bool answer_is_clear(const struct answer *a, uint64_t moment, uint64_t settle_us)
{
	return moment > a->ended && moment - a->ended > settle_us;
}

static bool may_have(const struct answer *a, const struct answer *open, struct answer_crash *crash)
{
	if (a->began > crash->began)
		return false;
	if (a != open &&
	    (a->state != SUSPECT || answer_is_clear(a, crash->began, crash->settle_us)))
		return false;
	if (!crash->began_guest || a->began_guest <= crash->began_guest)
		return true;
	crash->late = true;
	return a->began_guest - crash->began_guest <= crash->lag_us;
}

size_t answer_line_up(struct answer *answers, size_t n, const struct answer *open,
		      struct answer_crash *crash, struct answer **ret_line)
{
	size_t found = 0;

	for (int pass = 0; pass < 3; pass++) {
		for (size_t i = n; i-- > 0;) {
			struct answer *a = &answers[i];
			int rank = a->saw_panic ? 0 : a == open ? 1 : 2;

			if (rank == pass && may_have(a, open, crash))
				ret_line[found++] = a;
		}
	}
	return found;
}

struct answer *answer_evident(struct answer *const *line, size_t n,
			      const struct answer_crash *crash)
{
	if (n == 1 && !crash->late)
		return line[0];
	if (n == 0 || crash->class == CRASH_FATAL)
		return NULL;
	/* The line begins with those that saw it. */
	return line[0]->saw_panic && (n == 1 || !line[1]->saw_panic) ? line[0] : NULL;
}
