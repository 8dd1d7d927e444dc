/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "report/report_expected.h"

#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "report/report.h"
#include "report/report_rig.h"
#include "store/store_expected.h"

/* Runs of the tests begin on this day. */
#define BEGIN_US "1800000000000000" /* 2027-01-15 */

static void expect_day(struct fixture *f, const char *name, const char *verdicts,
		       const char *expires)
{
	const struct store_expected e = {.role = "kut",
					 .file = "expect/k.yaml",
					 .line = 4,
					 .name = name,
					 .verdicts = verdicts,
					 .owner = "kernel/epoll",
					 .reason = "four of ten",
					 .issue = "#12",
					 .expires = expires};

	assert_int_equal(store_set_fact(f->store, "begin.wall_us", BEGIN_US, NULL), 0);
	assert_int_equal(store_add_expected(f->store, &e, NULL), 0);
}

static void expect(struct fixture *f, const char *name, const char *verdicts)
{
	expect_day(f, name, verdicts, "2027-01-15");
}

/* One case on both kernels, one entry: what the pair is, and the exit status. */
static void gaps_that_are_known(void **state)
{
	static const struct {
		enum verdict kut, reference;
		const char *verdicts, *expires;
		enum report_relation relation;
		int status;
	} rows[] = {
		{VERDICT_FAIL, VERDICT_PASS, "fail", "2027-01-15", RELATION_KNOWN, 0},
		{VERDICT_CRASH, VERDICT_PASS, "crash,fail", "2027-06-01", RELATION_KNOWN, 0},
		{VERDICT_CRASH, VERDICT_PASS, "fail", "2027-06-01", RELATION_GAP, 1},
		{VERDICT_FAIL, VERDICT_PASS, "fail", "2027-01-14", RELATION_GAP, 1},
		{VERDICT_PASS, VERDICT_PASS, "fail", "2027-06-01", RELATION_SAME, 1},
		/* The entry is past its day and nobody took it out. */
		{VERDICT_PASS, VERDICT_PASS, "fail", "2027-01-14", RELATION_SAME, 1},
		{VERDICT_PASS, VERDICT_PASS, "flaky", "2027-01-14", RELATION_SAME, 1},
		{VERDICT_PASS, VERDICT_PASS, "flaky", "2027-01-15", RELATION_SAME, 0},
		/* It fails on the reference too: nothing to compare, and nothing to accuse. */
		{VERDICT_FAIL, VERDICT_FAIL, "fail", "2027-06-01", RELATION_NOT_COMPARABLE, 3},
		{VERDICT_LOST, VERDICT_PASS, "fail", "2027-06-01", RELATION_NOT_COMPARABLE, 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct report_model m;
		struct report_gaps g;
		struct fixture *f;

		setup((void **)&f);
		expect_day(f, "epoll_*", rows[i].verdicts, rows[i].expires);
		add(f, add_cell(f, "kut", "probes"), "epoll_edge", rows[i].kut);
		add(f, add_cell(f, "reference", "probes"), "epoll_edge", rows[i].reference);
		assert_int_equal(report_model_load(f->store, &m, NULL), 0);
		report_gaps(&m, &g);
		if (g.pairs[0].relation != rows[i].relation)
			fail_msg("row %zu: relation %u", i, g.pairs[0].relation);
		assert_non_null(g.pairs[0].kut->known);
		assert_null(g.pairs[0].reference->known);
		report_gaps_release(&g);
		report_model_release(&m);
		if (finish(f) != rows[i].status)
			fail_msg("row %zu: status %d", i, finish(f));
		teardown((void **)&f);
	}
}

/* An old entry whose case was not asked is nobody's business in this run. */
static void what_was_not_asked(void **state)
{
	struct fixture *f = *state;

	expect_day(f, "epoll_*", "fail", "2020-01-01");
	add(f, add_cell(f, "kut", "probes"), "read", VERDICT_PASS);
	assert_int_equal(finish(f), 0);
}

static void the_first_entry_speaks(void **state)
{
	struct fixture *f = *state;
	struct report_model m;

	expect(f, "epoll_edge", "timeout");
	expect(f, "epoll_*", "fail");
	add(f, add_cell(f, "kut", "probes"), "epoll_edge", VERDICT_FAIL);
	assert_int_equal(report_model_load(f->store, &m, NULL), 0);
	assert_int_equal(m.total.n[VERDICT_FAIL], 1);
	assert_int_equal(m.expected[0].cases, 1);
	assert_int_equal(m.expected[1].cases, 0);
	report_model_release(&m);
}

static void other_entries_instead(void **state)
{
	struct store_expected e = {.role = "kut",
				   .file = "f",
				   .name = "read",
				   .verdicts = "fail",
				   .owner = "o",
				   .reason = "r",
				   .issue = "i",
				   .expires = "2027-01-15"};
	struct fixture *f = *state;
	struct report_model m;
	int64_t cell = add_cell(f, "kut", "probes");

	expect(f, "epoll_edge", "fail");
	add(f, cell, "epoll_edge", VERDICT_FAIL);
	add(f, cell, "read", VERDICT_FAIL);
	assert_int_equal(report_model_load(f->store, &m, NULL), 0);
	assert_int_equal(m.cells[0].results[0].verdict, VERDICT_XFAIL);
	assert_int_equal(m.cells[0].results[1].verdict, VERDICT_FAIL);
	report_expected_release(&m);
	report_expected_add(&m, &e);
	report_expected_apply(&m);
	assert_int_equal(m.cells[0].results[0].verdict, VERDICT_FAIL);
	assert_int_equal(m.cells[0].results[1].verdict, VERDICT_XFAIL);
	assert_int_equal(m.total.n[VERDICT_FAIL], 1);
	assert_int_equal(m.total.n[VERDICT_XFAIL], 1);
	report_expected_release(&m);
	report_expected_apply(&m);
	assert_int_equal(m.total.n[VERDICT_FAIL], 2);
	assert_int_equal(m.total.n[VERDICT_XFAIL], 0);
	report_model_release(&m);
}

static void add_known(struct fixture *f)
{
	int64_t cell = add_cell(f, "kut", "probes");

	expect(f, "epoll_*", "fail");
	expect_day(f, "read", "fail", "2026-12-31");
	add(f, cell, "epoll_edge", VERDICT_FAIL);
	add(f, cell, "epoll_oneshot", VERDICT_PASS);
	add(f, cell, "epoll_crash", VERDICT_CRASH);
	add(f, cell, "read", VERDICT_FAIL);
	assert_int_equal(finish(f), 1);
}

static void must_say(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("\"%s\" is not in:\n%s", words, text);
}

static void every_format_tells(void **state)
{
	static const struct {
		const char *format, *words[6];
	} rows[] = {
		{"text",
		 {"known failure: four of ten (kernel/epoll, #12, until 2027-01-15)",
		  "no failure, though one is known: four of ten",
		  "known to fail in another way: four of ten",
		  "no longer a known failure: four of ten (kernel/epoll, #12, expired 2026-12-31)",
		  "expect/k.yaml:4: read: expired 2026-12-31 (kernel/epoll, #12): 1 case",
		  "1 xfail, 1 xpass, 1 fail, 1 crash"}},
		{"markdown",
		 {"## Known failures past their day (1)", "## Known failures (1)",
		  "| **xpass** | because; no failure, though one is known"}},
		{"ktap",
		 {"# epoll_edge: known failure: four of ten", "ok 1 epoll_edge # XFAIL because",
		  "not ok 2 epoll_oneshot # XPASS because"}},
		{"junit",
		 {"<skipped message=\"because; known failure: four of ten",
		  "<failure message=\"because; no failure, though one is known"}},
		{"html", {"<p>known failure: four of ten", "Known failure past its day: expect"}},
		{"json",
		 {"\"pattern\": \"epoll_*\"", "\"owner\": \"kernel/epoll\"", "\"expired\": true",
		  "\"expired\": 1", "\"verdict\": \"xfail\""}},
	};
	struct fixture *f = *state;

	add_known(f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n;
		_autofree_ char *text = write_as(f, rows[i].format, NULL, &n);

		for (size_t k = 0; k < ARRAY_SIZE(rows[i].words) && rows[i].words[k]; k++)
			must_say(text, rows[i].words[k]);
	}
}

/* Only what failed, by its own name; what still holds as it was, behind it. */
static void written_as_a_file(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_known(f);
	text = write_as(f, "expect", NULL, &n);
	assert_string_equal(
		text, "# SPDX-License-Identifier: MIT\n"
		      "# Known failures, from a run of 2027-01-15. Owner and issue are for you"
		      " to name.\n"
		      "kernel: 'the reference'\n"
		      "known:\n"
		      "  - name: 'epoll_crash'\n"
		      "    scenario: 'probes'\n"
		      "    lane: 'static'\n"
		      "    verdicts: [crash]\n"
		      "    owner: 'unassigned'\n"
		      "    reason: 'because'\n"
		      "    issue: 'unassigned'\n"
		      "    expires: 2027-04-15\n"
		      "  - name: 'read'\n"
		      "    scenario: 'probes'\n"
		      "    lane: 'static'\n"
		      "    verdicts: [fail]\n"
		      "    owner: 'unassigned'\n"
		      "    reason: 'because'\n"
		      "    issue: 'unassigned'\n"
		      "    expires: 2027-04-15\n"
		      "  - name: 'epoll_*'\n"
		      "    verdicts: [fail]\n"
		      "    owner: 'kernel/epoll'\n"
		      "    reason: 'four of ten'\n"
		      "    issue: '#12'\n"
		      "    expires: 2027-01-15\n");
}

static void hostile_entries(void **state)
{
	const struct store_expected e = {.role = "kut",
					 .file = hostile,
					 .name = "*",
					 .verdicts = hostile,
					 .owner = hostile,
					 .reason = hostile,
					 .issue = hostile,
					 .expires = hostile};
	struct fixture *f = *state;

	assert_int_equal(store_add_expected(f->store, &e, NULL), 0);
	add(f, add_cell(f, "kut", "probes"), "x", VERDICT_FAIL);
	finish(f);
	for (size_t i = 0; report_formats[i]; i++) {
		size_t n = 0;
		_autofree_ char *text = write_as(f, report_formats[i]->name, NULL, &n);

		only_harmless_characters(text, n);
		if (strcmp(report_formats[i]->name, "html") == 0 ||
		    strcmp(report_formats[i]->name, "junit") == 0)
			assert_true(count_elements(text) > 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_that_are_known),
		cmocka_unit_test_setup_teardown(what_was_not_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(the_first_entry_speaks, setup, teardown),
		cmocka_unit_test_setup_teardown(other_entries_instead, setup, teardown),
		cmocka_unit_test_setup_teardown(every_format_tells, setup, teardown),
		cmocka_unit_test_setup_teardown(written_as_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(hostile_entries, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
