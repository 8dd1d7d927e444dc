/* SPDX-License-Identifier: MIT */
#include "base/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

static struct {
	bool known;
	char *self, *guest, *data, *cache, *runs;
} paths;

static char *parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash != path ? xstrndup(path, (size_t)(slash - path)) : xstrdup("/");
}

static char *default_cache(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (xdg && *xdg)
		return path_join(xdg, "harness");
	return path_join(home && *home ? home : "/tmp", ".cache/harness");
}

static void use_checkout(const char *build)
{
	paths.guest = path_join(build, "guest");
	paths.data = parent(build);
	paths.cache = path_join(build, "cache");
	paths.runs = path_join(build, "runs");
}

static void use_installation(const char *prefix)
{
	paths.data = path_join(prefix, "lib/harness");
	paths.guest = path_join(paths.data, "guest");
	paths.cache = default_cache();
	paths.runs = xstrdup("harness-runs");
}

static void find(void)
{
	char self[PATH_MAX];
	ssize_t n;
	char *bin, *up, *objects;
	const char *cache;

	if (paths.known)
		return;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	paths.self = xstrdup(self);
	bin = parent(self);
	up = parent(bin);
	/* A checkout's build folder can be anywhere below it: unit tests run from deeper folders.
	 */
	objects = path_join(up, "host.flags");
	while (!file_exists(objects) && strcmp(up, "/") != 0) {
		char *next = parent(up);

		free(up);
		free(objects);
		up = next;
		objects = path_join(up, "host.flags");
	}
	if (file_exists(objects)) {
		use_checkout(up);
	} else {
		char *prefix = parent(bin);

		use_installation(prefix);
		free(prefix);
	}
	cache = getenv("HARNESS_CACHE");
	if (cache && *cache) {
		free(paths.cache);
		paths.cache = xstrdup(cache);
	}
	free(objects);
	free(up);
	free(bin);
	paths.known = true;
}

const char *paths_guest(void)
{
	find();
	return paths.guest;
}

const char *paths_data(void)
{
	find();
	return paths.data;
}

const char *paths_cache(void)
{
	find();
	return paths.cache;
}

int paths_new_tmp(const char *name, char **ret_dir, struct err *err)
{
	_autofree_ char *tmp = path_join(paths_cache(), "tmp");
	_autofree_ char *dir = xasprintf("%s/%s.XXXXXX", tmp, name);
	int r = mkdir_p(tmp, err);

	if (r < 0)
		return r;
	if (!mkdtemp(dir))
		return err_errno(err, errno, "cannot make a folder in %s", tmp);
	*ret_dir = TAKE(dir);
	return 0;
}

const char *paths_runs(void)
{
	find();
	return paths.runs;
}

const char *paths_self(void)
{
	find();
	return paths.self;
}
