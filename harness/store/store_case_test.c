/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "store/store.h"
#include "store/store_expected.h"
#include "store/store_read.h"
#include "store/store_rig.h"

static int add_attempt(struct store *s, int64_t cell, const char *name, unsigned int attempt,
		       enum verdict v)
{
	_autofree_ char *reason = xasprintf("said %u", attempt);
	struct store_result r = {.cell = cell,
				 .name = name,
				 .attempt = attempt,
				 .retry = attempt > 1,
				 .verdict = v,
				 .reason = reason,
				 .begin_us = attempt * 100,
				 .end_us = attempt * 100 + 50};

	return store_add_result(s, &r, NULL);
}

struct cases {
	struct store_case_row rows[8];
	char names[8][40], reasons[8][40];
	unsigned int n;
};

static int keep_case(void *arg, const struct store_case_row *c)
{
	struct cases *cs = arg;

	assert_true(cs->n < ARRAY_SIZE(cs->rows));
	cs->rows[cs->n] = *c;
	snprintf(cs->names[cs->n], sizeof(cs->names[0]), "%s", c->name);
	snprintf(cs->reasons[cs->n++], sizeof(cs->reasons[0]), "%s", c->telling.result.reason);
	return 0;
}

static int see_attempt(void *arg, const struct store_result_row *r)
{
	unsigned int *n = arg;

	assert_string_equal(r->result.name, "flaky");
	assert_int_equal(r->result.attempt, ++*n);
	assert_int_equal(r->result.retry, *n > 1);
	return 0;
}

/* All are kept, told as one, in the order in which they were first asked. */
static void attempts(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct cases cs = {0};
	int64_t cell = add_cell(s, "kut"), other = add_cell(s, "kut");
	unsigned int n = 0;

	assert_int_equal(add_attempt(s, cell, "flaky", 0, VERDICT_FAIL), 0);
	assert_int_equal(add_attempt(s, cell, "flaky", 1, VERDICT_PASS), -EEXIST);
	assert_int_equal(add_attempt(s, cell, "crashes once", 1, VERDICT_PASS), 0);
	assert_int_equal(add_attempt(s, cell, "good", 1, VERDICT_PASS), 0);
	assert_int_equal(add_attempt(s, cell, "crashes once", 2, VERDICT_CRASH), 0);
	assert_int_equal(add_attempt(s, cell, "crashes once", 3, VERDICT_CRASH), 0);
	assert_int_equal(add_attempt(s, cell, "flaky", 2, VERDICT_PASS), 0);
	assert_int_equal(add_attempt(s, other, "flaky", 1, VERDICT_PASS), 0);
	assert_int_equal(store_each_case(s, cell, keep_case, &cs, NULL), 0);
	assert_int_equal(cs.n, 3);
	assert_string_equal(cs.names[0], "flaky");
	assert_true(cs.rows[0].merged.flaky);
	assert_int_equal(cs.rows[0].attempts, 2);
	assert_int_equal(cs.rows[0].outcomes[VERDICT_FAIL], 1);
	assert_int_equal(cs.rows[0].outcomes[VERDICT_PASS], 1);
	assert_int_equal(cs.rows[0].end_us, 250);
	assert_int_equal(cs.rows[0].samples, 1);
	assert_int_equal(cs.rows[0].samples_bad, 1);
	assert_string_equal(cs.reasons[0], "said 0");
	assert_string_equal(cs.names[1], "crashes once");
	assert_int_equal(cs.rows[1].merged.verdict, VERDICT_CRASH);
	assert_int_equal(cs.rows[1].telling.result.attempt, 2);
	assert_string_equal(cs.reasons[1], "said 2");
	assert_string_equal(cs.names[2], "good");
	assert_int_equal(cs.rows[2].attempts, 1);
	assert_int_equal(store_each_attempt(s, cell, "flaky", see_attempt, &n, NULL), 0);
	assert_int_equal(n, 2);
	store_close(s);
}

static int count_case(void *arg, const struct store_case_row *c)
{
	unsigned int *n = arg;

	++*n;
	return 0;
}

static int count_result(void *arg, const struct store_result_row *r)
{
	unsigned int *n = arg;

	++*n;
	return 0;
}

/* SQLite's peak, in bytes, of walks over n cases of two cells that take turns. */
static sqlite3_int64 peak_of(struct fixture *f, unsigned int n)
{
	_autofree_ char *rows = xasprintf(
		"DELETE FROM result; WITH RECURSIVE i(i) AS (VALUES(1) UNION ALL"
		" SELECT i + 1 FROM i WHERE i < %u) INSERT INTO result(cell, name, attempt, retry,"
		" verdict, begin_us, end_us, console_from, console_to) SELECT 1 + i %% 2,"
		" 'case ' || (i * 7919 %% 1000003), 1, 0, 'pass', i, i, 0, 0 FROM i",
		2 * n);
	sqlite3_int64 peak;
	unsigned int seen = 0;
	struct store *s;

	run_sql(f, rows);
	s = open_again(f, false);
	sqlite3_memory_highwater(1);
	assert_int_equal(store_each_case(s, 1, count_case, &seen, NULL), 0);
	assert_int_equal(seen, n);
	assert_int_equal(store_each_result(s, 1, count_result, &seen, NULL), 0);
	peak = sqlite3_memory_highwater(0);
	store_close(s);
	assert_int_equal(seen, 2 * n);
	return peak;
}

