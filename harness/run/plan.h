/* SPDX-License-Identifier: MIT */
/*
 * plan: what was asked for → the cells to run.
 *
 * Owns the cells. Called by cmd/. Checks everything that can be checked before a machine boots: the
 * kernel file, patterns (one that matches nothing is a usage error), scenario files, images.
 */
#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/strv.h"
#include "run/budget.h"
#include "run/cell.h"
#include "run/shard.h"
#include "store/store.h"

struct suite_request;

struct plan_request {
	const char *kernel;  /* kernel under test, NULL: only the reference */
	bool with_reference; /* also run on the reference kernel when a kernel is given */
	const char *initrd;  /* of the kernel under test, NULL: none */
	const char *profile; /* for the kernel under test, NULL: default */
	const char *accel;   /* "auto", … */
	const char *append;
	int64_t cpus;	  /* of every guest, 0: as the profile has it */
	const char *lane; /* NULL: each scenario's own lanes; probes on "static" */
	bool probes;
	/* A folder of foreign test programs, NULL: none. */
	const struct suite_request *suite;
	struct strv patterns;  /* of probes; empty: all */
	struct strv scenarios; /* names or files; {"all"}: all of scenarios/ */
	bool no_snapshot;      /* boot each machine */
	bool fresh;	       /* each probe on a machine of its own */
	int64_t repeat;	       /* how often everything is asked, 0: once */
	int64_t retries;       /* in fresh machines, of what failed */
	int64_t boot_limit_s;  /* 0: the default */
	int64_t pace_percent;  /* for the kernel under test, 0: by its kind */
	struct shard shard;    /* only the cases of this shard */
};

struct plan {
	struct cell *cells;
	size_t n;
	struct strv notes; /* what is left out and why ("lane debian: …") */
	/* Of every case and every setting that a verdict may hang on, whatever the shard. */
	char set_sha256[65];
	size_t n_cases; /* of one role, over all shards */
};

void plan_release(struct plan *p);
/* A shard may have no cell. */
int plan_make(struct loop *loop, const struct plan_request *req, struct plan *ret_plan,
	      struct err *err);
/* A single cell for a verb that drives a guest itself (boot, exec); kut false: the reference. */
int plan_one(struct loop *loop, const struct plan_request *req, bool kut, const char *scenario,
	     struct plan *ret_plan, struct err *err);
/* Give the cells their rows in the store. */
int plan_enter(struct plan *p, struct store *s, struct err *err);
/* What each cell's machine takes of the host: one entry a cell; the caller frees. */
struct budget_need *plan_needs(const struct plan *p);
/*
 * Ready for so many machines at once: a set of probes that takes more than its share of the time is
 * cut into parts, no more than have a core for each virtual CPU: cells of the same row in the
 * store. The longest cells come first. After plan_enter().
 */
void plan_cut(struct plan *p, unsigned int jobs, const struct budget *budget);
/* Names of the probes that match, in the order in which they run. ERR_USAGE when a pattern matches
 * none. */
int plan_probe_names(struct loop *loop, const struct strv *patterns, struct strv *ret_names,
		     struct err *err);
/* Paths of all scenario files. */
int plan_scenario_files(struct strv *ret_files, struct err *err);

#endif
