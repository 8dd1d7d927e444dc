/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "wire/suite.h"

#define EXITED(n) ((n) << 8)

/* What a program printed and how it ended → what is made of it. */
struct row {
	const char *text;
	int status;
	enum suite_status want;
	const char *reason; /* a part of it */
	const char *tests;  /* "name=status," for each; NULL: not looked at */
};

static const char *const statuses[] = {
	[SUITE_PASS] = "pass",	   [SUITE_SKIP] = "skip", [SUITE_XFAIL] = "xfail",
	[SUITE_XPASS] = "xpass",   [SUITE_FAIL] = "fail", [SUITE_TIMEOUT] = "timeout",
	[SUITE_BROKEN] = "broken",
};

static char *list_tests(const struct suite_answer *a)
{
	char *list = xstrdup("");

	for (size_t i = 0; i < a->n; i++) {
		char *more =
			xasprintf("%s%s=%s,", list, a->tests[i].name, statuses[a->tests[i].status]);

		free(list);
		list = more;
	}
	return list;
}

/* In pieces of every size, the answer is the same. */
static void check_row(const struct suite_format_ops *format, const char *only,
		      const struct row *row)
{
	const struct suite_end end = {.status = row->status};

	for (size_t piece = 1; piece < 40; piece += 19) {
		struct suite_reader *r = suite_reader_new(format, only);
		_cleanup_(suite_answer_release) struct suite_answer a = {0};
		_autofree_ char *tests = NULL;
		size_t n = strlen(row->text);

		for (size_t at = 0; at < n; at += piece)
			suite_reader_feed(r, row->text + at, n - at < piece ? n - at : piece);
		suite_reader_end(r, &end, &a);
		suite_reader_free(r);
		tests = list_tests(&a);
		if (a.status != row->want || !strstr(a.reason, row->reason) ||
		    (row->tests && strcmp(tests, row->tests) != 0))
			fail_msg("%s: «%s» status 0x%x gives %s \"%s\" [%s]", format->name,
				 row->text, (unsigned int)row->status, statuses[a.status], a.reason,
				 tests);
	}
}

static void check_rows(const struct suite_format_ops *format, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_row(format, NULL, &rows[i]);
}

#define SUMMARY(passed, broken)                                           \
	"\nSummary:\npassed   " #passed "\nfailed   0\nbroken   " #broken \
	"\nskipped  0\nwarnings 0\n"

static void ltp_words_and_bits(void **state)
{
	static const struct row rows[] = {
		{"open01.c:10: TPASS: it opens\n\nSummary:\npassed   1\nfailed   0\nbroken   0\n"
		 "skipped  0\nwarnings 0\n",
		 0, SUITE_PASS, ""},
		{"x.c:1: TINFO: hello\nx.c:2: TPASS: a\nx.c:3: TFAIL: b: EINVAL (22)\n", EXITED(1),
		 SUITE_FAIL, "TFAIL: b: EINVAL (22)"},
		{"x.c:2: TBROK: no room\n", EXITED(2), SUITE_FAIL, "TBROK: no room"},
		{"x.c:2: TPASS: a\nx.c:2: TWARN: unlink\n", EXITED(4), SUITE_FAIL, "TWARN: unlink"},
		{"x.c:2: TCONF: needs root\n", EXITED(32), SUITE_SKIP, "TCONF: needs root"},
		{"x.c:2: TCONF: no v2\nx.c:9: TPASS: a\n", 0, SUITE_PASS, ""},
		{"x.c:2: TFAIL: a\nx.c:3: TBROK: b\n", EXITED(3), SUITE_FAIL, "TFAIL: a"},
		{"x.c:2: TPASS: a\nx.c:2: TINFO: b\n", EXITED(16), SUITE_PASS, ""},
		/* The old library and shell scripts. */
		{"brk01       1  TPASS  :  brk works\n", 0, SUITE_PASS, ""},
		{"brk01       1  TFAIL  :  brk.c:4: errno=ENOMEM(12)\n", EXITED(1), SUITE_FAIL,
		 "TFAIL: brk.c:4"},
		{"ar01 1 TPASS: it lists\nar01 2 TCONF: no ar\n", EXITED(32), SUITE_PASS, ""},
		/* Its own alarm: a test that hung, though it ends with TBROK. */
		{"x.c:1: TINFO: hello\nTest timeouted, sending SIGKILL!\nx.c:1: TINFO: If you are "
		 "running on slow machine\nx.c:1: TBROK: Test killed! (timeout?)\n" SUMMARY(0, 1),
		 EXITED(2), SUITE_TIMEOUT, "Test killed! (timeout?)"},
		{"x 1 TINFO: hello\nx 1 TINFO: Test timed out, sending SIGTERM! If you are running "
		 "on "
		 "slow machine\nx 1 TBROK: test terminated\n" SUMMARY(0, 1),
		 EXITED(2), SUITE_TIMEOUT, "test terminated"},
		{"x.c:1: TINFO: hello\nTest timeouted, sending SIGKILL!\nCannot kill test "
		 "processes!\n"
		 "Exiting uncleanly...\n",
		 EXITED(1), SUITE_TIMEOUT, "LTP's own limit"},
		/* Killed, though not by its alarm. */
		{"x.c:1: TBROK: Test killed by SIGSEGV!\n" SUMMARY(0, 1), EXITED(2), SUITE_FAIL,
		 "SIGSEGV"},
		/* A program of LTP that runs another one, whose summary stands among its text. */
		{"y.c:3: TPASS: in\ny.c:4: TPASS: in\n" SUMMARY(2, 0) "x 1 TPASS: out\n" SUMMARY(1,
												 0),
		 0, SUITE_PASS, ""},
		/* The old library's programs may end with 0 and nothing but talk. */
		{"fcntl16     0  TINFO  :  Test case 1 PASSED\n", 0, SUITE_PASS, ""},
		/* In colours. */
		{"x.c:2: \033[1;32mTPASS: \033[0mfine\n", 0, SUITE_PASS, ""},
	};

	check_rows(&suite_format_ltp, rows, ARRAY_SIZE(rows));
}

