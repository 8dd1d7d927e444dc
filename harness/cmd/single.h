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
/* A run folder, session->run_dir or a new one; store_dir() says which. Whatever of the request can
 * be wrong is read before, so that a mistake leaves none behind. */
int single_open(const struct session *session, struct store **ret_store, struct err *err);
/* Boot. 0: guest said hello; -ENODEV: verdict, reason and detail say what became of it; else an
 * error of ours. */
int single_boot(struct single *s, struct loop *loop, struct store *store,
		const struct session *session, bool kut, const char *what, struct err *err);
void single_release(struct single *s);

#endif
