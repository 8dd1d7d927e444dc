/* SPDX-License-Identifier: MIT */
/*
 * session: what probe, run and check have in common: common options, a run folder, the cells, the
 * report, the exit status.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd/verb.h"
#include "config/expect.h"
#include "run/plan.h"

struct session {
	struct plan_request request;
	const char *run_dir;  /* NULL: a new folder in paths_runs() */
	unsigned int jobs;    /* machines at once, 0: as many as this host carries */
	const char *expect;   /* file of known failures, "none", NULL: by the kernel */
	struct expect *known; /* what that gave, NULL: none; filled by session_run() */
	bool json, quiet, no_gate;
	bool bisect; /* the exit status is for `git bisect run` (bisect.h) */
};

void session_init(struct session *s);
void session_release(struct session *s);
/* Child parser: args_boot, and --no-reference, --jobs, --retries, --expect, --shard, --json,
 * --quiet, --no-gate. */
extern const struct argp session_argp;
/* Where a run goes that was not told: a new folder in paths_runs(). The caller frees. */
char *session_new_run_dir(void);
/* What every run says of itself, "state" being "running"; the verb sets it to "finished". */
int session_set_facts(struct store *store, const struct session *s, struct err *err);
/* The page into the run folder, the report as text or JSON on standard output; the run's exit
 * status (report_status). */
int session_report(const struct session *s, const char *dir, int *ret_status, struct err *err);
/* Plan, run, report; returns the exit status. */
int session_run(struct session *s);

#endif
