/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "report/compare.h"
#include "report/compare_report.h"
#include "report/report.h"

/* Two run folders, made through the store. */
struct fixture {
	char *dir, *path[2];
	struct store *store[2];
	int64_t cell[2]; /* probes of the kernel under test */
	struct report_side side[2];
	struct compare c;
};

static int64_t add_cell(struct fixture *f, int i, const char *role, const char *profile,
			const char *scenario)
{
	struct store_cell c = {.role = role,
			       .kernel = "kernel.elf",
			       .target = "qemu",
			       .profile = profile,
			       .lane = "static",
			       .scenario = scenario};

	assert_int_equal(store_add_cell(f->store[i], &c, NULL), 0);
	return c.id;
}

static void setup_bare(struct fixture *f)
{
	*f = (struct fixture){.dir = xstrdup("/tmp/compare_test.XXXXXX")};
	assert_non_null(mkdtemp(f->dir));
	for (int i = 0; i < 2; i++) {
		f->path[i] = path_join(f->dir, i ? "b" : "a");
		assert_int_equal(store_create(f->path[i], &f->store[i], NULL), 0);
	}
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	setup_bare(f);
	for (int i = 0; i < 2; i++)
		f->cell[i] = add_cell(f, i, "kut", "", "probes");
	*state = f;
	return 0;
}

static void release(struct fixture *f)
{
	compare_release(&f->c);
	for (int i = 0; i < 2; i++) {
		report_side_release(&f->side[i]);
		store_close(f->store[i]);
		f->store[i] = NULL;
	}
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	release(f);
	rm_rf(f->dir, NULL);
	for (int i = 0; i < 2; i++)
		free(f->path[i]);
	free(f->dir);
	free(f);
	return 0;
}

static void add_attempt(struct fixture *f, int i, int64_t cell, const char *name,
			unsigned int attempt, enum verdict v, const char *reason,
			const char *fingerprint)
{
	struct store_result r = {.cell = cell,
				 .name = name,
				 .attempt = attempt,
				 .verdict = v,
				 .reason = reason,
				 .fingerprint = fingerprint};

	assert_int_equal(store_add_result(f->store[i], &r, NULL), 0);
}

static void add(struct fixture *f, int i, const char *name, enum verdict v, const char *reason)
{
	add_attempt(f, i, f->cell[i], name, 1, v, reason, NULL);
}

static void finish(struct fixture *f)
{
	for (int i = 0; i < 2; i++)
		if (f->store[i])
			assert_int_equal(store_set_fact(f->store[i], "state", "finished", NULL), 0);
}

static void compare_only(struct fixture *f, const struct strv *only)
{
	struct err err = ERR_INIT;

	compare_release(&f->c);
	for (int i = 0; i < 2; i++) {
		report_side_release(&f->side[i]);
		if (report_side_load(f->path[i], &f->side[i], &err) < 0)
			fail_msg("%s", err.text);
	}
	if (compare_sides(&f->side[0], &f->side[1], only, &f->c, &err) < 0)
		fail_msg("%s", err.text);
}

static void compare(struct fixture *f)
{
	finish(f);
	compare_only(f, NULL);
}

static const struct compare_row *row(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->c.n_rows; i++)
		if (strcmp(f->c.rows[i].name, name) == 0)
			return &f->c.rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void expect(const struct fixture *f, const char *name, enum compare_change change, int gate,
		   const char *why)
{
	const struct compare_row *r = row(f, name);

	if (r->change != change || r->gate != gate)
		fail_msg("%s: %s, gate %d", name, compare_change_name(r->change), r->gate);
	if (why && !strstr(r->why, why))
		fail_msg("%s: \"%s\", not \"%s\"", name, r->why, why);
}

/* One letter a level: - absent, ? lost or broken, s skip, . pass, ~ flaky, F fail, C crash. */
static void add_level(struct fixture *f, int i, const char *name, char level)
{
	switch (level) {
	case '?':
		add(f, i, name, VERDICT_LOST, "gone");
		break;
	case 's':
		add(f, i, name, VERDICT_SKIP, "no such device");
		break;
	case '.':
		add(f, i, name, VERDICT_PASS, NULL);
		break;
	case '~':
		add(f, i, name, VERDICT_FAIL, "late");
		add_attempt(f, i, f->cell[i], name, 2, VERDICT_PASS, NULL, NULL);
		break;
	case 'F':
		add(f, i, name, VERDICT_FAIL, "late");
		break;
	case 'C':
		add(f, i, name, VERDICT_CRASH, "panic: at the disco");
		break;
	default:
		break;
	}
}