static void ltp_that_lies(void **state)
{
	static const struct row rows[] = {
		{"x.c:3: TFAIL: b\n", 0, SUITE_BROKEN, "exit status 0, but TFAIL: b"},
		{"x.c:3: TPASS: b\n", EXITED(1), SUITE_BROKEN, "says TFAIL, its text does not"},
		{"x.c:3: TPASS: b\n", EXITED(2), SUITE_BROKEN, "says TBROK"},
		{"x.c:3: TWARN: b\n", 0, SUITE_BROKEN, "TWARN"},
		{"x.c:3: TCONF: b\n", 0, SUITE_BROKEN, "TCONF"},
		{"", 0, SUITE_BROKEN, "not one result"},
		{"x.c:3: TINFO: b\n", 0, SUITE_BROKEN, "not one result"},
		{"x.c:3: TINFO: b\n" SUMMARY(0, 0), 0, SUITE_BROKEN, "not one result"},
		{"x 1 TINFO: b\n", 0, SUITE_BROKEN, "not one result"},
		{"fcntl16     0  TINFO  :  a\n", EXITED(1), SUITE_BROKEN, "says TFAIL"},
		{"all is well, TPASS\nTPASSED: x\nXTPASS: y\n", 0, SUITE_BROKEN, "not one result"},
		{"x.c:3: TPASS: b\n", EXITED(8), SUITE_BROKEN, "none of LTP's"},
		{"x.c:3: TPASS: b\n", EXITED(127), SUITE_BROKEN, "none of LTP's"},
		{"x.c:3: TPASS: b\nSummary:\npassed   2\nfailed   0\n", 0, SUITE_BROKEN,
		 "1 lines of TPASS, the summary counts 2"},
		{"x.c:3: TPASS: b\nSummary:\npassed   1\nfailed   1\n", 0, SUITE_BROKEN,
		 "exit status 0, but TFAIL"},
		{"x.c:3: TPASS: b\n", 11, SUITE_FAIL, "died with SIGSEGV (11)"},
	};

	check_rows(&suite_format_ltp, rows, ARRAY_SIZE(rows));
}

