/* SPDX-License-Identifier: MIT */
/*
 * store_merge: the records and artefacts of one run folder into another.
 *
 * Called by cmd/merge, which has checked that the folders belong together. Knows of no shards.
 */
#ifndef STORE_STORE_MERGE_H
#define STORE_STORE_MERGE_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

/*
 * Copies every cell with its boots, events, results, metrics and artefacts, and the known failures
 * that are not there; facts of the run are
 * left to the caller. A cell of the same role, target, profile, lane and scenario goes on in the
 * row that is there: "planned" adds up (a case that both have, as the boot, counts once), the
 * smaller "place" stays. A case that is there already gets more attempts, but a pass adds nothing
 * to it. shift_us is added to every time. On failure the target is half filled and of no use.
 */
int store_merge(struct store *to, struct store *from, uint64_t shift_us, struct err *err);

#endif