/* The whole table, spelt out once more: r regression, u unknowable, m missing, f flaky, n new,
 * p progress, c changed, = same, space: no row; and what each does to the gate. */
static void every_pair_of_levels(void **state)
{
	static const char levels[] = "-?s.~FC";
	static const char *const table[] = {
		/*      - ? s . ~ F C */
		/* - */ " nnnfnn", /* ? */ "munnfuu", /* s */ "mu=pfnr", /* . */ "muu=frr",
		/* ~ */ "mfffffr", /* F */ "mucpf=r", /* C */ "mucpfp=",
	};
	static const char *const gates[] = {
		/* - */ "0000000", /* ? */ "0000033", /* s */ "0000001", /* . */ "3330011",
		/* ~ */ "3000001", /* F */ "3300001", /* C */ "3300000",
	};
	static const char letters[] = "rumfcnp=";

	for (size_t i = 0; i < 7; i++) {
		for (size_t j = 0; j < 7; j++) {
			void *f;

			if (!i && !j)
				continue;
			setup(&f);
			add_level(f, 0, "x", levels[i]);
			add_level(f, 1, "x", levels[j]);
			add(f, 0, "other", VERDICT_PASS, NULL);
			add(f, 1, "other", VERDICT_PASS, NULL);
			compare(f);
			if (letters[row(f, "x")->change] != table[i][j] ||
			    row(f, "x")->gate != gates[i][j] - '0')
				fail_msg("%c to %c: %s, gate %d", levels[i], levels[j],
					 compare_change_name(row(f, "x")->change),
					 row(f, "x")->gate);
			teardown(&f);
		}
	}
}

static void verdict_of_the_gate(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	compare(f);
	assert_int_equal(f->c.status, 0);
	add(f, 0, "b", VERDICT_PASS, NULL);
	compare(f);
	assert_int_equal(f->c.status, 3);
	add(f, 0, "c", VERDICT_PASS, NULL);
	add(f, 1, "c", VERDICT_FAIL, "no");
	compare(f);
	assert_int_equal(f->c.status, 1);
	assert_int_equal(f->c.reasons.n, 2);
	assert_string_equal(f->c.reasons.v[0], "1 regression");
	assert_int_equal(f->c.ran_a, 3);
	assert_int_equal(f->c.ran_b, 2);
	assert_string_equal(f->c.rows[0].name, "c");
}

/* A failing case that is skipped now is no regression, and still one that did not run. */
static void fewer_cases_is_no_pass(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	add(f, 0, "b", VERDICT_FAIL, "no");
	add(f, 1, "b", VERDICT_SKIP, "not here");
	compare(f);
	expect(f, "b", COMPARE_CHANGED, 0, "skipped now");
	assert_int_equal(f->c.status, 3);
	assert_non_null(strstr(f->c.reasons.v[0], "fewer"));
}

static void a_run_that_did_not_end(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	finish(f);
	assert_int_equal(store_set_fact(f->store[1], "state", "interrupted", NULL), 0);
	compare_only(f, NULL);
	assert_int_equal(f->c.status, 3);
	assert_int_equal(store_set_fact(f->store[1], "state", "finished", NULL), 0);
	assert_int_equal(store_set_cell_fact(f->store[1], f->cell[1], "planned", "2", NULL), 0);
	compare_only(f, NULL);
	assert_int_equal(f->c.status, 3);
	assert_non_null(strstr(f->c.reasons.v[0], "planned"));
	assert_int_equal(store_set_fact(f->store[0], "state", "interrupted", NULL), 0);
	compare_only(f, NULL);
	assert_non_null(strstr(f->c.notes.v[0], "baseline is interrupted"));
}

static void nothing_at_all(void **state)
{
	struct fixture *f = *state;

	compare(f);
	assert_int_equal(f->c.status, 3);
	assert_int_equal(f->c.n_rows, 0);
}

