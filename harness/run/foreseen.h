/* SPDX-License-Identifier: MIT */
/*
 * foreseen: which failures of a cell were known when the run began, so that nobody asks again for
 * them.
 *
 * Owns copies of the entries in the run folder that speak of its role. Called by run/ for its
 * retries. Never decides a verdict: that is done when the run is read (store/store_expected.h).
 */
#ifndef RUN_FORESEEN_H
#define RUN_FORESEEN_H

#include <stdbool.h>

#include "run/cell.h"
#include "store/store_expected.h"

struct foreseen {
	struct store_cell cell; /* strings are the cell's */
	char day[EXPECTED_DAY_SIZE];
	struct store_expected *v;
	size_t n;
};

/* The cell outlives it. Never fails: what cannot be read was not foreseen. */
void foreseen_load(struct foreseen *f, struct store *store, const struct cell *cell);
void foreseen_release(struct foreseen *f);
/* What came of a case so far is as its entry says: xfail. f NULL: nothing was foreseen. */
bool foreseen_has(const struct foreseen *f, const char *name,
		  const unsigned int outcomes[VERDICT_COUNT]);

#endif
