/* SPDX-License-Identifier: MIT */
/*
 * single: one guest driven by a verb itself (boot, exec), with its evidence in a run folder like
 * any other.
 */
#ifndef CMD_SINGLE_H
#define CMD_SINGLE_H

#include "cmd/session.h"
#include "run/plan.h"
#include "run/worker.h"

struct single {
	struct plan plan;
	struct worker worker;
	struct guest *guest;
	enum verdict verdict; /* of a boot that failed */
	struct strbuf reason, detail;
};

/* What such a verb begins with: a loop that heeds Ctrl-C. */
int single_loop(struct loop **ret_loop, struct err *err);
/* What is to boot, `what` being the scenario's name. Whatever of the request can be wrong, the
 * kernel file above all, is an error here: before single_open(), so that a mistake leaves no
 * folder. */
int single_plan(struct single *s, struct loop *loop, const struct session *session, bool kut,
		const char *what, struct err *err);
/* A run folder, session->run_dir or a new one; store_dir() says which. */
int single_open(const struct session *session, struct store **ret_store, struct err *err);
/* Boot what was planned. 0: guest said hello; -ENODEV: verdict, reason and detail say what became
 * of it; else an error of ours. */
int single_boot(struct single *s, struct store *store, struct err *err);
/* The run's one result, under the name of what was planned; without it the run counts as cut.
 * words: what follows the verb and its options, NULL: nothing. */
int single_tell(struct single *s, struct store *store, enum verdict v, const char *reason,
		char *const *words, struct err *err);
void single_release(struct single *s);

#endif