static void crash_in_one_attempt_is_not_flaky(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_CRASH, "panic");
	add_attempt(f, 1, f->cell[1], "a", 2, VERDICT_PASS, NULL, NULL);
	compare(f);
	expect(f, "a", COMPARE_REGRESSION, 1, NULL);
}

static void words_and_crashes(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "numbers", VERDICT_FAIL, "seen 4 of 10 at 0xffff80001234");
	add(f, 1, "numbers", VERDICT_FAIL, "seen 12 of 10 at 0xffff8000abcd");
	add(f, 0, "words", VERDICT_FAIL, "saw EPERM");
	add(f, 1, "words", VERDICT_FAIL, "saw EBADF");
	add(f, 0, "verdict", VERDICT_FAIL, "slow");
	add(f, 1, "verdict", VERDICT_TIMEOUT, "slow");
	add_attempt(f, 0, f->cell[0], "frames", 1, VERDICT_CRASH, "panic: x", "aaaa");
	add_attempt(f, 1, f->cell[1], "frames", 1, VERDICT_CRASH, "panic: x", "bbbb");
	add_attempt(f, 0, f->cell[0], "print", 1, VERDICT_CRASH, "panic: y", "cccc");
	add_attempt(f, 1, f->cell[1], "print", 1, VERDICT_CRASH, "panic: other words", "cccc");
	add(f, 0, "title", VERDICT_CRASH, "panic: z in f");
	add(f, 1, "title", VERDICT_CRASH, "panic: z in g");
	compare(f);
	expect(f, "numbers", COMPARE_SAME, 0, NULL);
	expect(f, "words", COMPARE_CHANGED, 0, "other words");
	expect(f, "verdict", COMPARE_CHANGED, 0, "another verdict");
	expect(f, "frames", COMPARE_CHANGED, 0, "other frames");
	expect(f, "print", COMPARE_SAME, 0, NULL);
	expect(f, "title", COMPARE_CHANGED, 0, "another crash");
	assert_int_equal(f->c.appeared.n, 2);
	assert_string_equal(f->c.appeared.v[0].title, "panic: x");
	assert_string_equal(f->c.appeared.v[1].name, "title");
	assert_int_equal(f->c.gone.n, 2);
	assert_int_equal(f->c.status, 0);
}

static void a_crash_that_nobody_brought(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *dir = NULL;
	int64_t boot;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	assert_int_equal(store_add_boot(f->store[1], f->cell[1], &boot, &dir, NULL), 0);
	assert_int_equal(
		store_add_event(f->store[1], boot, "crash-unattributed", "panic: who", NULL), 0);
	assert_int_equal(store_add_event(f->store[1], boot, "note", "nothing", NULL), 0);
	compare(f);
	assert_int_equal(f->c.appeared.n, 1);
	assert_null(f->c.appeared.v[0].name);
}

static void reference_accuses_nobody(void **state)
{
	static const char *const names[] = {"doubt", "unstable", "fine", "lost", "crash"};
	struct fixture *f = *state;
	int64_t ref = add_cell(f, 1, "reference", "modern", "probes");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		bool crash = strcmp(names[i], "crash") == 0;

		add(f, 0, names[i], VERDICT_PASS, NULL);
		add(f, 1, names[i], crash ? VERDICT_CRASH : VERDICT_FAIL, "bad");
	}
	add_attempt(f, 1, ref, "doubt", 1, VERDICT_FAIL, "bad", NULL);
	add_attempt(f, 1, ref, "crash", 1, VERDICT_FAIL, "bad", NULL);
	add_attempt(f, 1, ref, "fine", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, ref, "lost", 1, VERDICT_LOST, "gone", NULL);
	add_attempt(f, 1, ref, "unstable", 1, VERDICT_FAIL, "bad", NULL);
	add_attempt(f, 1, ref, "unstable", 2, VERDICT_PASS, NULL, NULL);
	compare(f);
	expect(f, "doubt", COMPARE_UNKNOWABLE, 3, "reference");
	expect(f, "unstable", COMPARE_FLAKY, 0, "reference");
	expect(f, "fine", COMPARE_REGRESSION, 1, NULL);
	expect(f, "lost", COMPARE_REGRESSION, 1, NULL);
	expect(f, "crash", COMPARE_REGRESSION, 1, NULL);
	assert_int_equal(f->c.n_rows, 5);
}

