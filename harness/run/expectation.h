/* SPDX-License-Identifier: MIT */
/*
 * expectation: the file of known failures that is in force for a run.
 *
 * It is the one that was named, or the one below scenarios/expect/ that names the kernel file by
 * its SHA-256 or by its file name. Owns nothing. Called by cmd/. Never decides a verdict: that is
 * done when the run is read (store/store_expected.h).
 */
#ifndef RUN_EXPECTATION_H
#define RUN_EXPECTATION_H

#include "base/err.h"
#include "base/loop.h"
#include "config/expect.h"
#include "run/plan.h"
#include "store/store_expected.h"

/* Beside the files of a checkout: what --expect is told to have none. */
#define EXPECTATION_NONE "none"

/*
 * named: of --expect, NULL without it. kernel: NULL: the reference, for which none is picked.
 * *ret_expect is NULL when there is none. ERR_USAGE for a bad file, and when several name the
 * kernel.
 */
int expectation_find(const char *named, const char *kernel, struct expect **ret_expect,
		     struct err *err);
/*
 * Every entry speaks of some case: one of the plan, or of all probes and scenarios that there are.
 * ERR_USAGE "file:line:column: …" otherwise: a pattern that matches nothing guards nothing. plan
 * may be NULL.
 */
int expectation_check(const struct expect *e, struct loop *loop, const struct plan *plan,
		      struct err *err);
/* The entries as a run keeps them, for the cells of a role; ends when fn gives other than 0. */
int expectation_each(const struct expect *e, const char *role,
		     int (*fn)(void *arg, const struct store_expected *row), void *arg);
/* Into the run folder, for the cells of a role. */
int expectation_keep(const struct expect *e, struct store *s, const char *role, struct err *err);

#endif
