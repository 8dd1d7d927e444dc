/* SPDX-License-Identifier: MIT */
#include "run/foreseen.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/xalloc.h"

static int take(void *arg, const struct store_expected *e)
{
	struct foreseen *f = arg;

	if (strcmp(e->role, f->cell.role) != 0)
		return 0;
	f->v = xreallocarray(f->v, f->n + 1, sizeof(*f->v));
	f->v[f->n++] = store_expected_dup(e);
	return 0;
}

void foreseen_load(struct foreseen *f, struct store *store, const struct cell *cell)
{
	_autofree_ char *began = store_get_fact(store, "begin.wall_us");
	struct err err = ERR_INIT;

	*f = (struct foreseen){
		.cell = {.role = cell->role, .lane = cell->lane, .scenario = cell->scenario}};
	expected_day(began, f->day);
	if (store_each_expected(store, take, f, &err) < 0)
		log_warn("%s", err.text);
}

void foreseen_release(struct foreseen *f)
{
	for (size_t i = 0; i < f->n; i++)
		store_expected_release(&f->v[i]);
	free(f->v);
	*f = (struct foreseen){0};
}

bool foreseen_has(const struct foreseen *f, const char *name,
		  const unsigned int outcomes[VERDICT_COUNT])
{
	for (size_t i = 0; f && i < f->n; i++)
		if (expected_matches(&f->v[i], &f->cell, name))
			return !expected_is_over(&f->v[i], f->day) &&
			       expected_apply(&f->v[i], verdict_merge(outcomes), outcomes)
					       .verdict == VERDICT_XFAIL;
	return false;
}
