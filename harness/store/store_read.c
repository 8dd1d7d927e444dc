/* SPDX-License-Identifier: MIT */
#include "store/store_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "store/store_db.h"

const char *store_state(struct store *s)
{
	_autofree_ char *state = store_get_fact(s, "state");

	if (state && strcmp(state, "finished") == 0)
		return "finished";
	if (state && strcmp(state, "running") == 0 && store_has_writer(store_dir(s)))
		return "running";
	return "interrupted";
}

int store_read_begin(struct store *s, struct err *err)
{
	return store_db_run(s, STMT_BEGIN_READ, "cannot begin to read", err, "");
}

void store_read_end(struct store *s)
{
	store_db_run(s, STMT_COMMIT, "cannot end reading", NULL, "");
}

static const char *text_of(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text ? text : "";
}

static const char *text_or_null(sqlite3_stmt *st, int column)
{
	return (const char *)sqlite3_column_text(st, column);
}

static uint64_t u64_of(sqlite3_stmt *st, int column)
{
	return (uint64_t)sqlite3_column_int64(st, column);
}

/* A walk over a statement: row() hands one row to the caller's function. */
struct walk {
	int (*row)(const struct walk *w, sqlite3_stmt *st);
	void (*fn)(void); /* the caller's function, of the type that row knows */
	void *arg;
};

static int walk_rows(struct store *s, sqlite3_stmt *st, const struct walk *w, struct err *err)
{
	int rc, r = 0;

	while (r == 0 && (rc = sqlite3_step(st)) != SQLITE_DONE) {
		if (rc == SQLITE_ROW)
			r = w->row(w, st);
		else
			r = store_db_error(s, rc, "cannot read", err);
	}
	sqlite3_reset(st);
	return r;
}

static int walk_of(struct store *s, enum store_stmt id, int64_t owner, const struct walk *w,
		   struct err *err)
{
	sqlite3_stmt *st;
	int r = store_db_bind(s, id, &st, err, "i", owner);

	return r < 0 ? r : walk_rows(s, st, w, err);
}

static int walk_all(struct store *s, enum store_stmt id, const struct walk *w, struct err *err)
{
	sqlite3_stmt *st;
	int r = store_db_bind(s, id, &st, err, "");

	return r < 0 ? r : walk_rows(s, st, w, err);
}

#define WALK(row_fn) ((struct walk){.row = (row_fn), .fn = (void (*)(void))fn, .arg = arg})

static int fact_row(const struct walk *w, sqlite3_stmt *st)
{
	int (*fn)(void *, const struct store_fact *) = (__typeof__(fn))w->fn;
	struct store_fact f = {text_of(st, 0), text_of(st, 1), u64_of(st, 2)};

	return fn(w->arg, &f);
}

int store_each_fact(struct store *s, int (*fn)(void *arg, const struct store_fact *f), void *arg,
		    struct err *err)
{
	return walk_all(s, STMT_EACH_RUN_FACT, &WALK(fact_row), err);
}

int store_each_cell_fact(struct store *s, int64_t cell,
			 int (*fn)(void *arg, const struct store_fact *f), void *arg,
			 struct err *err)
{
	return walk_of(s, STMT_EACH_CELL_FACT, cell, &WALK(fact_row), err);
}

int store_each_boot_fact(struct store *s, int64_t boot,
			 int (*fn)(void *arg, const struct store_fact *f), void *arg,
			 struct err *err)
{
	return walk_of(s, STMT_EACH_BOOT_FACT, boot, &WALK(fact_row), err);
}

static char *get_fact(struct store *s, enum store_stmt id, int64_t owner, const char *key)
{
	sqlite3_stmt *st;
	char *value = NULL;

	if (store_db_bind(s, id, &st, NULL, "it", owner, key, STORE_MAX_NAME) < 0)
		return NULL;
	if (sqlite3_step(st) == SQLITE_ROW)
		value = xstrdup(text_of(st, 0));
	sqlite3_reset(st);
	return value;
}

char *store_get_cell_fact(struct store *s, int64_t cell, const char *key)
{
	return get_fact(s, STMT_GET_CELL_FACT, cell, key);
}

char *store_get_boot_fact(struct store *s, int64_t boot, const char *key)
{
	return get_fact(s, STMT_GET_BOOT_FACT, boot, key);
}

