/* SPDX-License-Identifier: MIT */
#include "store/store_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "store/store_read.h"

struct fixture {
	char top[64];
	struct store *to;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	_autofree_ char *dir = NULL;

	snprintf(f->top, sizeof(f->top), "/tmp/store-merge-XXXXXX");
	if (!mkdtemp(f->top))
		return -1;
	dir = path_join(f->top, "to");
	*state = f;
	return store_create(dir, &f->to, NULL);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->to);
	rm_rf(f->top, NULL);
	free(f);
	return 0;
}

static struct store *new_run(struct fixture *f, const char *name)
{
	_autofree_ char *dir = path_join(f->top, name);
	struct store *s = NULL;

	assert_int_equal(store_create(dir, &s, NULL), 0);
	return s;
}

static int64_t add_cell(struct store *s, const char *kernel, const char *scenario,
			const char *planned, const char *place)
{
	struct store_cell c = {.role = "kut",
			       .kernel = kernel,
			       .target = "qemu",
			       .profile = "",
			       .lane = "static",
			       .scenario = scenario};

	assert_int_equal(store_add_cell(s, &c, NULL), 0);
	assert_int_equal(store_set_cell_fact(s, c.id, "planned", planned, NULL), 0);
	assert_int_equal(store_set_cell_fact(s, c.id, "place", place, NULL), 0);
	return c.id;
}

static int64_t add_boot(struct store *s, int64_t cell, const char *log)
{
	_autofree_ char *dir = NULL, *path = NULL;
	int64_t boot = 0;

	assert_int_equal(store_add_boot(s, cell, &boot, &dir, NULL), 0);
	path = path_join(dir, "console.log");
	assert_int_equal(file_write_atomic(path, log, strlen(log), 0644, NULL), 0);
	assert_int_equal(store_set_boot_fact(s, boot, "accel", "tcg", NULL), 0);
	assert_int_equal(store_add_event(s, boot, "crash", log, NULL), 0);
	return boot;
}

static void add_result(struct store *s, int64_t cell, int64_t boot, const char *name,
		       enum verdict v, unsigned int attempt)
{
	const struct store_result r = {.cell = cell,
				       .boot = boot,
				       .name = name,
				       .attempt = attempt,
				       .retry = attempt > 1,
				       .verdict = v,
				       .reason = v == VERDICT_PASS ? NULL : "why",
				       .detail = v == VERDICT_PASS ? NULL : "long",
				       .fingerprint = v == VERDICT_CRASH ? "f00d" : NULL,
				       .begin_us = 10,
				       .end_us = 20,
				       .console_from = 3,
				       .console_to = 4};

	assert_int_equal(store_add_result(s, &r, NULL), 0);
}

static int put_case(void *arg, const struct store_case_row *c)
{
	strbuf_addf(arg, "%s:%s*%u ", c->name, verdict_name(c->merged.verdict), c->attempts);
	return 0;
}

static char *cases(struct store *s, int64_t cell)
{
	struct strbuf sb = STRBUF_INIT(4096);

	assert_int_equal(store_each_case(s, cell, put_case, &sb, NULL), 0);
	return strbuf_detach(&sb, NULL);
}

/* Two shards of one set: one row, every case once, the boot counted once. */
static void two_shards_become_one_cell(void **state)
{
	struct fixture *f = *state;
	struct store *a = new_run(f, "a"), *b = new_run(f, "b");
	int64_t ca = add_cell(a, "/one/kernel", "probes", "3", "0");
	int64_t cb = add_cell(b, "/two/kernel", "probes", "2", "0");
	int64_t ba = add_boot(a, ca, "log a"), bb = add_boot(b, cb, "log b");
	_autofree_ char *said = NULL, *planned = NULL;

	add_result(a, ca, ba, "boot", VERDICT_PASS, 1);
	add_result(a, ca, ba, "x", VERDICT_FAIL, 1);
	add_result(a, ca, ba, "y", VERDICT_PASS, 1);
	add_result(b, cb, bb, "boot", VERDICT_PASS, 1);
	add_result(b, cb, bb, "z", VERDICT_CRASH, 1);
	assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
	assert_int_equal(store_merge(f->to, b, 0, NULL), 0);
	said = cases(f->to, 1);
	assert_string_equal(said, "boot:pass*1 x:fail*1 y:pass*1 z:crash*1 ");
	planned = store_get_cell_fact(f->to, 1, "planned");
	assert_string_equal(planned, "4");
	store_close(a);
	store_close(b);
}

