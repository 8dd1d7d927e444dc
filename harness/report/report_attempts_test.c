/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "report/report.h"
#include "report/report_rig.h"

#define P VERDICT_PASS
#define F VERDICT_FAIL

/* Letters of verdicts, an attempt each; the second and all after it are retries. */
static void add_attempts(struct fixture *f, int64_t cell, const char *name, const char *letters)
{
	static const char all[] = "PSxXFTCLB";

	for (unsigned int i = 0; letters[i]; i++) {
		_autofree_ char *reason = xasprintf("said %c", letters[i]);
		struct store_result r = {.cell = cell,
					 .name = name,
					 .attempt = i + 1,
					 .retry = i > 0,
					 .verdict = (enum verdict)(strchr(all, letters[i]) - all),
					 .reason = letters[i] == 'P' ? NULL : reason,
					 .detail = letters[i] == 'P' ? NULL : "seen\nso"};

		assert_int_equal(store_add_result(f->store, &r, NULL), 0);
	}
}

/* What a pair of outcome sets amounts to, and the exit status of a run with only that. */
static void outcome_sets_decide(void **state)
{
	static const struct {
		const char *kut, *reference;
		enum report_relation relation;
		int status;
	} rows[] = {
		{"PPP", "PPP", RELATION_SAME, 0},
		{"FFF", "PPP", RELATION_GAP, 1},
		{"FTF", "PPP", RELATION_GAP, 1},
		{"PPC", "PPP", RELATION_GAP, 1},
		{"CPP", "PPP", RELATION_GAP, 1},
		{"FPP", "PPP", RELATION_FLAKY, 0},
		{"TP", "P", RELATION_FLAKY, 0},
		/* Infrastructure beside a real word counts for nothing. */
		{"LP", "P", RELATION_SAME, 0},
		{"BF", "P", RELATION_GAP, 1},
		{"LL", "P", RELATION_NOT_COMPARABLE, 3},
		{"P", "BP", RELATION_SAME, 0},
		{"F", "LP", RELATION_GAP, 1},
		/* Unstable on the reference: nobody is accused, whatever is seen here. */
		{"FFF", "PFP", RELATION_UNSTABLE, 0},
		{"TTT", "PPT", RELATION_UNSTABLE, 0},
		{"FPF", "PFP", RELATION_UNSTABLE, 0},
		{"PPP", "FPP", RELATION_UNSTABLE, 0},
		{"CCC", "FPP", RELATION_UNSTABLE, 0},
		/* It always fails there: the case is in doubt, and that is told. */
		{"FFF", "FFF", RELATION_NOT_COMPARABLE, 3},
		/* It crashed there: nobody here is accused, but something is broken. */
		{"FFF", "PCP", RELATION_UNSTABLE, 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct report_model m;
		struct report_gaps g;
		struct fixture *f;

		setup((void **)&f);
		add_attempts(f, add_cell(f, "kut", "probes"), "x", rows[i].kut);
		add_attempts(f, add_cell(f, "reference", "probes"), "x", rows[i].reference);
		assert_int_equal(report_model_load(f->store, &m, NULL), 0);
		report_gaps(&m, &g);
		assert_int_equal(g.n_pairs, 1);
		if (g.pairs[0].relation != rows[i].relation)
			fail_msg("row %zu: relation %u", i, g.pairs[0].relation);
		assert_int_equal(g.n_unstable, rows[i].relation == RELATION_UNSTABLE);
		assert_int_equal(g.n_flaky, rows[i].relation == RELATION_FLAKY);
		report_gaps_release(&g);
		report_model_release(&m);
		if (finish(f) != rows[i].status)
			fail_msg("row %zu: status %d", i, finish(f));
		teardown((void **)&f);
	}
}

static void exit_with_one_kernel(void **state)
{
	static const struct {
		const char *letters;
		int status;
	} rows[] = {{"FP", 0}, {"FF", 1}, {"PC", 1}, {"CP", 1}, {"LP", 0}, {"BB", 3}, {"FB", 1}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture *f;

		setup((void **)&f);
		add_attempts(f, add_cell(f, "reference", "probes"), "x", rows[i].letters);
		assert_int_equal(finish(f), rows[i].status);
		teardown((void **)&f);
	}
}

static void add_unsteady(struct fixture *f)
{
	int64_t kut = add_cell(f, "kut", "probes"), ref = add_cell(f, "reference", "probes");

	add_attempts(f, kut, "sound", "P");
	add_attempts(f, ref, "sound", "P");
	add_attempts(f, kut, "sometimes", "FP");
	add_attempts(f, ref, "sometimes", "P");
	add_attempts(f, kut, "shaky", "FF");
	add_attempts(f, ref, "shaky", "PTTP");
	add_attempts(f, kut, "crashes", "CP");
	add_attempts(f, ref, "crashes", "P");
	assert_int_equal(finish(f), 1);
}

static void must_say(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("\"%s\" is not in:\n%s", words, text);
}

static void text_tells_attempts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_unsteady(f);
	text = write_as(f, "text", NULL, &n);
	must_say(text, "Gaps: 1 pass on the reference");
	must_say(text, "  crash   crashes");
	must_say(text, "          attempt 1: crash: said C\n"
		       "          attempt 2 in a fresh machine: pass\n");
	must_say(text, "Flaky: 1 passed in some of the attempts, not in all\n  flaky   sometimes");
	must_say(text, "Unstable on the reference, and so no gap\n  flaky   shaky  reference");
	must_say(text, "          attempt 1: pass\n"
		       "          attempts 2 to 3 in a fresh machine: timeout: said T\n"
		       "          attempt 4 in a fresh machine: pass\n");
	must_say(text, "1 gap, 1 unstable on the reference; 4 pass, 1 fail, 1 crash, 2 flaky\n");
	assert_null(strstr(text, "Problems"));
}

