/* SPDX-License-Identifier: MIT */
#include "cmd/sweep.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "store/store.h"

/* Of a machine that may be saved, and the one that QEMU makes for itself and removes at once. */
static const char *const leftovers[] = {"disk.qcow2", "vl.??????"};

/* <run>/cells/<n>/boot<n>/<file>: the run. Caller frees. */
static char *run_of(const char *path)
{
	char *run = xstrdup(path);

	for (int i = 0; i < 4; i++)
		*strrchr(run, '/') = '\0';
	return run;
}

static void sweep(const char *path)
{
	_autofree_ char *run = run_of(path), *db = path_join(run, "run.db");

	if (file_exists(db) && !store_has_writer(run) && unlink(path) == 0)
		log_info("removed %s, left by a run that was killed", path);
}

void sweep_beside(const char *run_dir)
{
	const char *slash = strrchr(run_dir, '/');
	int n = slash ? (int)(slash - run_dir) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++) {
		_autofree_ char *pattern = xasprintf("%.*s%s*/cells/*/boot*/%s", n, run_dir,
						     slash ? "/" : "", leftovers[i]);
		glob_t found = {0};

		if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc; k++)
				sweep(found.gl_pathv[k]);
		globfree(&found);
	}
}
