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
#include "report/report.h"
#include "report/report_rig.h"
#include "wire/escape.h"

struct expected {
	const char *name;
	enum report_relation relation;
	const char *why;
};

static void expect_pairs(struct fixture *f, const struct expected *want, size_t n)
{
	struct report_model m;
	struct report_gaps g;

	assert_int_equal(report_model_load(f->store, &m, NULL), 0);
	report_gaps(&m, &g);
	assert_int_equal(g.n_pairs, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(report_pair_name(&g.pairs[i]), want[i].name);
		assert_int_equal(g.pairs[i].relation, want[i].relation);
		if (want[i].why)
			assert_non_null(strstr(g.pairs[i].why, want[i].why));
	}
	report_gaps_release(&g);
	report_model_release(&m);
}

static void relations(void **state)
{
	static const struct {
		const char *name;
		int kut, reference; /* -1: not there */
		struct expected want;
	} rows[] = {
		{"pp", VERDICT_PASS, VERDICT_PASS, {"pp", RELATION_SAME, NULL}},
		{"ss", VERDICT_SKIP, VERDICT_SKIP, {"ss", RELATION_SAME, NULL}},
		{"fp", VERDICT_FAIL, VERDICT_PASS, {"fp", RELATION_GAP, NULL}},
		{"tp", VERDICT_TIMEOUT, VERDICT_PASS, {"tp", RELATION_GAP, NULL}},
		{"cp", VERDICT_CRASH, VERDICT_PASS, {"cp", RELATION_GAP, NULL}},
		{"xp", VERDICT_XFAIL, VERDICT_PASS, {"xp", RELATION_KNOWN, NULL}},
		{"ff", VERDICT_FAIL, VERDICT_FAIL, {"ff", RELATION_NOT_COMPARABLE, "in doubt"}},
		{"pf", VERDICT_PASS, VERDICT_FAIL, {"pf", RELATION_NOT_COMPARABLE, "in doubt"}},
		{"sp", VERDICT_SKIP, VERDICT_PASS, {"sp", RELATION_NOT_COMPARABLE, "under test"}},
		{"fs", VERDICT_FAIL, VERDICT_SKIP, {"fs", RELATION_NOT_COMPARABLE, "reference"}},
		{"lp", VERDICT_LOST, VERDICT_PASS, {"lp", RELATION_NOT_COMPARABLE, "under test"}},
		{"pb", VERDICT_PASS, VERDICT_BROKEN, {"pb", RELATION_NOT_COMPARABLE, "reference"}},
		{"f-", VERDICT_FAIL, -1, {"f-", RELATION_NOT_COMPARABLE, "not seen on the ref"}},
		{"-p", -1, VERDICT_PASS, {"-p", RELATION_NOT_COMPARABLE, "not seen on the ker"}},
	};
	struct expected want[ARRAY_SIZE(rows)];
	struct fixture *f = *state;
	int64_t kut = add_cell(f, "kut", "probes"), ref = add_cell(f, "reference", "probes");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].kut >= 0)
			add(f, kut, rows[i].name, (enum verdict)rows[i].kut);
		if (rows[i].reference >= 0)
			add(f, ref, rows[i].name, (enum verdict)rows[i].reference);
		want[i] = rows[i].want;
	}
	expect_pairs(f, want, ARRAY_SIZE(rows));
	assert_int_equal(finish(f), 1);
}

/* The same name in another scenario is another question. */
static void names_do_not_cross_cells(void **state)
{
	static const struct expected want[] = {
		{"login", RELATION_NOT_COMPARABLE, "not seen on the ref"},
		{"login", RELATION_NOT_COMPARABLE, "not seen on the ker"},
	};
	struct fixture *f = *state;

	add(f, add_cell(f, "kut", "ssh-login"), "login", VERDICT_FAIL);
	add(f, add_cell(f, "reference", "nginx"), "login", VERDICT_PASS);
	expect_pairs(f, want, ARRAY_SIZE(want));
	assert_int_equal(finish(f), 3);
}

/* "boot" has a result only when it went wrong. */
static void no_boot_is_a_gap(void **state)
{
	static const struct expected want[] = {
		{"boot", RELATION_GAP, NULL},
		{"a", RELATION_NOT_COMPARABLE, "not seen on the ker"},
	};
	struct fixture *f = *state;

	add(f, add_cell(f, "kut", "probes"), "boot", VERDICT_CRASH);
	add(f, add_cell(f, "reference", "probes"), "a", VERDICT_PASS);
	expect_pairs(f, want, ARRAY_SIZE(want));
	assert_int_equal(finish(f), 1);
}