static void ktap_of_every_age(void **state)
{
	static const struct row rows[] = {
		{"KTAP version 1\n1..2\nok 1 a\nok 2 - b # SKIP no root\n", 0, SUITE_PASS, "",
		 "a=pass,b=skip,"},
		{"TAP version 13\n1..1\nnot ok 1 - b\n  ---\n  at: 1..9\n  not ok 7 x\n  ...\n",
		 EXITED(1), SUITE_FAIL, "b", "b=fail,"},
		{"1..3\nok\nok\nok 3\n", 0, SUITE_PASS, "", "1=pass,2=pass,3=pass,"},
		{"TAP version 14\nok 1 - a\nok 2 - b\n1..2\n", 0, SUITE_PASS, "", "a=pass,b=pass,"},
		{"1..0 # SKIP no such device\n", 0, SUITE_SKIP, "no such device", ""},
		{"TAP version 13\n1..2\nok 1 a # skip x\nok 2 b # SKIP y\n", 0, SUITE_SKIP, "x",
		 "a=skip,b=skip,"},
		{"TAP version 13\n1..3\nnot ok 1 a # TO"
		 "DO later\nok 2 b # TO"
		 "DO soon\nok 3 c # "
		 "XFAIL d\n",
		 0, SUITE_PASS, "", "a=xfail,b=xpass,c=xfail,"},
		{"KTAP version 1\n1..2\nnot ok 1 a # TIMEOUT 5 s\nok 2 b\n", EXITED(1), SUITE_FAIL,
		 "a: 5 s", "a=timeout,b=pass,"},
		{"KTAP version 1\n1..1\nok 1 a\\#1 # time=3\n", 0, SUITE_PASS, "", "a\\#1=pass,"},
		{"hello\nKTAP version 1\n# talk\nok then\n1..1\nwords\nok 1 a\n", EXITED(0),
		 SUITE_BROKEN, "", NULL},
		{"hello\nok then\nnot okay\nKTAP version 1\n# talk\n1..1\nokay\nok 1 a\nbye\n", 0,
		 SUITE_PASS, "", "a=pass,"},
		{"TAP version 13\n1..2\nok 1 a\nBail out! no disk\nok 2 b\n", EXITED(255),
		 SUITE_FAIL, "no disk", "a=pass,"},
		{"TAP version 13\n1..2\nok 1 a\nBail out! no disk\n", 0, SUITE_BROKEN, "no disk",
		 "a=pass,"},
		{"1..1\nok 1 # SKIP without a name\n", 0, SUITE_SKIP, "without a name",
		 "without a name=skip,"},
		{"1..2\nok 1 # SKIP\nnot ok 2 - b # ERROR no set-up\n", EXITED(1), SUITE_FAIL,
		 "b: no set-up", "1=skip,b=fail,"},
		{"1..2\nok 1 same\nok 2 same\n", 0, SUITE_PASS, "", "same=pass,same (2)=pass,"},
	};

	check_rows(&suite_format_ktap, rows, ARRAY_SIZE(rows));
}

static void ktap_inside_ktap(void **state)
{
	static const struct row rows[] = {
		{"KTAP version 1\n1..2\n  KTAP version 1\n  1..2\n  ok 1 x\n  ok 2 y\nok 1 a\n"
		 "ok 2 b\n",
		 0, SUITE_PASS, "", "a/x=pass,a/y=pass,a=pass,b=pass,"},
		{"TAP version 14\n1..1\n# Subtest: a\n    1..1\n        1..1\n        not ok 1 - "
		 "z\n"
		 "    not ok 1 - m\nnot ok 1 - a\n",
		 EXITED(1), SUITE_FAIL, "z", "a/m/z=fail,a/m=fail,a=fail,"},
		{"1..2\n  ok 1 x\n  1..1\nok 1 a\n  1..1\n  ok 1 x\nok 2 b\n", 0, SUITE_PASS, "",
		 "a/x=pass,a=pass,b/x=pass,b=pass,"},
		/* Indented talk is talk. */
		{"1..1\n  ok, here we go\n  not ok is what it said\nok 1 a\n", 0, SUITE_PASS, "",
		 "a=pass,"},
		/* Those that lie. */
		{"1..1\n  1..1\n  not ok 1 x\nok 1 a\n", EXITED(1), SUITE_BROKEN,
		 "a says ok, but 1 of its tests failed", NULL},
		{"1..1\n  1..2\n  ok 1 x\nok 1 a\n", 0, SUITE_BROKEN, "1 of 2 planned", NULL},
		{"1..1\nok 1 a\n  1..1\n  ok 1 x\n", 0, SUITE_BROKEN, "no result", NULL},
		{"1..1\n    1..1\n    ok 1 deep\n  ok 1 half\nok 1 a\n", 0, SUITE_BROKEN, "", NULL},
	};

	check_rows(&suite_format_ktap, rows, ARRAY_SIZE(rows));
}

