/* SPDX-License-Identifier: MIT */
/*
 * bisect: exit statuses as `git bisect run` reads them.
 *
 * Owns nothing. Called by probe, run and gate. git takes 0 for good, 125 for "cannot be tested", 1
 * to 124 and 126, 127 for bad, and ends the bisection at 128 and above. So what says nothing of
 * this very commit must never end with less than 125.
 */
#ifndef CMD_BISECT_H
#define CMD_BISECT_H

#include "cmd/session.h"

enum { BISECT_GOOD = 0, BISECT_BAD = 1, BISECT_SKIP = 125, BISECT_ABORT = 129 };

/*
 * Before argp reads the words: with --bisect among them a usage error ends the bisection instead of
 * blaming a commit.
 */
void bisect_prepare(int argc, char **argv);
/* A verb's exit status (verb.h) as git wants it. */
int bisect_status(int status);
/* session_run() for git: the kernel under test alone, the exit status for git. */
int bisect_session(struct session *s);

#define BISECT_HELP \
	"exit as `git bisect run` wants it: 0 good, 1 bad, 125 cannot be told, 129 bad arguments"

#endif
