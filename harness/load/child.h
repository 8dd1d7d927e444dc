/* SPDX-License-Identifier: MIT */
/*
 * child: a load generator or client as a child process (wrk, ssh, sftp, expect), watched by the
 * loop, with its output kept up to a ceiling.
 *
 * Owns the process and its pipes. Called by step kinds, which wait with a condition so that the
 * death of a guest ends the wait. The child dies with us.
 */
#ifndef LOAD_CHILD_H
#define LOAD_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/strbuf.h"

#define CHILD_OUTPUT_MAX (256u << 10) /* on each of stdout and stderr; the rest is dropped */

struct child;

struct child_spec {
	char *const *argv;
	char *const *env;	  /* NULL: ours */
	const char *dir;	  /* NULL: ours */
	struct deadline deadline; /* killed when it passes */
};

/* -ENOENT: there is no such program here. */
int child_start(struct loop *loop, const struct child_spec *spec, struct child **ret_child,
		struct err *err);
/* NULL is fine; kills what still runs. */
void child_free(struct child *c);
/* For loop_wait(): exited, and its output was read to the end. */
bool child_ended(void *child);
/* It was killed at its deadline. */
bool child_timed_out(const struct child *c);
/* Wait status. */
int child_status(const struct child *c);
const struct strbuf *child_stdout(const struct child *c);
const struct strbuf *child_stderr(const struct child *c);

#endif