static void exit_with_both(void **state)
{
	static const struct {
		int kut, reference, status;
	} rows[] = {
		{VERDICT_PASS, VERDICT_PASS, 0},
		{VERDICT_SKIP, VERDICT_SKIP, 0},
		{VERDICT_XFAIL, VERDICT_PASS, 0},
		{VERDICT_FAIL, VERDICT_PASS, 1},
		{VERDICT_TIMEOUT, VERDICT_PASS, 1},
		{VERDICT_CRASH, VERDICT_PASS, 1},
		{VERDICT_XPASS, VERDICT_PASS, 1},
		{VERDICT_LOST, VERDICT_PASS, 3},
		{VERDICT_BROKEN, VERDICT_PASS, 3},
		{VERDICT_FAIL, VERDICT_FAIL, 3},
		{VERDICT_PASS, VERDICT_FAIL, 3},
		{VERDICT_PASS, VERDICT_LOST, 3},
		{VERDICT_FAIL, VERDICT_SKIP, 3},
		{VERDICT_PASS, -1, 0},
		{VERDICT_FAIL, -1, 3},
		{-1, VERDICT_PASS, 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture *f;
		int64_t kut, ref;

		setup((void **)&f);
		kut = add_cell(f, "kut", "probes");
		ref = add_cell(f, "reference", "probes");
		add(f, kut, "also", VERDICT_PASS);
		add(f, ref, "also", VERDICT_PASS);
		if (rows[i].kut >= 0)
			add(f, kut, "x", (enum verdict)rows[i].kut);
		if (rows[i].reference >= 0)
			add(f, ref, "x", (enum verdict)rows[i].reference);
		if (finish(f) != rows[i].status)
			fail_msg("row %zu: %d, not %d", i, finish(f), rows[i].status);
		teardown((void **)&f);
	}
}

static void exit_with_one(void **state)
{
	static const int rows[VERDICT_COUNT] = {
		[VERDICT_PASS] = 0,  [VERDICT_SKIP] = 0, [VERDICT_XFAIL] = 0,
		[VERDICT_XPASS] = 1, [VERDICT_FAIL] = 1, [VERDICT_TIMEOUT] = 1,
		[VERDICT_CRASH] = 1, [VERDICT_LOST] = 3, [VERDICT_BROKEN] = 3,
	};

	for (int v = 0; v < VERDICT_COUNT; v++) {
		for (int kut = 0; kut < 2; kut++) {
			struct fixture *f;

			setup((void **)&f);
			add(f, add_cell(f, kut ? "kut" : "reference", "probes"), "x",
			    (enum verdict)v);
			assert_int_equal(finish(f), rows[v]);
			teardown((void **)&f);
		}
	}
}

/* Silence is never success. */
static void what_is_missing_is_no_pass(void **state)
{
	struct fixture *f = *state;
	int64_t cell;

	assert_int_equal(finish(f), 3);
	cell = add_cell(f, "reference", "probes");
	assert_int_equal(finish(f), 3);
	add(f, cell, "a", VERDICT_PASS);
	assert_int_equal(finish(f), 0);
	assert_int_equal(store_set_cell_fact(f->store, cell, "planned", "2", NULL), 0);
	assert_int_equal(finish(f), 3);
	add(f, cell, "b", VERDICT_PASS);
	assert_int_equal(finish(f), 0);
	assert_int_equal(store_set_fact(f->store, "state", "interrupted", NULL), 0);
	assert_int_equal(status_of(f), 3);
}

/* Page, terminal and exit status are of one moment, whatever is written meanwhile. */
static void one_moment(void **state)
{
	struct fixture *f = *state;
	int64_t cell = add_cell(f, "reference", "probes");
	_cleanup_(report_closep) struct report *r = NULL;
	_autofree_ char *first = NULL, *second = NULL;
	size_t n[2];
	FILE *out[2] = {open_memstream(&first, &n[0]), open_memstream(&second, &n[1])};

	add(f, cell, "a", VERDICT_PASS);
	assert_int_equal(finish(f), 0);
	assert_int_equal(report_open(f->dir, &r, NULL), 0);
	assert_int_equal(report_tell(r, "json", out[0], NULL, NULL), 0);
	add(f, cell, "b", VERDICT_FAIL);
	assert_int_equal(report_tell(r, "json", out[1], NULL, NULL), 0);
	assert_int_equal(report_status(r), 0);
	fclose(out[0]);
	fclose(out[1]);
	assert_string_equal(first, second);
	assert_int_equal(status_of(f), 1);
}

/* A run whose every string comes from an enemy. */
static void add_hostile(struct fixture *f)
{
	_autofree_ char *detail = xasprintf("</pre></td>%s\nsecond %s\n", hostile, hostile);
	_autofree_ char *dir = NULL, *log = NULL;
	int64_t kut = add_cell(f, "kut", hostile), ref = add_cell(f, "reference", hostile), boot;
	struct store_result r = {.cell = kut,
				 .name = hostile,
				 .verdict = VERDICT_CRASH,
				 .reason = hostile,
				 .detail = detail,
				 .fingerprint = hostile,
				 .console_to = 1000};

	assert_int_equal(store_add_boot(f->store, kut, &boot, &dir, NULL), 0);
	log = path_join(dir, "console.log");
	assert_int_equal(file_write_atomic(log, hostile, strlen(hostile), 0644, NULL), 0);
	assert_int_equal(store_set_fact(f->store, hostile, hostile, NULL), 0);
	assert_int_equal(store_set_fact(f->store, "version", hostile, NULL), 0);
	assert_int_equal(store_set_fact(f->store, "host.cpus", hostile, NULL), 0);
	assert_int_equal(store_set_fact(f->store, "host.name", hostile, NULL), 0);
	assert_int_equal(store_set_fact(f->store, "kernel.sha256", hostile, NULL), 0);
	assert_int_equal(store_set_fact(f->store, "note.0", hostile, NULL), 0);
	assert_int_equal(store_set_cell_fact(f->store, kut, hostile, hostile, NULL), 0);
	assert_int_equal(store_set_boot_fact(f->store, boot, hostile, hostile, NULL), 0);
	assert_int_equal(store_set_boot_fact(f->store, boot, "accel", hostile, NULL), 0);
	assert_int_equal(store_set_boot_fact(f->store, boot, "hello.release", hostile, NULL), 0);
	assert_int_equal(store_set_boot_fact(f->store, boot, "channel.lost", hostile, NULL), 0);
	assert_int_equal(store_add_event(f->store, boot, hostile, hostile, NULL), 0);
	assert_int_equal(store_add_metric(f->store, kut, hostile, 1.5, hostile, NULL), 0);
	r.boot = boot;
	assert_int_equal(store_add_result(f->store, &r, NULL), 0);
	for (int v = 0; v < VERDICT_COUNT; v++) {
		_autofree_ char *name = xasprintf("%s %d", hostile, v);

		add_full(f, kut, name, (enum verdict)v, hostile, detail);
		add_full(f, ref, name, VERDICT_PASS, NULL, NULL);
	}
	add_full(f, ref, hostile, VERDICT_PASS, NULL, NULL);
	finish(f);
}

static void hostile_in_every_format(void **state)
{
	static const struct report_options verbose = {.verbose = true, .width = 80};
	struct fixture *f = *state;

	add_hostile(f);
	for (size_t i = 0; report_formats[i]; i++) {
		size_t n = 0;
		_autofree_ char *text = write_as(f, report_formats[i]->name, &verbose, &n);

		only_harmless_characters(text, n);
		assert_true(n > 500);
		if (strcmp(report_formats[i]->name, "text") != 0 &&
		    strcmp(report_formats[i]->name, "json") != 0 &&
		    strcmp(report_formats[i]->name, "expect") != 0 &&
		    strcmp(report_formats[i]->name, "ktap") != 0)
			assert_null(strstr(text, "<script>alert"));
	}
}

/* A crash that is nobody's has no verdict: whoever reads the figures must be told of it there. */
static void a_note_stands_beside_the_figures(void **state)
{
	static const struct {
		const char *format, *note, *figures;
	} rows[] = {
		{"text", "  note: nobody is accused: panic at a|b.rs in <f>\n",
		 "kernel under test\n"},
		{"markdown", "- note: nobody is accused: panic at a\\|b.rs in &lt;f&gt;\n",
		 "| kernel | cell |"},
		{"html", "<p class=\"note\">nobody is accused: panic at a|b.rs in &lt;f&gt;</p>\n",
		 "<ul class=\"legend\">"},
		{"junit",
		 "<property name=\"note\" value=\"nobody is accused: panic at a|b.rs in "
		 "&lt;f&gt;\"/>",
		 "<testcase "},
		{"json", "\"note.crash.7\": \"nobody is accused: panic at a|b.rs in <f>\"",
		 "\"results\""},
	};
	struct fixture *f = *state;

	add(f, add_cell(f, "kut", "probes"), "a", VERDICT_PASS);
	assert_int_equal(store_set_fact(f->store, "note.crash.7",
					"nobody is accused: panic at a|b.rs in <f>", NULL),
			 0);
	finish(f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n;
		_autofree_ char *text =
			write_as(f, rows[i].format, &(struct report_options){.width = 80}, &n);
		const char *note = strstr(text, rows[i].note);
		const char *figures = strstr(text, rows[i].figures);

		if (!note || !figures || note > figures)
			fail_msg("no note before the figures in %s:\n%s", rows[i].format, text);
	}
}

static void junit_is_xml_and_counts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_hostile(f);
	text = write_as(f, "junit", NULL, &n);
	assert_true(count_elements(text) > 20);
	assert_int_equal(count_words(text, "<testcase "), 20);
	/* crash twice, fail, timeout, xpass; lost, broken; skip, xfail. */
	assert_int_equal(count_words(text, "<failure "), 5);
	assert_int_equal(count_words(text, "<error "), 2);
	assert_int_equal(count_words(text, "<skipped "), 2);
	assert_int_equal(
		count_words(text, "tests=\"20\" failures=\"5\" errors=\"2\" skipped=\"2\""), 1);
	assert_int_equal(count_words(text, "<system-out>"), 1);
}

