/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "report/report_bisect.h"
#include "store/store.h"

struct attempt {
	const char *name;
	unsigned int attempt;
	bool retry;
	enum verdict verdict;
};

static void add_cell(struct store *s, const char *role, const struct attempt *list, size_t n)
{
	struct store_cell c = {.role = role,
			       .kernel = "k",
			       .target = "qemu",
			       .profile = "",
			       .lane = "static",
			       .scenario = "probes"};

	assert_int_equal(store_add_cell(s, &c, NULL), 0);
	for (size_t i = 0; i < n && list[i].name; i++) {
		struct store_result r = {.cell = c.id,
					 .name = list[i].name,
					 .attempt = list[i].attempt,
					 .retry = list[i].retry,
					 .verdict = list[i].verdict,
					 .reason = "so \x1b[31mit was"};

		assert_int_equal(store_add_result(s, &r, NULL), 0);
	}
}

static enum report_bisect ask(const struct attempt *list, size_t n, const char *state,
			      const char *want_why)
{
	char dir[] = "/tmp/report_bisect_test.XXXXXX";
	_cleanup_(strbuf_release) struct strbuf why = STRBUF_INIT(1000);
	static const struct attempt reference[] = {{"x", 1, false, VERDICT_FAIL}};
	enum report_bisect answer;
	struct store *s;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(store_create(dir, &s, NULL), 0);
	add_cell(s, "kut", list, n);
	add_cell(s, "reference", reference, 1);
	assert_int_equal(store_set_fact(s, "state", state, NULL), 0);
	store_close(s);
	assert_int_equal(report_bisect(dir, &answer, &why, NULL), 0);
	if (!strstr(strbuf_str(&why), want_why))
		fail_msg("%s, not %s", strbuf_str(&why), want_why);
	assert_null(strchr(strbuf_str(&why), '\033'));
	rm_rf(dir, NULL);
	return answer;
}

static void one_case(void **state)
{
	static const enum report_bisect want[VERDICT_COUNT] = {
		[VERDICT_PASS] = REPORT_BISECT_GOOD,	  [VERDICT_SKIP] = REPORT_BISECT_UNKNOWN,
		[VERDICT_XFAIL] = REPORT_BISECT_GOOD,	  [VERDICT_XPASS] = REPORT_BISECT_GOOD,
		[VERDICT_FAIL] = REPORT_BISECT_BAD,	  [VERDICT_TIMEOUT] = REPORT_BISECT_BAD,
		[VERDICT_CRASH] = REPORT_BISECT_BAD,	  [VERDICT_LOST] = REPORT_BISECT_UNKNOWN,
		[VERDICT_BROKEN] = REPORT_BISECT_UNKNOWN,
	};

	for (int v = 0; v < VERDICT_COUNT; v++) {
		const struct attempt list[] = {{"boot", 1, false, VERDICT_PASS},
					       {"x", 1, false, (enum verdict)v}};

		if (ask(list, 2, "finished", "") != want[v])
			fail_msg("%s", verdict_name((enum verdict)v));
	}
}

static void several(void **state)
{
	static const struct {
		enum report_bisect want;
		const char *why;
		struct attempt list[4];
	} rows[] = {
		{REPORT_BISECT_BAD,
		 "bad: fail: y: so it was",
		 {{"x", 1, false, VERDICT_LOST}, {"y", 1, false, VERDICT_FAIL}}},
		{REPORT_BISECT_BAD, "bad: crash: boot", {{"boot", 1, false, VERDICT_CRASH}}},
		{REPORT_BISECT_UNKNOWN, "lost: boot", {{"boot", 1, false, VERDICT_LOST}}},
		{REPORT_BISECT_UNKNOWN, "nothing was answered", {{"boot", 1, false, VERDICT_PASS}}},
		{REPORT_BISECT_BAD,
		 "not always the same: x",
		 {{"x", 1, false, VERDICT_PASS}, {"x", 2, false, VERDICT_FAIL}}},
		{REPORT_BISECT_UNKNOWN,
		 "not always the same: x",
		 {{"x", 1, false, VERDICT_FAIL}, {"x", 2, true, VERDICT_PASS}}},
		{REPORT_BISECT_BAD,
		 "crash: x",
		 {{"x", 1, false, VERDICT_CRASH}, {"x", 2, true, VERDICT_PASS}}},
		{REPORT_BISECT_GOOD,
		 "good",
		 {{"x", 1, false, VERDICT_PASS}, {"y", 1, false, VERDICT_SKIP}}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(ask(rows[i].list, 4, "finished", rows[i].why), rows[i].want);
}

static void a_run_that_did_not_end(void **state)
{
	static const struct attempt good[] = {{"x", 1, false, VERDICT_PASS}},
				    bad[] = {{"x", 1, false, VERDICT_FAIL}};

	assert_int_equal(ask(good, 1, "interrupted", "did not end"), REPORT_BISECT_UNKNOWN);
	assert_int_equal(ask(bad, 1, "interrupted", "fail: x"), REPORT_BISECT_BAD);
}

static void no_run(void **state)
{
	_cleanup_(strbuf_release) struct strbuf why = STRBUF_INIT(1000);
	enum report_bisect answer;

	assert_int_equal(report_bisect("/nonexistent", &answer, &why, NULL), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_case),
		cmocka_unit_test(several),
		cmocka_unit_test(a_run_that_did_not_end),
		cmocka_unit_test(no_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