static void markdown_tells_attempts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_unsteady(f);
	text = write_as(f, "markdown", NULL, &n);
	must_say(text, "| crash | flaky | missing | time |");
	must_say(text, "## Flaky: passed in some of the attempts (1)");
	must_say(text, "| **flaky** | 1 pass, 1 fail: said F |");
	must_say(text, "## Unstable on the reference, and so no gap (2)");
	must_say(text, "| **crash** | 1 pass, 1 crash: said C |");
}

static void ktap_tells_attempts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_unsteady(f);
	text = write_as(f, "ktap", NULL, &n);
	must_say(text, "    # sometimes: flaky: 1 pass, 1 fail\n"
		       "    # sometimes: attempt 1: fail: said F\n"
		       "    # sometimes: attempt 2 in a fresh machine: pass\n"
		       "    ok 2 sometimes\n");
	must_say(text, "    # crashes: attempt 2 in a fresh machine: pass\n"
		       "    not ok 4 crashes # CRASH said C\n");
	must_say(text, "    ok 1 sound\n");
}

static void junit_tells_attempts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_unsteady(f);
	text = write_as(f, "junit", NULL, &n);
	assert_true(count_elements(text) > 10);
	must_say(text, "<flakyFailure message=\"said F\" type=\"fail\">attempt 1\nseen\nso"
		       "</flakyFailure>\n    </testcase>");
	must_say(text, "<rerunFailure message=\"said F\" type=\"fail\">"
		       "attempt 2 in a fresh machine\n");
	must_say(text, "tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"0\" flakes=\"1\"");
	assert_int_equal(count_words(text, "<flakyFailure"), 2);
}

static void html_tells_attempts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	size_t n;

	add_unsteady(f);
	text = write_as(f, "html", NULL, &n);
	assert_true(count_elements(text) > 50);
	must_say(text, "<section id=\"flaky\">");
	must_say(text, "<section id=\"unstable\">");
	must_say(text, "<li>attempt 2 in a fresh machine: <b class=\"v pass\">pass</b> </li>");
	must_say(text, "1 unstable on the reference</a>");
	must_say(text, "<li><b class=\"v flaky\">flaky</b> 1</li>");
}

static json_t *attempts_of(json_t *report, size_t cell, size_t result)
{
	json_t *c = json_array_get(json_object_get(report, "cells"), cell);

	return json_object_get(json_array_get(json_object_get(c, "results"), result), "attempts");
}

static void json_tells_attempts(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *text = NULL;
	json_error_t error;
	json_t *j, *a;
	size_t n;

	add_unsteady(f);
	text = write_as(f, "json", NULL, &n);
	j = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!j)
		fail_msg("%s at %d", error.text, error.position);
	assert_int_equal(json_integer_value(json_object_get(j, "unstable_on_reference")), 1);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(j, "verdicts"), "flaky")), 2);
	assert_int_equal(json_array_size(attempts_of(j, 0, 0)), 1);
	assert_int_equal(json_array_size(attempts_of(j, 1, 2)), 4);
	a = json_array_get(attempts_of(j, 0, 1), 0);
	assert_string_equal(json_string_value(json_object_get(a, "verdict")), "fail");
	assert_string_equal(json_string_value(json_object_get(a, "detail")), "seen\nso");
	assert_false(json_is_true(json_object_get(a, "retry")));
	a = json_array_get(attempts_of(j, 0, 1), 1);
	assert_int_equal(json_integer_value(json_object_get(a, "attempt")), 2);
	assert_true(json_is_true(json_object_get(a, "retry")));
	must_say(text, "\"relation\": \"unstable on the reference\"");
	must_say(text, "\"relation\": \"flaky\"");
	json_decref(j);
}

static void hostile_attempts(void **state)
{
	struct fixture *f = *state;
	int64_t cell = add_cell(f, "kut", hostile);

	for (unsigned int i = 1; i < 4; i++) {
		struct store_result r = {.cell = cell,
					 .name = hostile,
					 .attempt = i,
					 .verdict = i % 2 ? F : P,
					 .reason = hostile,
					 .detail = hostile};

		assert_int_equal(store_add_result(f->store, &r, NULL), 0);
	}
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
		cmocka_unit_test(outcome_sets_decide),
		cmocka_unit_test(exit_with_one_kernel),
		cmocka_unit_test_setup_teardown(text_tells_attempts, setup, teardown),
		cmocka_unit_test_setup_teardown(markdown_tells_attempts, setup, teardown),
		cmocka_unit_test_setup_teardown(ktap_tells_attempts, setup, teardown),
		cmocka_unit_test_setup_teardown(junit_tells_attempts, setup, teardown),
		cmocka_unit_test_setup_teardown(html_tells_attempts, setup, teardown),
		cmocka_unit_test_setup_teardown(json_tells_attempts, setup, teardown),
		cmocka_unit_test_setup_teardown(hostile_attempts, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