/* A baseline of the reference alone answers for a kernel that has none of its own yet. */
static void baseline_is_the_reference(void **state)
{
	struct fixture *f = *state;
	int64_t ref;

	teardown(state);
	f = xcalloc(1, sizeof(*f));
	*state = f;
	setup_bare(f);
	ref = add_cell(f, 0, "reference", "modern", "probes");
	f->cell[1] = add_cell(f, 1, "kut", "dragonos", "probes");
	add_attempt(f, 0, ref, "a", 1, VERDICT_PASS, NULL, NULL);
	add(f, 1, "a", VERDICT_FAIL, "no");
	compare(f);
	expect(f, "a", COMPARE_REGRESSION, 1, NULL);
	assert_non_null(strstr(f->c.notes.v[0], "baseline is the reference"));
}

static void absence_of_boot_is_a_pass(void **state)
{
	struct fixture *f = *state;

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_PASS, NULL);
	add(f, 1, "boot", VERDICT_CRASH, "panic");
	add(f, 0, "between probes", VERDICT_BROKEN, "?");
	compare(f);
	expect(f, "boot", COMPARE_REGRESSION, 1, NULL);
	expect(f, "between probes", COMPARE_NEW, 0, NULL);
	assert_int_equal(f->c.ran_a, 1);
}

static void machines_and_parts(void **state)
{
	struct fixture *f = *state;
	int64_t part = add_cell(f, 1, "kut", "", "probes");
	int64_t a = add_cell(f, 0, "kut", "nvme", "ssh"), b = add_cell(f, 1, "kut", "scsi", "ssh");
	int64_t two_a = add_cell(f, 0, "kut", "modern", "web"),
		two_b = add_cell(f, 1, "kut", "modern", "web"),
		nvme = add_cell(f, 1, "kut", "nvme", "web");

	add(f, 0, "x", VERDICT_PASS, NULL);
	add(f, 0, "y", VERDICT_PASS, NULL);
	add(f, 1, "x", VERDICT_PASS, NULL);
	add_attempt(f, 1, part, "y", 1, VERDICT_FAIL, "no", NULL);
	add_attempt(f, 0, a, "login", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, b, "login", 1, VERDICT_FAIL, "no", NULL);
	add_attempt(f, 0, two_a, "get", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, two_b, "get", 1, VERDICT_PASS, NULL, NULL);
	add_attempt(f, 1, nvme, "get", 1, VERDICT_FAIL, "no", NULL);
	compare(f);
	expect(f, "x", COMPARE_SAME, 0, NULL);
	expect(f, "y", COMPARE_REGRESSION, 1, NULL);
	expect(f, "login", COMPARE_REGRESSION, 1, NULL);
	assert_int_equal(f->c.n_rows, 5);
	assert_int_equal(f->c.n[COMPARE_NEW], 1);
}

/* The same case in two cells of one kind: two attempts. */
static void repeats_fold(void **state)
{
	struct fixture *f = *state;
	int64_t again = add_cell(f, 1, "kut", "", "probes");

	add(f, 0, "x", VERDICT_PASS, NULL);
	add(f, 1, "x", VERDICT_PASS, NULL);
	add_attempt(f, 1, again, "x", 1, VERDICT_FAIL, "no", NULL);
	compare(f);
	expect(f, "x", COMPARE_FLAKY, 0, "now");
	assert_string_equal(compare_case_reason(&row(f, "x")->b), "no");
}

