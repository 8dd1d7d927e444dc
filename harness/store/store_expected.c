/* SPDX-License-Identifier: MIT */
#include "store/store_expected.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/xalloc.h"
#include "store/store_db.h"

int store_add_expected(struct store *s, const struct store_expected *e, struct err *err)
{
	return store_db_run(s, STMT_ADD_EXPECTED, "cannot record a known failure", err,
			    "ttitttttttt", e->role, STORE_MAX_NAME, e->file, STORE_MAX_REASON,
			    (int64_t)e->line, e->name, STORE_MAX_NAME, e->scenario, STORE_MAX_NAME,
			    e->lane, STORE_MAX_NAME, e->verdicts, STORE_MAX_NAME, e->owner,
			    STORE_MAX_NAME, e->reason, STORE_MAX_REASON, e->issue, STORE_MAX_REASON,
			    e->expires, STORE_MAX_NAME);
}

static const char *text_of(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text ? text : "";
}

static struct store_expected read_row(sqlite3_stmt *st)
{
	return (struct store_expected){
		.role = text_of(st, 0),
		.file = text_of(st, 1),
		.line = (unsigned int)sqlite3_column_int64(st, 2),
		.name = text_of(st, 3),
		.scenario = (const char *)sqlite3_column_text(st, 4),
		.lane = (const char *)sqlite3_column_text(st, 5),
		.verdicts = text_of(st, 6),
		.owner = text_of(st, 7),
		.reason = text_of(st, 8),
		.issue = text_of(st, 9),
		.expires = text_of(st, 10),
	};
}

int store_each_expected(struct store *s, int (*fn)(void *arg, const struct store_expected *e),
			void *arg, struct err *err)
{
	sqlite3_stmt *st;
	int r = store_db_bind(s, STMT_EACH_EXPECTED, &st, err, "");
	int rc;

	if (r < 0)
		return r;
	while (r == 0 && (rc = sqlite3_step(st)) != SQLITE_DONE) {
		if (rc == SQLITE_ROW) {
			struct store_expected e = read_row(st);

			r = fn(arg, &e);
		} else {
			r = store_db_error(s, rc, "cannot read the known failures", err);
		}
	}
	sqlite3_reset(st);
	return r;
}

static char *dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

struct store_expected store_expected_dup(const struct store_expected *e)
{
	return (struct store_expected){
		.role = xstrdup(e->role),
		.file = xstrdup(e->file),
		.line = e->line,
		.name = xstrdup(e->name),
		.scenario = dup_or_null(e->scenario),
		.lane = dup_or_null(e->lane),
		.verdicts = xstrdup(e->verdicts),
		.owner = xstrdup(e->owner),
		.reason = xstrdup(e->reason),
		.issue = xstrdup(e->issue),
		.expires = xstrdup(e->expires),
	};
}

void store_expected_release(struct store_expected *e)
{
	const char *const texts[] = {e->role,	  e->file,  e->name,   e->scenario, e->lane,
				     e->verdicts, e->owner, e->reason, e->issue,    e->expires};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free((char *)texts[i]);
	*e = (struct store_expected){0};
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same(const struct store_expected *a, const struct store_expected *b)
{
	return a->line == b->line && same_text(a->role, b->role) && same_text(a->file, b->file) &&
	       same_text(a->name, b->name) && same_text(a->scenario, b->scenario) &&
	       same_text(a->lane, b->lane) && same_text(a->verdicts, b->verdicts) &&
	       same_text(a->owner, b->owner) && same_text(a->reason, b->reason) &&
	       same_text(a->issue, b->issue) && same_text(a->expires, b->expires);
}

struct copying {
	struct store *to;
	const struct store_expected *e;
	struct err *err;
};

static int is_there(void *arg, const struct store_expected *e)
{
	const struct copying *c = arg;

	return same(c->e, e);
}

static int copy_one(void *arg, const struct store_expected *e)
{
	struct copying *c = arg;
	int r;

	c->e = e;
	r = store_each_expected(c->to, is_there, c, c->err);
	if (r == 0)
		return store_add_expected(c->to, e, c->err);
	return r < 0 ? r : 0;
}

int store_copy_expected(struct store *to, struct store *from, struct err *err)
{
	struct copying c = {.to = to, .err = err};

	return store_each_expected(from, copy_one, &c, err);
}

bool expected_matches(const struct store_expected *e, const struct store_cell *cell,
		      const char *name)
{
	return strcmp(e->role, cell->role) == 0 && (!e->lane || strcmp(e->lane, cell->lane) == 0) &&
	       (!e->scenario || fnmatch(e->scenario, cell->scenario, 0) == 0) &&
	       fnmatch(e->name, name, 0) == 0;
}

void expected_day(const char *begin_wall_us, char ret_day[EXPECTED_DAY_SIZE])
{
	time_t at = begin_wall_us ? (time_t)(strtoull(begin_wall_us, NULL, 10) / SEC) : time(NULL);
	struct tm tm;

	if (!gmtime_r(&at, &tm) || !strftime(ret_day, EXPECTED_DAY_SIZE, "%Y-%m-%d", &tm))
		snprintf(ret_day, EXPECTED_DAY_SIZE, "0000-00-00");
}

/* Days of this form sort as texts. */
bool expected_is_over(const struct store_expected *e, const char *day)
{
	return strcmp(day, e->expires) > 0;
}

static bool among(const struct store_expected *e, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = e->verdicts; *p; p += strcspn(p, ","), p += *p == ',')
		if (strcspn(p, ",") == n && strncmp(p, word, n) == 0)
			return true;
	return false;
}

struct verdict_merged expected_apply(const struct store_expected *e, struct verdict_merged seen,
				     const unsigned int outcomes[VERDICT_COUNT])
{
	unsigned int set = verdict_outcome_set(outcomes);
	bool flaky = among(e, "flaky");

	if (seen.flaky) {
		if (flaky)
			seen = (struct verdict_merged){VERDICT_XFAIL, false, seen.telling};
		return seen;
	}
	if (seen.verdict == VERDICT_PASS) {
		seen.verdict = flaky ? VERDICT_PASS : VERDICT_XPASS;
		return seen;
	}
	if (!verdict_is_bad(seen.verdict))
		return seen;
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (set >> v & 1 && !among(e, verdict_name((enum verdict)v)))
			return seen;
	seen.verdict = VERDICT_XFAIL;
	return seen;
}