static void ktap_that_lies(void **state)
{
	static const struct row rows[] = {
		{"1..3\nok 1 a\nok 2 b\n", 0, SUITE_BROKEN, "1 of 3 planned results are missing"},
		{"1..1\nok 1 a\nok 2 b\n", 0, SUITE_BROKEN, "a result after all 1"},
		{"1..2\nok 1 a\nok 1 b\n", 0, SUITE_BROKEN, "a second time or out of order"},
		{"1..2\nok 2 a\nok 1 b\n", 0, SUITE_BROKEN, "number 2 follows number 0"},
		{"1..2\nok 1 a\nok 3 b\n", 0, SUITE_BROKEN, "number 3 follows number 1"},
		{"ok 1 a\n1..1\nok 2 b\n", 0, SUITE_BROKEN, "after the plan"},
		{"1..1\n1..1\nok 1 a\n", 0, SUITE_BROKEN, "a second plan"},
		{"KTAP version 1\nok 1 a\n", 0, SUITE_BROKEN, "no plan"},
		{"KTAP version 1\nKTAP version 1\n1..1\nok 1 a\nKTAP version 1\n", 0, SUITE_BROKEN,
		 "no plan"},
		{"KTAP version 1\n1..2\nok 1 a\nKTAP version 1\n1..1\nok 1 b\n", 0, SUITE_BROKEN,
		 "a second version line"},
		{"1..1\nnot ok 1 a # broke\n", 0, SUITE_BROKEN,
		 "exit status 0, but not ok: a: broke"},
		{"1..1\nok 1 a\n", EXITED(1), SUITE_BROKEN, "exit status 1, but no test failed"},
		{"1..1\nok 1 a\n", 9, SUITE_FAIL, "died with SIGKILL (9)"},
		{"1..99999999999999999999\nok 1 a\n", 0, SUITE_BROKEN, "a plan of"},
		{"", 0, SUITE_BROKEN, "no plan of KTAP"},
		{"ok\n", 0, SUITE_BROKEN, "no plan of KTAP"},
		{"1..1\nok 1 \377\376\n", 0, SUITE_PASS, ""},
		{"1..2\nok 1 a\n  ---\n  not closed\nok 2 b\n", 0, SUITE_BROKEN, "missing"},
	};

	check_rows(&suite_format_ktap, rows, ARRAY_SIZE(rows));
}

static void kselftest_status_four_is_skip(void **state)
{
	static const struct row rows[] = {
		{"no text at all\n", 0, SUITE_PASS, ""},
		{"", EXITED(1), SUITE_FAIL, "exit status 1"},
		{"", EXITED(2), SUITE_XFAIL, "expected failure"},
		{"", EXITED(3), SUITE_XPASS, "unexpected pass"},
		{"", EXITED(4), SUITE_SKIP, "skip"},
		{"", EXITED(5), SUITE_FAIL, "exit status 5"},
		{"", 6, SUITE_FAIL, "died with SIGABRT"},
		{"TAP version 13\n1..1\nok 1 a # SKIP no root\n", EXITED(4), SUITE_SKIP, "no root"},
		{"TAP version 13\n1..0 # SKIP no root\n", EXITED(4), SUITE_SKIP, "no root"},
		{"TAP version 13\n1..1\nnot ok 1 a\n", EXITED(4), SUITE_BROKEN, "not ok: a"},
	};

	check_rows(&suite_format_kselftest, rows, ARRAY_SIZE(rows));
}

#define TOTALS(p, f) "# Totals: pass:" #p " fail:" #f " xfail:0 xpass:0 skip:0 error:0\n"