static void patterns(void **state)
{
	struct fixture *f = *state;
	_cleanup_(strv_release) struct strv only = STRV_INIT, none = STRV_INIT;
	struct compare c;
	struct err err = ERR_INIT;

	add(f, 0, "epoll_a", VERDICT_PASS, NULL);
	add(f, 0, "poll_b", VERDICT_PASS, NULL);
	add(f, 1, "epoll_a", VERDICT_PASS, NULL);
	finish(f);
	strv_push(&only, "epoll*");
	compare_only(f, &only);
	assert_int_equal(f->c.status, 0);
	assert_int_equal(f->c.n_rows, 1);
	strv_push(&none, "nothing*");
	assert_int_equal(compare_sides(&f->side[0], &f->side[1], &none, &c, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
}

static char *report_as(struct fixture *f, const char *format, struct compare_report_options opts,
		       size_t *ret_len)
{
	struct err err = ERR_INIT;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_len);

	if (compare_report(&f->c, format, out, &opts, &err) < 0)
		fail_msg("%s: %s", format, err.text);
	fclose(out);
	return text;
}

/* A report in place of a folder says the same. */
static void json_in_place_of_a_folder(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *json = path_join(f->dir, "b.json");
	struct report_side side = {0};
	_autofclose_ FILE *out = NULL;
	struct compare c = {0};

	add(f, 0, "a", VERDICT_PASS, NULL);
	add(f, 1, "a", VERDICT_FAIL, "no \xff \x1b[31m");
	add_level(f, 0, "flaky", '.');
	add_level(f, 1, "flaky", '~');
	add_attempt(f, 1, f->cell[1], "c", 1, VERDICT_CRASH, "panic: x", "abcd");
	compare(f);
	out = fopen(json, "we");
	assert_int_equal(report_write(f->path[1], "json", out, NULL, NULL), 0);
	assert_int_equal(report_side_load(json, &side, NULL), 0);
	assert_true(side.is_json);
	assert_int_equal(compare_sides(&f->side[0], &side, NULL, &c, NULL), 0);
	compare_release(&f->c);
	f->c = c;
	expect(f, "a", COMPARE_REGRESSION, 1, NULL);
	expect(f, "flaky", COMPARE_FLAKY, 0, NULL);
	assert_int_equal(f->c.status, 1);
	assert_string_equal(row(f, "c")->b.result->fingerprint, "abcd");
	compare_release(&f->c);
	report_side_release(&side);
}

static void json_that_is_none(void **state)
{
	static const struct {
		const char *text;
		int code;
	} rows[] = {
		{"", -EBADMSG},
		{"[]", -EBADMSG},
		{"{\"format\": 1}", -EBADMSG},
		{"{\"format\": 99, \"cells\": []}", -ENOTSUP},
		{"{\"format\": 1, \"cells\": [{}]}", -EBADMSG},
		{"{\"format\": 1, \"cells\": [{\"results\": [{\"name\": \"x\"}]}]}", -EBADMSG},
		{"{\"format\": 1, \"cells\": [{\"results\": [{\"verdict\": \"pass\"}]}]}",
		 -EBADMSG},
		{"{\"format\": 1, \"cells\": [{\"results\": [{\"name\": \"x\", \"verdict\": "
		 "\"great\"}]}]}",
		 -EBADMSG},
		{"{\"format\": 1, \"cells\": []}", 0},
	};
	struct fixture *f = *state;
	_autofree_ char *path = path_join(f->dir, "x.json");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct report_side side = {0};
		struct err err = ERR_INIT;

		assert_int_equal(
			file_write_atomic(path, rows[i].text, strlen(rows[i].text), 0644, NULL), 0);
		assert_int_equal(report_side_load(path, &side, &err), rows[i].code);
		assert_true(!rows[i].code || strstr(err.text, "x.json"));
		report_side_release(&side);
	}
}

static const char hostile[] =
	"<script>alert(1)</script> ::error::x %0A @team #1 [a](b) https://e.example www.e.example "
	"| `c` \x1b]0;t\x07 \xff\n::stop-commands::x\r\n## heading";

static void add_hostile(struct fixture *f)
{
	_autofree_ char *dir = NULL;
	int64_t boot;

	assert_int_equal(store_add_boot(f->store[1], f->cell[1], &boot, &dir, NULL), 0);
	assert_int_equal(store_set_boot_fact(f->store[1], boot, "hello.release", hostile, NULL), 0);
	assert_int_equal(store_add_event(f->store[1], boot, "crash-unattributed", hostile, NULL),
			 0);
	for (int a = 0; a < VERDICT_COUNT; a++) {
		for (int b = 0; b < VERDICT_COUNT; b++) {
			_autofree_ char *name = xasprintf("%s %d %d", hostile, a, b);

			add(f, 0, name, (enum verdict)a, hostile);
			add(f, 1, name, (enum verdict)b, hostile);
		}
	}
	add(f, 0, "only a", VERDICT_PASS, hostile);
	add(f, 1, "only b", VERDICT_FAIL, hostile);
	compare(f);
}

