/* SPDX-License-Identifier: MIT */
#include "cmd/sweep.h"

#include <dirent.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "store/store.h"

/* Of a machine that may be saved, and the one that QEMU makes for itself and removes at once. */
static const char *const leftovers[] = {"disk.qcow2", "vl.??????"};

/* Of the runs beside, so many are looked through: with each run that begins doing so, none that was
 * killed stays unseen, and a thousand runs cost no more than these. */
#define NEWEST 32

struct entry {
	char *name;
	time_t changed;
};

static void sweep(const char *run, const char *path)
{
	_autofree_ char *db = path_join(run, "run.db");

	if (file_exists(db) && !store_has_writer(run) && unlink(path) == 0)
		log_info("removed %s, left by a run that was killed", path);
}

static void sweep_run(const char *run)
{
	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++) {
		_autofree_ char *pattern = xasprintf("%s/cells/*/boot*/%s", run, leftovers[i]);
		glob_t found = {0};

		if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc; k++)
				sweep(run, found.gl_pathv[k]);
		globfree(&found);
	}
}

/* Newest first. */
static int by_age(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->changed < y->changed ? 1 : x->changed > y->changed ? -1 : 0;
}

static size_t list(DIR *d, struct entry **ret_entries)
{
	struct entry *entries = NULL;
	const struct dirent *e;
	struct stat st;
	size_t n = 0;

	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, 0) < 0 ||
		    !S_ISDIR(st.st_mode))
			continue;
		if (n % 64 == 0)
			entries = xreallocarray(entries, n + 64, sizeof(*entries));
		entries[n].changed = st.st_mtim.tv_sec;
		entries[n++].name = xstrdup(e->d_name);
	}
	*ret_entries = entries;
	return n;
}

void sweep_beside(const char *run_dir)
{
	const char *slash = strrchr(run_dir, '/');
	_autofree_ char *parent =
		slash ? xstrndup(run_dir, (size_t)(slash - run_dir) + 1) : xstrdup("./");
	struct entry *entries = NULL;
	DIR *d = opendir(parent);
	size_t n;

	if (!d)
		return;
	n = list(d, &entries);
	closedir(d);
	if (n)
		qsort(entries, n, sizeof(*entries), by_age);
	for (size_t i = 0; i < n; i++) {
		_autofree_ char *run =
			i < NEWEST ? xasprintf("%s%s", parent, entries[i].name) : NULL;

		if (run)
			sweep_run(run);
		free(entries[i].name);
	}
	free(entries);
}
