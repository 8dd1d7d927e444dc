/* SPDX-License-Identifier: MIT */
/*
 * caseset_priv: what the files of caseset share; see caseset.h for who does what.
 */
#ifndef RUN_CASESET_PRIV_H
#define RUN_CASESET_PRIV_H

#include "base/deadline.h"
#include "base/strbuf.h"
#include "run/answer.h"
#include "run/caseset.h"
#include "run/foreseen.h"

/* Ceilings on what one result says. */
#define REASON_MAX 2000
#define DETAIL_MAX (64u << 10)

struct set {
	struct worker *w;
	const struct case_runner *runner;
	const struct case_source *source;
	struct guest *guest;
	/* The window: cases in the order of the source, from the first one that is not final. */
	struct answer *answers;
	size_t n, room;
	size_t last_found;	 /* where set_find() looks first: cases come in order */
	size_t confirmed, begun; /* suspects are in [confirmed, begun) */
	int failed;		 /* the source could not be read: -errno */
	struct err failure;
	size_t total, done; /* of this pass */
	size_t came;	    /* of the source */
	/* One exec of the runner. */
	void *parser;
	struct answer *open, *awaited; /* in flight; when crash text came */
	struct strbuf diagnostics;
	struct deadline deadline;
	bool gathered; /* several cases of a runner that lags: who was in flight is not known */
	/* A suspect is asked alone: the clean console of its boot clears none of the others. */
	bool accusing;
	unsigned int exact; /* so many cases are still asked one by one, behind such an end */
	bool ended;
	int status;
	char *exec_error;
	/* The crash whose guilty one is looked for; whether another one was seen with it. */
	struct crash crash; /* without its text */
	bool mixed;
	bool up; /* a boot came to its hello */
	unsigned int failed_boots, idle_rounds;
	unsigned int killed; /* cases in a row, each alone, under which the runner was killed */
	char *last_idle;     /* what the last idle round died of */
	enum verdict last_verdict;
	int64_t pass;	/* from 1; past cell->repeat: retries, in fresh machines */
	bool may_retry; /* some answer of this pass, or of those before the retries, may want one */
	struct foreseen foreseen;
};

/* caseset_window.c. The next pass begins, with its first case. 0 or -errno. */
int set_begin_pass(struct set *s, struct err *err);
void set_end_pass(struct set *s);
/* How many a pass of retries will ask. 0 or -errno. */
int set_count(struct set *s, size_t *ret_n, struct err *err);
/*
 * Forgets what is final and reads on, until one more than CASES_AHEAD wait to be asked or none is
 * left. False: everything is final, or the source failed. Answers move.
 */
bool set_refill(struct set *s);
struct answer *set_find(struct set *s, const char *name);

/* caseset.c: answers. */
void set_fill(struct answer *a, enum verdict v, const char *reason, const char *detail);
/* As if it had never been asked. */
void set_reset(struct answer *a);
/* It ended now. */
void set_close(struct set *s, struct answer *a);
/* The answer is final: to the store and to who watches. */
void set_tell(struct set *s, struct answer *a);
/* Results that stayed clean long enough, until now, become final; or all that wait for it. */
void set_confirm(struct set *s, uint64_t now, bool all);
/* Something happened to the kernel while no case was in flight. */
void set_keep_idle(struct set *s, int64_t boot, enum verdict v, const char *what);
/*
 * The machine ended while a runner that lags had several cases: it may have been further than it
 * told. What is not clear is asked again, and the next cases one by one, so that the one that ends
 * it again is known.
 */
void set_ask_closely(struct set *s, const char *why);
/* 0 with a guest, 1 when there will be none and every answer was given, or an error. */
int set_need_guest(struct set *s, const char *why, struct err *err);
void set_drop_guest(struct set *s);

/* caseset_ask.c: one exec. Its outcome; 0, -EINTR or an error of ours. */
enum outcome { OUT_ENDED, OUT_CRASHED, OUT_DIED, OUT_SILENT };
int set_ask(struct set *s, const struct strv *names, enum outcome *ret_outcome, struct err *err);
/* Late crash text has its time to come. */
void set_settle(struct set *s);

/* caseset_guilt.c: a crash was seen on the guest, which is dropped. Every suspect's answer is final
 * or unasked afterwards. */
int set_find_guilty(struct set *s, struct err *err);

#endif