static void hostile_in_every_format(void **state)
{
	struct fixture *f = *state;

	add_hostile(f);
	for (size_t i = 0; compare_formats[i]; i++) {
		const char *name = compare_formats[i]->name;
		size_t n = 0;
		_autofree_ char *text =
			report_as(f, name,
				  (struct compare_report_options){
					  .gate = true, .verbose = true, .links = "../run x"},
				  &n);

		assert_true(n > 500);
		assert_int_equal(strlen(text), n);
		assert_null(strchr(text, '\033'));
		assert_null(strchr(text, '\r'));
		assert_null(strstr(text, "\n::stop-commands"));
		assert_null(strstr(text, "\n## heading"));
		if (strcmp(name, "markdown") == 0 || strcmp(name, "junit") == 0)
			assert_null(strstr(text, "<script"));
		if (strcmp(name, "markdown") == 0) {
			assert_null(strstr(text, "https://"));
			assert_null(strstr(text, "www."));
			assert_null(strstr(text, "@team"));
		}
	}
}

static void json_parses(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	json_error_t error;
	json_t *j;
	size_t n;

	add_hostile(f);
	text = report_as(f, "json", (struct compare_report_options){.gate = true}, &n);
	j = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!j)
		fail_msg("%s at %d", error.text, error.position);
	assert_int_equal(json_integer_value(json_object_get(j, "exit_status")), 1);
	assert_int_equal(json_array_size(json_object_get(j, "cases")), f->c.n_rows);
	json_decref(j);
}

static void annotations(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *path = path_join(f->dir, "summary.md");
	_cleanup_(strbuf_release) struct strbuf summary = STRBUF_INIT(1 << 20);
	unsigned int n[3] = {0};
	size_t len;

	for (int i = 0; i < 30; i++) {
		_autofree_ char *name = xasprintf("a,b:%d%%", i), *lost = xasprintf("l%d", i);

		add(f, 0, name, VERDICT_PASS, NULL);
		add(f, 1, name, VERDICT_FAIL, "100% wrong: a, b");
		add(f, 0, lost, VERDICT_PASS, NULL);
		add(f, 1, lost, VERDICT_LOST, "gone");
	}
	compare(f);
	assert_int_equal(file_write_atomic(path, "before\n", 7, 0644, NULL), 0);
	text = report_as(f, "github",
			 (struct compare_report_options){.gate = true, .summary = path}, &len);
	assert_non_null(strstr(text, "::error title=regression%3A a%2Cb%3A0%25 (probes · "
				     "static)::fail, in the baseline pass. 100%25 wrong: a, b\n"));
	assert_non_null(
		strstr(text, "::error title=harness::and 22 more, in the step's summary\n"));
	for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		n[0] += strncmp(line, "::error ", 8) == 0;
		n[1] += strncmp(line, "::warning ", 10) == 0;
		n[2]++;
	}
	assert_int_equal(n[0], 10);
	assert_int_equal(n[1], 9);
	assert_int_equal(n[2], 19);
	assert_int_equal(file_read(path, &summary, NULL), 0);
	assert_int_equal(strncmp(strbuf_str(&summary), "before\n### harness gate: failed: 30 ", 36),
			 0);
}

static void markdown(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *dir = NULL, *text = NULL;
	int64_t boot;
	struct store_result r = {.cell = f->cell[1],
				 .name = "bad",
				 .verdict = VERDICT_CRASH,
				 .reason = "panic: x",
				 .console_from = 10,
				 .console_to = 20};
	size_t n;

	assert_int_equal(store_add_boot(f->store[1], f->cell[1], &boot, &dir, NULL), 0);
	r.boot = boot;
	assert_int_equal(store_add_result(f->store[1], &r, NULL), 0);
	add(f, 0, "bad", VERDICT_PASS, NULL);
	add(f, 0, "better", VERDICT_FAIL, "no");
	add(f, 1, "better", VERDICT_PASS, NULL);
	compare(f);
	text = report_as(f, "markdown",
			 (struct compare_report_options){.gate = true, .links = "../my runs/b"},
			 &n);
	assert_int_equal(strncmp(text, "### harness gate: failed: 1 regression\n", 39), 0);
	assert_non_null(strstr(text, "\n#### Regressions (1)\n\n| case |"));
	assert_non_null(strstr(
		text,
		"| <code>bad</code> | <code>probes · static</code> | pass | crash <code>panic: "
		"x</code> | [console](../my%20runs/b/cells/1/boot1/console.log) |\n"));
	assert_non_null(strstr(text, "\n<details><summary>Progress (1)</summary>\n\n| case |"));
	assert_true(strstr(text, "Regressions") < strstr(text, "Progress"));
}