static int cell_row(const struct walk *w, sqlite3_stmt *st)
{
	int (*fn)(void *, const struct store_cell_row *) = (__typeof__(fn))w->fn;
	struct store_cell_row c = {
		.cell = {.id = sqlite3_column_int64(st, 0),
			 .role = text_of(st, 1),
			 .kernel = text_of(st, 2),
			 .target = text_of(st, 3),
			 .profile = text_of(st, 4),
			 .lane = text_of(st, 5),
			 .scenario = text_of(st, 6)},
		.begin_us = u64_of(st, 7),
	};

	return fn(w->arg, &c);
}

int store_each_cell(struct store *s, int (*fn)(void *arg, const struct store_cell_row *c),
		    void *arg, struct err *err)
{
	return walk_all(s, STMT_EACH_CELL, &WALK(cell_row), err);
}

static int boot_row(const struct walk *w, sqlite3_stmt *st)
{
	int (*fn)(void *, const struct store_boot_row *) = (__typeof__(fn))w->fn;
	struct store_boot_row b = {
		.id = sqlite3_column_int64(st, 0),
		.cell = sqlite3_column_int64(st, 1),
		.number = (unsigned int)sqlite3_column_int64(st, 2),
		.begin_us = u64_of(st, 3),
		.events = u64_of(st, 4),
		.last_us = u64_of(st, 5),
	};

	if (b.events > STORE_MAX_EVENTS)
		b.events_dropped = b.events - STORE_MAX_EVENTS;
	return fn(w->arg, &b);
}

int store_each_boot(struct store *s, int64_t cell,
		    int (*fn)(void *arg, const struct store_boot_row *b), void *arg,
		    struct err *err)
{
	return walk_of(s, STMT_EACH_BOOT, cell, &WALK(boot_row), err);
}

static int event_row(const struct walk *w, sqlite3_stmt *st)
{
	int (*fn)(void *, const struct store_event_row *) = (__typeof__(fn))w->fn;
	struct store_event_row e = {sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
				    u64_of(st, 2), text_of(st, 3), text_of(st, 4)};

	return fn(w->arg, &e);
}

int store_each_event(struct store *s, int64_t boot,
		     int (*fn)(void *arg, const struct store_event_row *e), void *arg,
		     struct err *err)
{
	return walk_of(s, STMT_EACH_EVENT, boot, &WALK(event_row), err);
}

static struct store_result_row read_result(sqlite3_stmt *st)
{
	int verdict = verdict_parse(text_of(st, 4));

	return (struct store_result_row){
		.id = sqlite3_column_int64(st, 0),
		.result = {.cell = sqlite3_column_int64(st, 1),
			   .boot = sqlite3_column_int64(st, 2),
			   .name = text_of(st, 3),
			   .attempt = (unsigned int)sqlite3_column_int64(st, 12),
			   .retry = sqlite3_column_int(st, 13) != 0,
			   .verdict = verdict < 0 ? VERDICT_BROKEN : (enum verdict)verdict,
			   .reason = text_or_null(st, 5),
			   .fingerprint = text_or_null(st, 6),
			   .begin_us = u64_of(st, 7),
			   .end_us = u64_of(st, 8),
			   .console_from = u64_of(st, 9),
			   .console_to = u64_of(st, 10)},
		.has_detail = sqlite3_column_int(st, 11) != 0,
	};
}

static int result_row(const struct walk *w, sqlite3_stmt *st)
{
	int (*fn)(void *, const struct store_result_row *) = (__typeof__(fn))w->fn;
	struct store_result_row row = read_result(st);

	return fn(w->arg, &row);
}

int store_each_result(struct store *s, int64_t cell,
		      int (*fn)(void *arg, const struct store_result_row *r), void *arg,
		      struct err *err)
{
	return walk_of(s, STMT_EACH_RESULT, cell, &WALK(result_row), err);
}

int store_each_attempt(struct store *s, int64_t cell, const char *name,
		       int (*fn)(void *arg, const struct store_result_row *r), void *arg,
		       struct err *err)
{
	sqlite3_stmt *st;
	int r = store_db_bind(s, STMT_EACH_ATTEMPT, &st, err, "it", cell, name, STORE_MAX_REASON);

	return r < 0 ? r : walk_rows(s, st, &WALK(result_row), err);
}

struct cases {
	struct store *store;
	int64_t cell;
	int (*fn)(void *arg, const struct store_case_row *c);
	void *arg;
	struct err *err;
};

