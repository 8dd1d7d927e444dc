/* SPDX-License-Identifier: MIT */
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>

int library_load(struct library *library, struct err *err)
{
	void *handle = library->handle;

	if (handle)
		return 0;
	for (const char **file = library->files; *file && !handle; file++)
		handle = dlopen(*file, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return err_set(err, ENOENT, "cannot load a library: %s", dlerror());
	for (const struct library_call *c = library->calls; c->name; c++)
		if (!(*c->at = dlsym(handle, c->name)))
			return err_set(err, ENOSYS, "cannot use a library: %s", dlerror());
	library->handle = handle;
	return 0;
}
