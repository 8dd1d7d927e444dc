/* SPDX-License-Identifier: MIT */
/*
 * cleanup: scope-exit destruction.
 *
 * Called by every layer. Never allocates.
 *
 *   _cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);
 *   _autofree_ char *path = path_join(dir, "run.db");
 *   return TAKE(path);          // hands ownership to the caller
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))

/* Returns the pointer and sets the variable to NULL, so that its clean-up does nothing. */
#define TAKE(ptr)                                     \
	({                                            \
		__typeof__(ptr) *take_from_ = &(ptr); \
		__typeof__(ptr) taken_ = *take_from_; \
		*take_from_ = NULL;                   \
		taken_;                               \
	})

/* Returns the descriptor and sets the variable to -1. */
#define TAKE_FD(fd)                       \
	({                                \
		int *take_from_ = &(fd);  \
		int taken_ = *take_from_; \
		*take_from_ = -1;         \
		taken_;                   \
	})

static inline void cleanup_free(void *pp)
{
	free(*(void **)pp);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
	*f = NULL;
}

#define _autofree_   _cleanup_(cleanup_free)
#define _autoclose_  _cleanup_(cleanup_close)
#define _autofclose_ _cleanup_(cleanup_fclose)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