static void html_is_well_formed_and_alone(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_hostile(f);
	text = write_as(f, "html", NULL, &n);
	assert_true(count_elements(text) > 50);
	assert_int_equal(count_words(text, "<script"), 1);
	assert_int_equal(count_words(text, "http://"), 0);
	assert_int_equal(count_words(text, "https://"), 0);
	assert_int_equal(count_words(text, " src="), 0);
	assert_int_equal(count_words(text, "@import"), 0);
	assert_int_equal(count_words(text, "url("), 0);
	assert_int_equal(count_words(text, " on"
					   "click"),
			 0);
}

static void json_says_what_the_run_says(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	json_error_t error;
	json_t *j, *cell;
	size_t n;

	add_hostile(f);
	text = write_as(f, "json", NULL, &n);
	j = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!j)
		fail_msg("%s at %d", error.text, error.position);
	assert_int_equal(json_integer_value(json_object_get(j, "format")), 1);
	assert_string_equal(json_string_value(json_object_get(j, "state")), "finished");
	assert_int_equal(json_integer_value(json_object_get(j, "exit_status")), 1);
	assert_int_equal(json_integer_value(json_object_get(j, "gaps")), 4);
	assert_int_equal(json_array_size(json_object_get(j, "compared")), 10);
	cell = json_array_get(json_object_get(j, "cells"), 0);
	assert_int_equal(json_array_size(json_object_get(cell, "results")), 10);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(cell, "verdicts"), "crash")), 2);
	assert_int_equal(json_array_size(json_object_get(
				 json_array_get(json_object_get(cell, "boots"), 0), "events")),
			 1);
	json_decref(j);
}