static void kselftest_programs_as_they_are(void **state)
{
	static const struct row rows[] = {
		/* The name stands behind the directive, or in the line before. */
		{"TAP version 13\n1..4\nok 1 # SKIP a: no root\nok 2 # XFAIL b\nnot ok 3 # error "
		 "c\n"
		 "ok 4 d\n",
		 EXITED(1), SUITE_FAIL, "c", "a: no root=skip,b=xfail,c=fail,d=pass,"},
		{"TAP version 13\n1..2\n# Starting 2 tests from 1 test cases.\n#  RUN           "
		 "g.a ...\n#      SKIP      no root\n#            OK  g.a\nok 1 # SKIP no root\n"
		 "#  RUN           g.b ...\n#            OK  g.b\nok 2 g.b\n",
		 0, SUITE_PASS, "", "g.a=skip,g.b=pass,"},
		/* It gave up the rest. */
		{"TAP version 13\n1..3\nok 1 a\nok 2 # SKIP no device\n# 1 skipped\n", EXITED(4),
		 SUITE_SKIP, "no device", "a=pass,no device=skip,"},
		{"TAP version 13\n1..3\nok 1 # SKIP no device\nok 2 b\n", EXITED(4), SUITE_BROKEN,
		 "1 of 3 planned", NULL},
		{"TAP version 13\n1..3\nnot ok 1 a\nok 2 # SKIP no device\n", EXITED(4),
		 SUITE_BROKEN, "1 of 3 planned", NULL},
		{"TAP version 13\n1..2\nok 1 a\n", 0, SUITE_BROKEN, "missing"},
		/* Counted, not named. */
		{"TAP version 13\n1..3\nPASS: 0 returned as expected\n" TOTALS(3, 0), 0, SUITE_PASS,
		 "", ""},
		{"TAP version 13\n1..3\n" TOTALS(2, 1), EXITED(1), SUITE_FAIL,
		 "1 of 3 by its totals", ""},
		{"TAP version 13\n1..3\n" TOTALS(2, 1), 0, SUITE_BROKEN,
		 "exit status 0, but not ok", ""},
		{"TAP version 13\n1..3\n" TOTALS(2, 0), 0, SUITE_BROKEN, "3 of 3 planned", ""},
		{"TAP version 13\n1..3\nok 1 a\n" TOTALS(3, 0), 0, SUITE_BROKEN, "2 of 3 planned",
		 NULL},
		/* Without a plan, but counted. */
		{"# running\nok 1 a\n# Planned tests != run tests (0 != 1)\n" TOTALS(1, 0), 0,
		 SUITE_PASS, "", "a=pass,"},
		{"not ok 1 a\n" TOTALS(0, 1), EXITED(1), SUITE_FAIL, "a", "a=fail,"},
		{"not ok 1 a\n" TOTALS(0, 1), 0, SUITE_BROKEN, "exit status 0, but not ok", NULL},
		{"ok 1 a\n" TOTALS(2, 0), 0, SUITE_BROKEN, "no plan", NULL},
		{"ok 1 a\n", 0, SUITE_BROKEN, "no plan", NULL},
		/* A script that runs one after the other. */
		{"TAP version 13\n1..1\nok 1 a\n" TOTALS(
			 1, 0) "TAP version 13\n1..1\n# a\nok 1 a # SKIP "
			       "b\n" TOTALS(1, 0),
		 0, SUITE_PASS, "", "a=pass,a (2)=skip,"},
		{"TAP version 13\n1..1\nok 1 a\nTAP version 13\n1..1\nnot ok 1 a\n", EXITED(1),
		 SUITE_FAIL, "a", "a=pass,a (2)=fail,"},
		{"TAP version 13\n1..2\nok 1 a\nTAP version 13\n1..1\nok 1 a\n", 0, SUITE_BROKEN,
		 "a second version line", NULL},
		{"TAP version 13\n1..1\nok 1 a\nTAP version 13\n", 0, SUITE_BROKEN, "no plan",
		 NULL},
	};

	check_rows(&suite_format_kselftest, rows, ARRAY_SIZE(rows));
}

#define GTEST(n)  "[==========] Running " #n " tests from 1 test suite.\n"
#define RAN(n)	  "[==========] " #n " tests from 1 test suite ran. (0 ms total)\n"
#define REPEAT(n) "\nRepeating all tests (iteration " #n ") . . .\n\n"
#define OK(name)  "[ RUN      ] " name "\n[       OK ] " name " (0 ms)\n"

static void gtest_text(void **state)
{
	static const struct row rows[] = {
		{"Note: x\n" GTEST(2) OK("A.a") OK("A.b") RAN(2) "[  PASSED  ] 2 tests.\n", 0,
		 SUITE_PASS, "", "A.a=pass,A.b=pass,"},
		{GTEST(2) OK(
			 "A.a") "[ RUN      ] A.b\nx.cc:3: Failure\nExpected 1\n which is 2\n"
				"[  FAILED  ] A.b (1 ms)\n" RAN(
					2) "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.b\n",
		 EXITED(1), SUITE_FAIL, "1 of 2 failed, first A.b", "A.a=pass,A.b=fail,"},
		{GTEST(1) "[ RUN      ] A.a\nx.cc:3: Skipped\nno root\n[  SKIPPED ] A.a (0 "
			  "ms)\n" RAN(1),
		 0, SUITE_SKIP, "x.cc:3: Skipped no root", "A.a=skip,"},
		/* A test that prints without a line end. */
		{GTEST(1) "[ RUN      ] A.a\nhello[       OK ] A.a (0 ms)\n" RAN(1), 0, SUITE_PASS,
		 "", "A.a=pass,"},
		{GTEST(1) "[ RUN      ] P/A.a/0\n[  FAILED  ] P/A.a/0, where GetParam() = 3 (0 "
			  "ms)\n" RAN(1),
		 EXITED(1), SUITE_FAIL, "", "P/A.a/0=fail,"},
		{GTEST(0) RAN(0), 0, SUITE_SKIP, "no test in it", ""},
		/* The test in which it died. */
		{GTEST(2) OK("A.a") "[ RUN      ] A.b\n", 11, SUITE_FAIL, "SIGSEGV",
		 "A.a=pass,A.b=fail,"},
		{GTEST(2) OK("A.a") "[ RUN      ] A.b\n", EXITED(3), SUITE_FAIL, "first A.b",
		 "A.a=pass,A.b=fail,"},
		/* Those that lie. */
		{GTEST(1) OK("A.a") RAN(1), EXITED(1), SUITE_BROKEN, "no test failed", NULL},
		{GTEST(2) OK("A.a") RAN(2), 0, SUITE_BROKEN, "2 tests planned, 1 results", NULL},
		{GTEST(2) OK("A.a") RAN(1), 0, SUITE_BROKEN, "2 tests planned, 1 ran", NULL},
		{GTEST(2) OK("A.a") OK("A.b"), 0, SUITE_BROKEN, "before its last line", NULL},
		{GTEST(2) OK("A.a") OK("A.a") RAN(2), 0, SUITE_BROKEN, "twice", NULL},
		{GTEST(1) "[ RUN      ] A.a\n[  FAILED  ] A.a (0 ms)\n" RAN(1), 0, SUITE_BROKEN,
		 "exit status 0, but A.a failed", NULL},
		{GTEST(1) "[       OK ] A.a (0 ms)\n" RAN(1), 0, SUITE_BROKEN, "0 results", NULL},
		{GTEST(1) OK("A.a") RAN(1) "[ RUN      ] A.b\n", 0, SUITE_BROKEN, "after the end",
		 NULL},
		{GTEST(1) "[ RUN      ] \n" RAN(1), EXITED(1), SUITE_BROKEN, "0 results", ""},
		{"hello\n", 0, SUITE_BROKEN, "no plan of googletest", NULL},
	};

	check_rows(&suite_format_gtest, rows, ARRAY_SIZE(rows));
}