/* What SQLite sorted would be in memory whole. */
static void many_cases(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	sqlite3_int64 few, many;

	add_cell(s, "kut");
	add_cell(s, "reference");
	store_close(s);
	few = peak_of(f, 5000);
	many = peak_of(f, 20000);
	assert_true(few > 0);
	if (many > few + (64 << 10))
		fail_msg("%lld bytes for 5000 cases, %lld for 20000", (long long)few,
			 (long long)many);
}

static void passes(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	int64_t cell = add_cell(s, "kut");
	struct store_passes p;

	assert_int_equal(add_attempt(s, cell, "a", 1, VERDICT_FAIL), 0);
	assert_int_equal(add_attempt(s, cell, "a", 2, VERDICT_PASS), 0);
	assert_int_equal(add_attempt(s, cell, "a", 3, VERDICT_PASS), 0);
	assert_int_equal(store_count_passes(s, cell, "a", &p, NULL), 0);
	assert_int_equal(p.attempts, 3);
	assert_int_equal(p.passes, 2);
	assert_int_equal(store_count_passes(s, cell, "b", &p, NULL), 0);
	assert_int_equal(p.attempts, 0);
	assert_int_equal(p.passes, 0);
	store_close(s);
}

/* Several machines that fail to boot are attempts in whatever order they are recorded. */
static void recorded_first(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct cases cs = {0};
	int64_t cell = add_cell(s, "kut");

	assert_int_equal(add_attempt(s, cell, "boot", 2, VERDICT_CRASH), 0);
	assert_int_equal(add_attempt(s, cell, "a", 1, VERDICT_PASS), 0);
	assert_int_equal(add_attempt(s, cell, "boot", 1, VERDICT_CRASH), 0);
	assert_int_equal(store_each_case(s, cell, keep_case, &cs, NULL), 0);
	assert_int_equal(cs.n, 2);
	assert_string_equal(cs.names[0], "boot");
	assert_int_equal(cs.rows[0].attempts, 2);
	assert_string_equal(cs.names[1], "a");
	store_close(s);
}

/* A word that this harness does not know is no pass. */
static void unknown_verdict(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct cases cs = {0};
	int64_t cell = add_cell(s, "kut");

	assert_int_equal(add_attempt(s, cell, "odd", 1, VERDICT_PASS), 0);
	store_close(s);
	run_sql(f, "UPDATE result SET verdict='splendid'");
	s = open_again(f, false);
	assert_int_equal(store_each_case(s, cell, keep_case, &cs, NULL), 0);
	assert_int_equal(cs.n, 1);
	assert_int_equal(cs.rows[0].merged.verdict, VERDICT_BROKEN);
	assert_string_equal(cs.reasons[0], "said 1");
	store_close(s);
}

/* As the harness of schema 1 made it. */
static const char schema_1[] =
	"DROP TABLE result; DROP TABLE expected;"
	"CREATE TABLE result(id INTEGER PRIMARY KEY, cell INTEGER NOT NULL REFERENCES cell,"
	" boot INTEGER REFERENCES boot, name TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT,"
	" detail TEXT, fingerprint TEXT, begin_us INTEGER NOT NULL, end_us INTEGER NOT NULL,"
	" console_from INTEGER NOT NULL, console_to INTEGER NOT NULL, UNIQUE(cell, name)) STRICT;"
	"INSERT INTO result VALUES(1,1,NULL,'old','fail','then','d',NULL,1,2,3,4);"
	"INSERT INTO result VALUES(2,1,NULL,'old (pass 2)','pass',NULL,NULL,NULL,1,2,3,4);"
	"PRAGMA user_version=1";

static int no_expected(void *arg, const struct store_expected *e)
{
	fail_msg("expected %s", e->name);
	return -1;
}

static void older_schema(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct err err = ERR_INIT;
	struct cases cs = {0};
	int64_t cell = add_cell(s, "kut");
	_autofree_ char *detail = NULL;

	store_close(s);
	run_sql(f, schema_1);
	s = open_again(f, false);
	assert_int_equal(store_each_case(s, cell, keep_case, &cs, NULL), 0);
	assert_int_equal(cs.n, 2);
	assert_string_equal(cs.names[0], "old");
	assert_int_equal(cs.rows[0].merged.verdict, VERDICT_FAIL);
	assert_int_equal(cs.rows[0].telling.result.attempt, 1);
	assert_string_equal(cs.reasons[0], "then");
	assert_string_equal(cs.names[1], "old (pass 2)");
	assert_int_equal(store_read_detail(s, 1, &detail, NULL), 0);
	assert_string_equal(detail, "d");
	assert_int_equal(store_each_expected(s, no_expected, NULL, NULL), 0);
	store_close(s);
	s = NULL;
	assert_int_equal(store_open(f->dir, true, &s, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "older harness: it can be read"));
	assert_null(s);
}

static void newer_schema(void **state)
{
	struct fixture *f = *state;

	store_close(create(f));
	run_sql(f, "PRAGMA user_version=3");
	expect_open_fails(f, ENOTSUP, "schema 3, this harness knows up to 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(attempts, setup, teardown),
		cmocka_unit_test_setup_teardown(many_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(passes, setup, teardown),
		cmocka_unit_test_setup_teardown(recorded_first, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_verdict, setup, teardown),
		cmocka_unit_test_setup_teardown(older_schema, setup, teardown),
		cmocka_unit_test_setup_teardown(newer_schema, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