static void markdown_fits_a_comment(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *whole = NULL, *long_reason = xcalloc(1, 4000);
	size_t n, all;

	memset(long_reason, '<', 3000);
	for (int i = 0; i < 1000; i++) {
		_autofree_ char *name = xasprintf("%.200s%d", long_reason, i);

		add(f, 0, name, VERDICT_PASS, NULL);
		add(f, 1, name, VERDICT_FAIL, long_reason);
	}
	compare(f);
	text = report_as(f, "markdown", (struct compare_report_options){.gate = true}, &n);
	assert_in_range(n, 1000, 60000);
	assert_non_null(strstr(text, "more.\n"));
	whole = report_as(f, "markdown",
			  (struct compare_report_options){.gate = true, .verbose = true}, &all);
	assert_true(all > 1000000);
}

static unsigned int count(const char *text, const char *word)
{
	unsigned int n = 0;

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		n++;
	return n;
}

static void junit_counts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *head = NULL;
	size_t n;

	add_hostile(f);
	text = report_as(f, "junit", (struct compare_report_options){.gate = true}, &n);
	head = xasprintf("tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
			 count(text, "<testcase "), count(text, "<failure "),
			 count(text, "<error "), count(text, "<skipped "));
	assert_int_equal(count(text, head), 2);
	assert_int_equal(count(text, "<testcase "), f->c.n_rows + 1);
	assert_non_null(
		strstr(text, "<testcase classname=\"gate\" name=\"gate\">\n      <failure "));
}

static void refusals(void **state)
{
	struct fixture *f = *state;
	const struct compare_report_options opts = {.summary = "/nonexistent/x"};
	struct report_side side = {0};
	struct err err = ERR_INIT;
	_autofclose_ FILE *full = fopen("/dev/full", "we");

	add(f, 0, "a", VERDICT_PASS, NULL);
	compare(f);
	assert_int_equal(compare_report(&f->c, "pdf", stdout, &opts, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(report_side_load("/nonexistent/y", &side, &err), -ENOENT);
	assert_int_equal(report_side_load(f->dir, &side, &err), -ENOENT);
	for (size_t i = 0; full && compare_formats[i]; i++) {
		clearerr(full);
		assert_true(compare_report(&f->c, compare_formats[i]->name, full, &opts, &err) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_levels),
		cmocka_unit_test_setup_teardown(verdict_of_the_gate, setup, teardown),
		cmocka_unit_test_setup_teardown(fewer_cases_is_no_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_that_did_not_end, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_at_all, setup, teardown),
		cmocka_unit_test_setup_teardown(crash_in_one_attempt_is_not_flaky, setup, teardown),
		cmocka_unit_test_setup_teardown(words_and_crashes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_crash_that_nobody_brought, setup, teardown),
		cmocka_unit_test_setup_teardown(reference_accuses_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(baseline_is_the_reference, setup, teardown),
		cmocka_unit_test_setup_teardown(absence_of_boot_is_a_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(machines_and_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(repeats_fold, setup, teardown),
		cmocka_unit_test_setup_teardown(patterns, setup, teardown),
		cmocka_unit_test_setup_teardown(json_in_place_of_a_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(json_that_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(hostile_in_every_format, setup, teardown),
		cmocka_unit_test_setup_teardown(json_parses, setup, teardown),
		cmocka_unit_test_setup_teardown(annotations, setup, teardown),
		cmocka_unit_test_setup_teardown(markdown, setup, teardown),
		cmocka_unit_test_setup_teardown(markdown_fits_a_comment, setup, teardown),
		cmocka_unit_test_setup_teardown(junit_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