static void ktap_is_nested_and_planned(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	int64_t cell;
	size_t n;

	cell = add_cell(f, "reference", "probes");
	add(f, cell, "a", VERDICT_PASS);
	add_full(f, cell, "b", VERDICT_FAIL, "expected 1, seen 2", "one\ntwo");
	add(f, cell, "c", VERDICT_SKIP);
	add(f, cell, "d", VERDICT_BROKEN);
	assert_int_equal(store_set_cell_fact(f->store, cell, "planned", "5", NULL), 0);
	finish(f);
	text = write_as(f, "ktap", NULL, &n);
	assert_string_equal(text,
			    "KTAP version 1\n"
			    "1..1\n"
			    "    KTAP version 1\n"
			    "    # kernel: vmlinuz\n"
			    "    1..5\n"
			    "    ok 1 a # because\n"
			    "    # b: one\n"
			    "    # b: two\n"
			    "    not ok 2 b # expected 1, seen 2\n"
			    "    ok 3 c # SKIP because\n"
			    "    not ok 4 d # ERROR because\n"
			    "not ok 1 reference.static.probes # planned results are missing\n");
}

static void text_tells_what_to_do(void **state)
{
	static const struct report_options narrow = {.width = 60}, colored = {.color = true};
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *bright = NULL;
	int64_t kut = add_cell(f, "kut", "probes"), ref = add_cell(f, "reference", "probes");
	size_t n;

	add_full(f, kut, "epoll", VERDICT_FAIL, "expected 10 events, seen 4", "first\nsecond");
	add(f, ref, "epoll", VERDICT_PASS);
	add_full(f, kut, "epoll_also", VERDICT_FAIL, "expected 10 events, seen 4", NULL);
	add(f, ref, "epoll_also", VERDICT_PASS);
	add(f, ref, "alone", VERDICT_PASS);
	finish(f);
	text = write_as(f, "text", &narrow, &n);
	assert_non_null(strstr(text, "Gaps: 2 pass on the reference"));
	assert_non_null(strstr(text, "  fail    epoll  probes \u00b7 static\n"
				     "          expected 10 events, seen 4\n"
				     "          | first\n"
				     "          | second\n"
				     "          and 1 more with the same words: epoll_also\n"
				     "          again    harness probe epoll --kernel 'it'\\''s a "
				     "kernel'\n"));
	assert_non_null(strstr(text, "1 not seen on the kernel under test: alone"));
	assert_non_null(strstr(text, "2 gaps, 1 not comparable; 3 pass, 2 fail"));
	assert_null(strchr(text, '\033'));
	bright = write_as(f, "text", &colored, &n);
	assert_non_null(strstr(bright, "\033[31m  fail   "));
}