/* Whatever both asked counts once: a suite's lists of tests do as the boot does. */
static void what_both_asked_is_planned_once(void **state)
{
	struct fixture *f = *state;
	struct store *a = new_run(f, "a"), *b = new_run(f, "b");
	int64_t ca = add_cell(a, "k", "suite", "3", "0"), cb = add_cell(b, "k", "suite", "4", "0");
	_autofree_ char *planned = NULL;

	add_result(a, ca, 0, "boot", VERDICT_PASS, 1);
	add_result(a, ca, 0, "list", VERDICT_PASS, 1);
	add_result(a, ca, 0, "x", VERDICT_PASS, 1);
	add_result(b, cb, 0, "boot", VERDICT_PASS, 1);
	add_result(b, cb, 0, "list", VERDICT_PASS, 1);
	add_result(b, cb, 0, "list", VERDICT_PASS, 2);
	add_result(b, cb, 0, "y", VERDICT_PASS, 1);
	assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
	assert_int_equal(store_merge(f->to, b, 0, NULL), 0);
	planned = store_get_cell_fact(f->to, 1, "planned");
	assert_string_equal(planned, "5");
	store_close(a);
	store_close(b);
}

/* A boot that failed in one shard is not hidden by the others', whichever comes first. */
static void a_bad_boot_is_kept(void **state)
{
	struct fixture *f = *state;

	for (int bad_first = 0; bad_first < 2; bad_first++) {
		struct store *a = new_run(f, bad_first ? "a1" : "a0");
		struct store *b = new_run(f, bad_first ? "b1" : "b0");
		const char *set = bad_first ? "probes" : "others";
		int64_t ca = add_cell(a, "k", set, "1", "0"), cb = add_cell(b, "k", set, "1", "0");
		_autofree_ char *said = NULL;

		add_result(a, ca, 0, "boot", bad_first ? VERDICT_CRASH : VERDICT_PASS, 1);
		add_result(b, cb, 0, "boot", bad_first ? VERDICT_PASS : VERDICT_CRASH, 1);
		assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
		assert_int_equal(store_merge(f->to, b, 0, NULL), 0);
		said = cases(f->to, bad_first + 1);
		assert_string_equal(said, bad_first ? "boot:crash*1 " : "boot:crash*2 ");
		store_close(a);
		store_close(b);
	}
}

static void every_attempt_comes_along(void **state)
{
	struct fixture *f = *state;
	struct store *a = new_run(f, "a");
	int64_t cell = add_cell(a, "k", "probes", "1", "0");
	_autofree_ char *said = NULL;

	add_result(a, cell, 0, "x", VERDICT_FAIL, 1);
	add_result(a, cell, 0, "x", VERDICT_PASS, 2);
	assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
	said = cases(f->to, 1);
	assert_string_equal(said, "x:pass*2 ");
	store_close(a);
}

static int put_attempt(void *arg, const struct store_result_row *row)
{
	strbuf_addf(arg, "%u:%s ", row->result.attempt, verdict_name(row->result.verdict));
	return 0;
}

/* Behind those that were there before the shard, in whatever order it recorded them. */
static void attempts_follow_on(void **state)
{
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(4096);
	struct fixture *f = *state;
	struct store *a = new_run(f, "a"), *b = new_run(f, "b");
	int64_t ca = add_cell(a, "k", "probes", "1", "0"),
		cb = add_cell(b, "k", "probes", "1", "0");

	add_result(a, ca, 0, "boot", VERDICT_FAIL, 1);
	add_result(b, cb, 0, "boot", VERDICT_CRASH, 2);
	add_result(b, cb, 0, "boot", VERDICT_TIMEOUT, 1);
	assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
	assert_int_equal(store_merge(f->to, b, 0, NULL), 0);
	assert_int_equal(store_each_attempt(f->to, 1, "boot", put_attempt, &said, NULL), 0);
	assert_string_equal(strbuf_str(&said), "1:fail 2:timeout 3:crash ");
	store_close(a);
	store_close(b);
}

static int take_one(void *arg, const struct store_result_row *row)
{
	struct store_result *r = arg;

	if (strcmp(row->result.name, "z") == 0) {
		*r = row->result;
		r->name = r->reason = NULL;
		r->fingerprint = row->result.fingerprint ? "had one" : NULL;
		r->cell = row->id;
	}
	return 0;
}

