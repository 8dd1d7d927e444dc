/* SPDX-License-Identifier: MIT */
/*
 * paths: where the parts of an installation lie, from the place of the running program.
 *
 *   checkout   <root>/build/bin/harness   guest programs in <root>/build/guest, data in <root>,
 * cache in <root>/build/cache installed  <prefix>/bin/harness       guest programs and data in
 * <prefix>/lib/harness, cache in $XDG_CACHE_HOME/harness
 *
 * HARNESS_CACHE overrides the cache. Strings are made once and live as long as the process.
 */
#ifndef BASE_PATHS_H
#define BASE_PATHS_H

#include "base/err.h"

/* Folder with agent, probes and the fake kernels. */
const char *paths_guest(void);
/* Folder that holds scenarios/, guest-userland/, reports/. */
const char *paths_data(void);
/* Images, kernels, verdicts about this host. */
const char *paths_cache(void);
/* A new folder of its own below the cache, NAME and a random end; the caller removes and frees it.
 */
int paths_new_tmp(const char *name, char **ret_dir, struct err *err);
/* Where runs go unless told otherwise: build/runs in a checkout, ./harness-runs when installed. */
const char *paths_runs(void);
/* The running program itself. */
const char *paths_self(void);

#endif
