/* SPDX-License-Identifier: MIT */
/*
 * session: what probe, run and check have in common: common options, a run folder, the cells, the
 * report, the exit status.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd/verb.h"
#include "run/plan.h"

struct session {
	struct plan_request request;
	const char *run_dir; /* NULL: a new folder in paths_runs() */
	unsigned int jobs;   /* machines at once, 0: as many as this host carries */
	bool json, quiet, no_gate;
	bool bisect; /* the exit status is for `git bisect run` (bisect.h) */
};

void session_init(struct session *s);
void session_release(struct session *s);
/* Child parser: args_boot, and --no-reference, --jobs, --json, --quiet, --no-gate. */
extern const struct argp session_argp;
/* Where a run goes that was not told: a new folder in paths_runs(). The caller frees. */
char *session_new_run_dir(void);
/* Plan, run, report; returns the exit status. */
int session_run(struct session *s);

#endif