static int take_boot(void *arg, const struct store_boot_row *row)
{
	if (row->number == 2)
		*(struct store_boot_row *)arg = *row;
	return 0;
}

static int count_event(void *arg, const struct store_event_row *e)
{
	assert_string_equal(e->text, "log b");
	(*(unsigned int *)arg)++;
	return 0;
}

/* A result points to its own boot, whose facts, events, log and times are there. */
static void evidence_comes_along(void **state)
{
	struct fixture *f = *state;
	struct store *a = new_run(f, "a"), *b = new_run(f, "b");
	int64_t ca = add_cell(a, "k", "probes", "2", "0"),
		cb = add_cell(b, "k", "probes", "2", "0");
	struct store_boot_row boot = {0};
	struct store_result z = {0};
	_autofree_ char *accel = NULL, *dir = NULL, *path = NULL, *detail = NULL;
	_cleanup_(strbuf_release) struct strbuf log = STRBUF_INIT(100);
	unsigned int events = 0;

	add_boot(a, ca, "log a");
	add_result(b, cb, add_boot(b, cb, "log b"), "z", VERDICT_CRASH, 1);
	assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
	assert_int_equal(store_merge(f->to, b, 5 * SEC, NULL), 0);
	assert_int_equal(store_each_result(f->to, 1, take_one, &z, NULL), 0);
	assert_int_equal(store_each_boot(f->to, 1, take_boot, &boot, NULL), 0);
	assert_int_equal(z.boot, boot.id);
	assert_true(boot.begin_us >= 5 * SEC && boot.begin_us < 10 * SEC);
	assert_int_equal(z.begin_us, 5 * SEC + 10);
	assert_int_equal(z.console_to, 4);
	assert_non_null(z.fingerprint);
	assert_int_equal(store_read_detail(f->to, z.cell, &detail, NULL), 0);
	assert_string_equal(detail, "long");
	accel = store_get_boot_fact(f->to, boot.id, "accel");
	assert_string_equal(accel, "tcg");
	assert_int_equal(store_each_event(f->to, boot.id, count_event, &events, NULL), 0);
	assert_int_equal(events, 1);
	dir = store_boot_dir(f->to, 1, 2);
	path = path_join(dir, "console.log");
	assert_int_equal(file_read(path, &log, NULL), 0);
	assert_string_equal(strbuf_str(&log), "log b");
	store_close(a);
	store_close(b);
}

/* A scenario is a cell of one shard alone and stays as it is. */
static void other_cells_stay_apart(void **state)
{
	struct fixture *f = *state;
	struct store *a = new_run(f, "a"), *b = new_run(f, "b");
	_autofree_ char *planned = NULL, *place = NULL;

	add_cell(a, "k", "one", "3", "7");
	add_cell(b, "k", "two", "4", "8");
	assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
	assert_int_equal(store_merge(f->to, b, 0, NULL), 0);
	planned = store_get_cell_fact(f->to, 2, "planned");
	place = store_get_cell_fact(f->to, 2, "place");
	assert_string_equal(planned, "4");
	assert_string_equal(place, "8");
	store_close(a);
	store_close(b);
}

/* Events past the ceiling are counted on, a link beside the logs is not followed. */
static void what_is_no_artefact_stays_behind(void **state)
{
	struct fixture *f = *state;
	struct store *a = new_run(f, "a");
	int64_t cell = add_cell(a, "k", "probes", "1", "0"), boot = add_boot(a, cell, "log");
	_autofree_ char *from = store_boot_dir(a, cell, 1), *to = store_boot_dir(f->to, 1, 1);
	_autofree_ char *link = path_join(from, "link"), *sub = path_join(from, "sub");
	_autofree_ char *copied = path_join(to, "link"), *subcopy = path_join(to, "sub");

	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(mkdir_p(sub, NULL), 0);
	assert_int_equal(store_count_events(a, boot, 41, NULL), 0);
	assert_int_equal(store_merge(f->to, a, 0, NULL), 0);
	assert_false(file_exists(copied));
	assert_true(file_exists(subcopy));
	store_close(a);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_shards_become_one_cell), TEST(what_both_asked_is_planned_once),
		TEST(a_bad_boot_is_kept),	  TEST(every_attempt_comes_along),
		TEST(attempts_follow_on),	  TEST(evidence_comes_along),
		TEST(other_cells_stay_apart),	  TEST(what_is_no_artefact_stays_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
