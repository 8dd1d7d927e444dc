/* SPDX-License-Identifier: MIT */
/*
 * include: has what "#include" in user data names, over HTTP.
 *
 * All of a boot's includes share one deadline. What is to be had once an instance is kept below the
 * instance's folder, for root alone.
 */
#ifndef DRAGONCONFIG_INCLUDE_H
#define DRAGONCONFIG_INCLUDE_H

#include <stdbool.h>

#include "base/deadline.h"
#include "base/strbuf.h"
#include "state.h"

struct include {
	const struct state *state;
	struct deadline until; /* 0: the first one sets it */
	bool has_failed;
};

/* For userdata's includer; arg is a struct include. */
int include_fetch(void *arg, const char *url, bool once, struct strbuf *to, struct err *err);

#endif