static void gtest_outside_of_tests(void **state)
{
	static const struct row rows[] = {
		/* The set-up of a suite, or of all, is no test. */
		{GTEST(1) "[----------] 1 test from A\nx.cc:4: Failure\nFailed\nno suite\n[ RUN    "
			  "  ] "
			  "A.a\nx.cc:5: Skipped\n\n[  SKIPPED ] A.a (0 ms)\n" RAN(
				  1) "[  FAILED  ] A: SetUpTestSuite or TearDownTestSuite\n",
		 EXITED(1), SUITE_FAIL, "outside a test: x.cc:4: Failure Failed no suite",
		 "A.a=skip,"},
		{GTEST(1) OK(
			 "A.a") "[----------] 1 test from A (0 ms total)\nx.cc:4: Failure\nFailed\n"
				"tear\n[----------] Global test environment tear-down\n" RAN(1),
		 EXITED(1), SUITE_FAIL, "outside a test: x.cc:4: Failure Failed tear", "A.a=pass,"},
		{GTEST(2) "x.cc:6: Skipped\nno host\n[----------] Global test environment "
			  "tear-down\n" RAN(2) "[  PASSED  ] 2 tests.\n",
		 0, SUITE_SKIP, "x.cc:6: Skipped no host", ""},
		{GTEST(2) "x.cc:6: Failure\nno host\n[----------] Global test environment "
			  "tear-down\n" RAN(2) "[  PASSED  ] 2 tests.\n",
		 0, SUITE_BROKEN, "0 results", ""},
		/* --gtest_repeat=2 */
		{REPEAT(1) GTEST(1) OK("A.a") RAN(1) REPEAT(2) GTEST(1) OK("A.a") RAN(1), 0,
		 SUITE_PASS, "", "A.a=pass,A.a (2)=pass,"},
		{REPEAT(1) GTEST(1) OK("A.a") RAN(1) REPEAT(2) GTEST(1) RAN(1), 0, SUITE_BROKEN,
		 "2 tests planned, 1 results", NULL},
		{REPEAT(1) GTEST(1) OK("A.a") REPEAT(2) GTEST(1) OK("A.a") RAN(1), 0, SUITE_BROKEN,
		 "a second plan", NULL},
	};

	check_rows(&suite_format_gtest, rows, ARRAY_SIZE(rows));
}