/* No probe has its name: the command asks the whole set. */
static void a_dead_worker_again(void **state)
{
	static const char *const names[] = {"(cell)", "boot again", "between probes"};
	struct fixture *f = *state;
	int64_t kut = add_cell(f, "kut", "probes");
	_autofree_ char *text = NULL;
	size_t n, found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_full(f, kut, names[i], VERDICT_BROKEN, names[i], NULL);
	finish(f);
	text = write_as(f, "text", NULL, &n);
	for (char *p = text; (p = strstr(p, "again    harness probe --kernel ")); p++)
		found++;
	assert_int_equal(found, ARRAY_SIZE(names));
}

static void interrupted_is_said(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL, *page = NULL;
	size_t n;

	add(f, add_cell(f, "reference", "probes"), "a", VERDICT_PASS);
	store_close(f->store);
	f->store = NULL;
	text = write_as(f, "text", NULL, &n);
	assert_non_null(strstr(text, "The run was interrupted"));
	page = write_as(f, "html", NULL, &n);
	assert_non_null(strstr(page, "The run was interrupted"));
}

static void refusals(void **state)
{
	struct fixture *f = *state;
	_autofclose_ FILE *full = fopen("/dev/full", "we");
	struct report *report = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(report_write(f->dir, "pdf", stdout, NULL, &err), -EINVAL);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(report_write("/nonexistent", "text", stdout, NULL, &err), -ENOENT);
	assert_int_equal(report_open("/nonexistent", &report, &err), -ENOENT);
	assert_null(report);
	add_hostile(f);
	for (size_t i = 0; full && report_formats[i]; i++) {
		clearerr(full);
		assert_int_equal(report_write(f->dir, report_formats[i]->name, full, NULL, &err),
				 -ENOSPC);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(relations, setup, teardown),
		cmocka_unit_test_setup_teardown(names_do_not_cross_cells, setup, teardown),
		cmocka_unit_test_setup_teardown(no_boot_is_a_gap, setup, teardown),
		cmocka_unit_test(exit_with_both),
		cmocka_unit_test(exit_with_one),
		cmocka_unit_test_setup_teardown(what_is_missing_is_no_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(hostile_in_every_format, setup, teardown),
		cmocka_unit_test_setup_teardown(a_note_stands_beside_the_figures, setup, teardown),
		cmocka_unit_test_setup_teardown(junit_is_xml_and_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(html_is_well_formed_and_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(json_says_what_the_run_says, setup, teardown),
		cmocka_unit_test_setup_teardown(ktap_is_nested_and_planned, setup, teardown),
		cmocka_unit_test_setup_teardown(text_tells_what_to_do, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dead_worker_again, setup, teardown),
		cmocka_unit_test_setup_teardown(interrupted_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(one_moment, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