/* Columns 1 … are the verdicts but the last, in order; a word that is none counts as that. */
static void read_outcomes(sqlite3_stmt *st, struct store_case_row *c)
{
	unsigned int rest = c->attempts;

	for (int v = 0; v < VERDICT_BROKEN; v++) {
		c->outcomes[v] = (unsigned int)sqlite3_column_int64(st, 1 + v);
		rest -= c->outcomes[v];
	}
	c->outcomes[VERDICT_BROKEN] = rest;
}

static int give_case(struct cases *cs, struct store_case_row *c)
{
	const char *telling = verdict_name(c->merged.telling);
	sqlite3_stmt *st;
	int r = store_db_bind(cs->store, STMT_TELLING_ATTEMPT, &st, cs->err, "itt", cs->cell,
			      c->name, STORE_MAX_REASON, telling, STORE_MAX_NAME);

	if (r == 0)
		r = store_db_row(cs->store, st, "cannot read a result", cs->err);
	if (r < 0)
		return r;
	c->telling = read_result(st);
	r = cs->fn(cs->arg, c);
	sqlite3_reset(st);
	return r;
}

static void read_case(sqlite3_stmt *st, struct store_case_row *c)
{
	c->attempts = (unsigned int)sqlite3_column_int64(st, 0);
	c->begin_us = u64_of(st, 9);
	c->end_us = u64_of(st, 10);
	c->samples_bad = (unsigned int)sqlite3_column_int64(st, 11);
	c->samples = c->samples_bad + (unsigned int)sqlite3_column_int64(st, 12);
	read_outcomes(st, c);
	c->merged = verdict_merge(c->outcomes);
}

static int case_row(const struct walk *w, sqlite3_stmt *names)
{
	struct cases *cs = w->arg;
	struct store_case_row c = {.name = text_of(names, 0)};
	sqlite3_stmt *st;
	int r = store_db_bind(cs->store, STMT_CASE, &st, cs->err, "it", cs->cell, c.name,
			      STORE_MAX_REASON);

	if (r == 0)
		r = store_db_row(cs->store, st, "cannot read a case", cs->err);
	if (r < 0)
		return r;
	read_case(st, &c);
	sqlite3_reset(st);
	return give_case(cs, &c);
}

int store_each_case(struct store *s, int64_t cell,
		    int (*fn)(void *arg, const struct store_case_row *c), void *arg,
		    struct err *err)
{
	struct cases cs = {s, cell, fn, arg, err};

	return walk_of(s, STMT_EACH_CASE, cell, &(struct walk){.row = case_row, .arg = &cs}, err);
}

int store_count_passes(struct store *s, int64_t cell, const char *name, struct store_passes *ret,
		       struct err *err)
{
	sqlite3_stmt *st;
	int r = store_db_bind(s, STMT_COUNT_PASSES, &st, err, "it", cell, name, STORE_MAX_REASON);

	if (r == 0)
		r = store_db_row(s, st, "cannot read a case", err);
	if (r < 0)
		return r;
	*ret = (struct store_passes){(unsigned int)sqlite3_column_int64(st, 0),
				     (unsigned int)sqlite3_column_int64(st, 1)};
	sqlite3_reset(st);
	return 0;
}

int store_read_detail(struct store *s, int64_t result, char **ret_detail, struct err *err)
{
	sqlite3_stmt *st;
	int r = store_db_bind(s, STMT_DETAIL, &st, err, "i", result);
	int rc;

	if (r < 0)
		return r;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*ret_detail = xstrdup(text_of(st, 0));
	else if (rc == SQLITE_DONE)
		r = err_set(err, ENOENT, "there is no result %lld", (long long)result);
	else
		r = store_db_error(s, rc, "cannot read a result", err);
	sqlite3_reset(st);
	return r;
}

static int metric_row(const struct walk *w, sqlite3_stmt *st)
{
	int (*fn)(void *, const struct store_metric_row *) = (__typeof__(fn))w->fn;
	struct store_metric_row m = {u64_of(st, 0), text_of(st, 1), sqlite3_column_double(st, 2),
				     text_of(st, 3)};

	return fn(w->arg, &m);
}

int store_each_metric(struct store *s, int64_t cell,
		      int (*fn)(void *arg, const struct store_metric_row *m), void *arg,
		      struct err *err)
{
	return walk_of(s, STMT_EACH_METRIC, cell, &WALK(metric_row), err);
}