static void gtest_one_test_alone(void **state)
{
	static const struct row rows[] = {
		{GTEST(1) OK("A.a") RAN(1), 0, SUITE_PASS, "", ""},
		{GTEST(1) "[ RUN      ] A.a\nx.cc:3: Failure\nno\n[  FAILED  ] A.a (0 ms)\n" RAN(1),
		 EXITED(1), SUITE_FAIL, "x.cc:3: Failure no", ""},
		{GTEST(1) OK("A.b") RAN(1), 0, SUITE_BROKEN, "A.a was asked for, it ran A.b", ""},
		{GTEST(0) RAN(0), 0, SUITE_BROKEN, "one test was asked for, it ran 0", ""},
		{GTEST(2) OK("A.a") OK("A.b") RAN(2), 0, SUITE_BROKEN, "it ran 2", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&suite_format_gtest, "A.a", &rows[i]);
}

static const char json[] =
	"{\"tests\":3,\"failures\":1,\"disabled\":1,\"testsuites\":[{\"name\":\"A\",\"testsuite\":["
	"{\"name\":\"a\",\"status\":\"RUN\",\"result\":\"COMPLETED\"},"
	"{\"name\":\"b\",\"status\":\"RUN\",\"result\":\"COMPLETED\",\"failures\":[{\"failure\":"
	"\"x.cc:3\\nno\"}]},{\"name\":\"DISABLED_c\",\"status\":\"NOTRUN\",\"result\":"
	"\"SUPPRESSED\"}]}]}";
static const char xml[] =
	"<?xml version=\"1.0\"?>\n<testsuites tests=\"3\" failures=\"1\" disabled=\"1\" "
	"name=\"x\">\n"
	"<!-- <testcase name=\"no\"/> --><testsuite name=\"A\" tests=\"3\">\n"
	"<testcase name=\"a\" status=\"run\" result=\"completed\" classname=\"A\" />\n"
	"<testcase name=\"b\" status=\"run\" result=\"completed\"><failure message=\"1 &lt; 2 > "
	"0&#x0A;"
	"no\" type=\"\"><![CDATA[</testcase>]]></failure></testcase>\n"
	"<testcase name=\"DISABLED_c\" status=\"notrun\" result=\"suppressed\"/></testsuite>\n"
	"</testsuites>\n";

static void gtest_file_row(const char *file, size_t n, const char *text, int status,
			   enum suite_status want, const char *reason, const char *tests)
{
	struct suite_reader *r = suite_reader_new(&suite_format_gtest, NULL);
	const struct suite_end end = {.status = status};
	_cleanup_(suite_answer_release) struct suite_answer a = {0};
	_autofree_ char *list = NULL;

	suite_reader_feed(r, text, strlen(text));
	suite_reader_file(r, file, n);
	suite_reader_end(r, &end, &a);
	suite_reader_free(r);
	list = list_tests(&a);
	if (a.status != want || !strstr(a.reason, reason) || (tests && strcmp(list, tests) != 0))
		fail_msg("%s gives %s \"%s\" [%s]", file, statuses[a.status], a.reason, list);
}

static void gtest_result_files(void **state)
{
	static const char text[] =
		GTEST(2) OK("A.a") "[ RUN      ] A.b\n[  FAILED  ] A.b (1 ms)\n" RAN(2);
	static const char want[] = "A.a=pass,A.b=fail,";
	static const char outside[] = GTEST(1) "x.cc:4: Failure\nno\n" OK("A.a") RAN(1);
	static const char skipped[] = GTEST(2) "x.cc:4: Skipped\nno\n[--\n" RAN(2);
	static const char lie[] = GTEST(2) OK("A.a") OK("A.b") RAN(2);

	gtest_file_row(json, strlen(json), text, EXITED(1), SUITE_FAIL, "first A.b", want);
	gtest_file_row(xml, strlen(xml), text, EXITED(1), SUITE_FAIL, "first A.b", want);
	gtest_file_row(xml, strlen(xml), lie, 0, SUITE_BROKEN, "differ", NULL);
	gtest_file_row(json, strlen(json), lie, EXITED(1), SUITE_BROKEN, "differ", NULL);
	/* It writes no good JSON of a failure outside of tests, and has tests as done that a set-up
	 * skipped. */
	gtest_file_row("{\"testsuites\": [{} {}]}", 22, outside, EXITED(1), SUITE_FAIL,
		       "outside a test: x.cc:4: Failure no", "A.a=pass,");
	gtest_file_row(json, strlen(json), skipped, 0, SUITE_SKIP, "x.cc:4: Skipped no", "");
	for (size_t n = 0; n < strlen(json); n += 7)
		gtest_file_row(json, n, text, EXITED(1), SUITE_BROKEN, "result file", NULL);
	for (size_t n = 0; n < strlen(xml) - 2; n += 7)
		gtest_file_row(xml, n, text, EXITED(1), SUITE_BROKEN, "result file", NULL);
}

static void collect(void *arg, const char *name)
{
	char **list = arg;
	char *more = xasprintf("%s%s,", *list, name);

	free(*list);
	*list = more;
}

static void gtest_lists(void **state)
{
	static const char text[] = "Running main() from gtest_main.cc\nA.\n  a\n  DISABLED_b\n"
				   "P/B.  # TypeParam = int\n  c/0  # GetParam() = 3\n  c/1\n"
				   "DISABLED_C.\n  d\n";
	_autofree_ char *list = xstrdup("");
	const char *why = NULL;

	assert_true(suite_gtest_list(text, strlen(text), collect, &list, &why));
	assert_string_equal(list, "A.a,P/B.c/0,P/B.c/1,");
	assert_false(suite_gtest_list("nothing\n", 8, collect, &list, &why));
	assert_non_null(why);
}

static void auto_finds_out(void **state)
{
	static const struct row rows[] = {
		{"x.c:2: TFAIL: a\n", EXITED(1), SUITE_FAIL, "TFAIL: a"},
		{"1..1\nok 1 a\n", 0, SUITE_PASS, "", "a=pass,"},
		{"1..0 # SKIP x\n", EXITED(4), SUITE_SKIP, "x", ""},
		{GTEST(1) OK("A.a") RAN(1), 0, SUITE_PASS, "", "A.a=pass,"},
		{"all fine\n", 0, SUITE_PASS, ""},
		{"FAIL\n", EXITED(4), SUITE_FAIL, "exit status 4"},
	};

	check_rows(&suite_format_auto, rows, ARRAY_SIZE(rows));
}

static void bad_ends(void **state)
{
	const struct suite_end limit = {.limit = true, .status = 9},
			       none = {.stopped = true, .status = 2};

	for (size_t i = 0; suite_formats[i]; i++) {
		for (int k = 0; k < 2; k++) {
			struct suite_reader *r = suite_reader_new(suite_formats[i], NULL);
			_cleanup_(suite_answer_release) struct suite_answer a = {0};

			suite_reader_feed(r, "1..2\nok 1 a\n", 12);
			suite_reader_end(r, k ? &none : &limit, &a);
			suite_reader_free(r);
			assert_int_equal(a.status, k ? SUITE_BROKEN : SUITE_TIMEOUT);
			assert_non_null(strstr(a.reason, k ? "No such file" : "limit"));
		}
	}
}

/* Output in floods, lines without end, zero bytes: bounded, and never a pass. */
static void floods(void **state)
{
	struct suite_reader *r = suite_reader_new(&suite_format_auto, NULL);
	_cleanup_(suite_answer_release) struct suite_answer a = {0};
	const struct suite_end end = {.cut = true};
	_autofree_ char *block = xmalloc(1u << 20);
	size_t n;

	memset(block, 'x', 1u << 20);
	block[77] = '\0';
	suite_reader_feed(r, "1..2\n", 5);
	for (int i = 0; i < 64; i++)
		suite_reader_feed(r, block, 1u << 20);
	suite_reader_feed(r, "\nok 1 a\nok 2 b\n", 15);
	assert_non_null(suite_reader_tail(r, &n));
	assert_int_equal(n, SUITE_TAIL);
	suite_reader_end(r, &end, &a);
	suite_reader_free(r);
	assert_int_equal(a.status, SUITE_BROKEN);
}

static void names_that_are_too_long(void **state)
{
	char name[600];
	_autofree_ char *one = NULL, *two = NULL;

	memset(name, 'n', sizeof(name));
	name[599] = '\0';
	one = suite_short_name(name);
	name[598] = 'm';
	two = suite_short_name(name);
	assert_int_equal(strlen(one), SUITE_MAX_NAME);
	assert_string_not_equal(one, two);
}

static void formats_by_name(void **state)
{
	for (size_t i = 0; suite_formats[i]; i++)
		assert_ptr_equal(suite_format_find(suite_formats[i]->name), suite_formats[i]);
	assert_null(suite_format_find("junit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ltp_words_and_bits),
		cmocka_unit_test(ltp_that_lies),
		cmocka_unit_test(ktap_of_every_age),
		cmocka_unit_test(ktap_inside_ktap),
		cmocka_unit_test(ktap_that_lies),
		cmocka_unit_test(kselftest_status_four_is_skip),
		cmocka_unit_test(kselftest_programs_as_they_are),
		cmocka_unit_test(gtest_text),
		cmocka_unit_test(gtest_outside_of_tests),
		cmocka_unit_test(gtest_one_test_alone),
		cmocka_unit_test(gtest_result_files),
		cmocka_unit_test(gtest_lists),
		cmocka_unit_test(auto_finds_out),
		cmocka_unit_test(bad_ends),
		cmocka_unit_test(floods),
		cmocka_unit_test(names_that_are_too_long),
		cmocka_unit_test(formats_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
