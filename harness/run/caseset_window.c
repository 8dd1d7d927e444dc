/* SPDX-License-Identifier: MIT */
/*
 * The window: of all cases of a pass, those that are asked next and those that are not final yet.
 * What a set takes in memory is that, not what it asks in all: the store has the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "run/caseset_priv.h"
#include "run/retry.h"
#include "store/store_read.h"

static void release_answer(struct answer *a)
{
	free((char *)a->name);
	free(a->reason);
	free(a->detail);
	free(a->fingerprint);
}

/* Of one that is told the store has the words. */
static void drop_final(struct set *s)
{
	size_t kept = 0, confirmed = 0, begun = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->answers[i].state == FINAL) {
			release_answer(&s->answers[i]);
			continue;
		}
		s->answers[kept++] = s->answers[i];
		confirmed += i < s->confirmed;
		begun += i < s->begun;
	}
	s->n = kept;
	s->confirmed = confirmed;
	s->begun = begun;
	s->last_found = 0;
	s->open = NULL;
}

/* Takes over the name. */
static void append(struct set *s, char *name)
{
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->answers = xreallocarray(s->answers, s->room, sizeof(*s->answers));
	}
	s->answers[s->n++] = (struct answer){.name = name,
					     .attempt = (unsigned int)s->pass,
					     .retry = s->pass > s->w->cell->repeat};
}

static int count_outcome(void *arg, const struct store_result_row *r)
{
	((unsigned int *)arg)[r->result.verdict]++;
	return 0;
}

/* By what the store has of it. */
static int is_asked_again(struct set *s, const char *name, struct err *err)
{
	unsigned int outcomes[VERDICT_COUNT] = {0};
	int r = store_each_attempt(s->w->store, s->w->cell->id, name, count_outcome, outcomes, err);

	return r < 0 ? r : retry_case(&s->foreseen, name, outcomes);
}

/* 1 with the name of the next case of this pass, the caller's to free; 0: no more, or none while
 * so many wait; -errno. */
static int next_name(struct set *s, bool retries, size_t waiting, char **ret_name, struct err *err)
{
	for (;;) {
		_autofree_ char *name = NULL;
		int r = s->source->next(s->source->arg, waiting, &name, err);

		if (r <= 0)
			return r;
		if (retries)
			r = is_asked_again(s, name, err);
		if (r > 0)
			*ret_name = TAKE(name);
		if (r != 0)
			return r;
	}
}

int set_count(struct set *s, size_t *ret_n, struct err *err)
{
	size_t n = 0;
	int r = s->source->rewind(s->source->arg, err);

	while (r >= 0) {
		_autofree_ char *name = NULL;

		r = next_name(s, true, 0, &name, err);
		if (r == 0)
			break;
		n++;
	}
	if (r == 0)
		*ret_n = n;
	return r;
}

int set_begin_pass(struct set *s, struct err *err)
{
	s->pass++;
	s->done = s->came = s->last_found = s->confirmed = s->begun = 0;
	s->idle_rounds = 0;
	s->killed = 0;
	return s->source->rewind(s->source->arg, err);
}

void set_end_pass(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		release_answer(&s->answers[i]);
	s->n = 0;
}

bool set_refill(struct set *s)
{
	size_t waiting = 0;

	drop_final(s);
	for (size_t i = 0; i < s->n; i++)
		waiting += s->answers[i].state == UNASKED;
	while (!s->failed && waiting <= CASES_AHEAD) {
		char *name;
		int r = next_name(s, s->pass > s->w->cell->repeat, waiting, &name, &s->failure);

		s->failed = r < 0 ? r : 0;
		if (r <= 0)
			break;
		append(s, name);
		waiting++;
		if (++s->came > s->total)
			s->total = s->came;
	}
	return !s->failed && s->n > 0;
}

struct answer *set_find(struct set *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t at = (s->last_found + i) % s->n;

		if (strcmp(s->answers[at].name, name) == 0) {
			s->last_found = at;
			return &s->answers[at];
		}
	}
	return NULL;
}
