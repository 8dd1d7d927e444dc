/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "wire/ktap.h"

/* What the parser said, one word group an event, so that a test is one string. */
static void say_plan(void *arg, unsigned int n)
{
	strbuf_addf(arg, "plan %u;", n);
}

static const struct ktap *reader; /* the one that was made last */

static void say_begin(void *arg, const char *name, uint64_t limit_ms)
{
	uint64_t at = ktap_open_at(reader);

	strbuf_addf(arg, "begin %s %llu", name, (unsigned long long)limit_ms);
	if (at)
		strbuf_addf(arg, " at %llu", (unsigned long long)at);
	strbuf_addstr(arg, ";");
}

static void say_diagnostic(void *arg, const char *name, const char *text)
{
	strbuf_addf(arg, "diag %s [%s];", name, text);
}

static void say_result(void *arg, const struct ktap_result *r)
{
	static const char *const words[] = {"ok", "skip", "not", "timeout", "broken"};

	strbuf_addf(arg, "%s %u %s", words[r->status], r->number, r->name);
	if (r->has_time)
		strbuf_addf(arg, " %lluus", (unsigned long long)r->time_us);
	strbuf_addf(arg, " [%s];", r->reason);
}

static void say_other(void *arg, const char *line)
{
	strbuf_addf(arg, "other [%s];", line);
}

static void say_error(void *arg, enum ktap_error error, const char *text)
{
	static const char *const words[] = {
		"long",	      "version",   "plan",   "noplan", "syntax",  "notbegun",
		"unfinished", "duplicate", "number", "after",  "missing",
	};

	strbuf_addf(arg, "E:%s;", words[error]);
}

static const struct ktap_listener listener = {
	.on_plan = say_plan,
	.on_begin = say_begin,
	.on_diagnostic = say_diagnostic,
	.on_result = say_result,
	.on_other = say_other,
	.on_error = say_error,
};

static struct ktap *parser(struct strbuf *said)
{
	struct ktap_listener l = listener;
	struct ktap *k;

	l.arg = said;
	k = ktap_new(&l);
	reader = k;
	return k;
}

static void expect(const char *stream, const char *events, bool complete)
{
	/* Cut at every step size: what is said may not depend on how the bytes arrive. */
	for (size_t step = 1; step <= 64; step = step < 8 ? step + 1 : step * 2) {
		struct strbuf said = STRBUF_INIT(1 << 20);
		struct ktap *k = parser(&said);
		size_t n = strlen(stream);

		for (size_t at = 0; at < n; at += step)
			ktap_feed(k, stream + at, n - at < step ? n - at : step);
		assert_int_equal(ktap_finish(k), complete);
		assert_string_equal(strbuf_str(&said), events);
		ktap_free(k);
		strbuf_release(&said);
	}
}

#define HEAD(n) "KTAP version 1\n1.." #n "\n"

static void good_stream(void **state)
{
	expect("booting\n" HEAD(5) "# begin a limit=1000\n"
				   "# a: hello: you\n"
				   "whatever the program prints\n"
				   "ok 1 a # time=120\n"
				   "# begin b.c limit=20 at=7000001\r\n"
				   "not ok 2 b.c # time=7 expected 0, seen ENOSYS # really\r\n"
				   "# begin d limit=20\n"
				   "ok 3 d # SKIP no such device\n"
				   "# begin e limit=20\n"
				   "not ok 4 e # TIMEOUT after 20\n"
				   "# begin f limit=20\n"
				   "not ok 5 f # BROKEN cannot fork\n"
				   "bye\n",
	       "other [booting];plan 5;begin a 1000;diag a [hello: you];"
	       "other [whatever the program prints];ok 1 a 120us [];begin b.c 20 at 7000001;"
	       "not 2 b.c 7us [expected 0, seen ENOSYS # really];begin d 20;"
	       "skip 3 d [no such device];begin e 20;timeout 4 e [after 20];begin f 20;"
	       "broken 5 f [cannot fork];other [bye];",
	       true);
}

static void lies(void **state)
{
	expect(HEAD(1) "# begin a limit=1 at=\n", "plan 1;E:syntax;E:missing;", false);
	expect(HEAD(1) "# begin a limit=1 at=5 x\n", "plan 1;E:syntax;E:missing;", false);
	expect("ok 1 a # time=1\n", "E:noplan;E:noplan;", false);
	expect("# begin a limit=1\n", "E:noplan;E:noplan;", false);
	expect("1..1\n", "E:version;E:noplan;", false);
	expect("KTAP version 2\n", "E:version;E:noplan;", false);
	expect("KTAP version 1\nKTAP version 1\n", "E:version;E:noplan;", false);
	expect("KTAP version 1\n1..0\n", "E:plan;E:noplan;", false);
	expect("KTAP version 1\n1..999999999\n", "E:plan;E:noplan;", false);
	expect("KTAP version 1\n1..x\n", "E:syntax;E:noplan;", false);
	/* A second plan changes nothing. */
	expect(HEAD(1) "1..9\n# begin a limit=1\nok 1 a # time=1\n",
	       "plan 1;E:plan;begin a 1;ok 1 a 1us [];", true);
	expect(HEAD(1) "ok 1 a # time=1\n", "plan 1;E:notbegun;E:missing;", false);
	expect(HEAD(1) "# begin a limit=1\nok 1 b # time=1\n",
	       "plan 1;begin a 1;E:notbegun;E:unfinished;E:missing;", false);
	/* The same result twice, and a name under a second number. */
	expect(HEAD(2) "# begin a limit=1\nok 1 a # time=1\nok 1 a # time=1\n",
	       "plan 2;begin a 1;ok 1 a 1us [];E:duplicate;E:missing;", false);
	expect(HEAD(2) "# begin a limit=1\nnot ok 1 a # time=1 bad\n# begin a limit=1\n"
		       "ok 2 a # time=1\n",
	       "plan 2;begin a 1;not 1 a 1us [bad];E:duplicate;E:notbegun;E:missing;", false);
	/* A number skipped is told; the result itself has begun and ended, so it counts. */
	expect(HEAD(3) "# begin a limit=1\nok 2 a # time=1\n",
	       "plan 3;begin a 1;E:number;ok 2 a 1us [];E:missing;", false);
	expect(HEAD(1) "# begin a limit=1\nok 7 a # time=1\n",
	       "plan 1;begin a 1;E:number;E:unfinished;E:missing;", false);
	expect(HEAD(2) "# begin a limit=1\n# begin b limit=1\nok 1 b # time=1\n",
	       "plan 2;begin a 1;E:unfinished;begin b 1;ok 1 b 1us [];E:missing;", false);
	expect(HEAD(1) "# begin a limit=1\nok 1 a # time=1\n# begin b limit=1\nok 2 b # time=1\n",
	       "plan 1;begin a 1;ok 1 a 1us [];E:after;E:after;", true);
}

static void words_that_contradict(void **state)
{
	static const char *const bad[] = {
		"ok 1 a # TIMEOUT after 5\n",
		"ok 1 a # BROKEN x\n",
		"not ok 1 a # SKIP x\n",
		"not ok 1 a # TIMEOUT soon\n",
		"ok 1 a\n",
		"ok 1 a #\n",
		"ok 1 a # time=\n",
		"ok 1 a # time=5x\n",
		"ok 1 a # time=1234567890123456789\n",
		"ok 0 a # time=1\n",
		"ok 99999999999 a # time=1\n",
		"ok 1  # time=1\n",
		"ok 1 a b # time=1\n",
		"ok 1 a\x1b[31m # time=1\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char stream[256];

		snprintf(stream, sizeof(stream), HEAD(1) "# begin a limit=1\n%s", bad[i]);
		expect(stream, "plan 1;begin a 1;E:syntax;E:unfinished;E:missing;", false);
	}
	/* Words that only look like records belong to the program. */
	expect("ok then\nnot ok at all\n", "other [ok then];other [not ok at all];E:noplan;",
	       false);
}

static void cut_streams(void **state)
{
	expect("", "E:noplan;", false);
	expect(HEAD(1) "# begin a limit=1\nok 1 a # tim",
	       "plan 1;begin a 1;E:syntax;E:unfinished;E:missing;", false);
}

static void hostile_bytes(void **state)
{
	struct strbuf said = STRBUF_INIT(1 << 20);
	struct ktap *k = parser(&said);
	static const char zero[] = "KTAP version 1\0\n";

	ktap_feed(k, zero, sizeof(zero) - 1);
	for (int i = 0; i < 1 << 20; i++)
		ktap_feed(k, "x", 1);
	ktap_feed(k, "\nok\n", 4);
	assert_string_equal(strbuf_str(&said), "E:syntax;E:long;other [ok];");
	ktap_free(k);
	strbuf_release(&said);
}

static void errors_have_a_ceiling(void **state)
{
	struct strbuf said = STRBUF_INIT(1 << 20);
	struct ktap *k = parser(&said);

	for (int i = 0; i < 10000; i++)
		ktap_feed(k, "1..x\n", 5);
	assert_int_equal(ktap_errors(k), 10000);
	assert_int_equal(said.len, KTAP_MAX_ERRORS * strlen("E:syntax;"));
	ktap_free(k);
	strbuf_release(&said);
}

static void state_is_told(void **state)
{
	struct strbuf said = STRBUF_INIT(4096);
	struct ktap *k = parser(&said);
	static const char head[] = HEAD(2) "# begin a limit=1\n", tail[] = "ok 1 a # time=1\n";

	assert_null(ktap_open_name(k));
	ktap_feed(k, head, strlen(head));
	assert_string_equal(ktap_open_name(k), "a");
	assert_int_equal(ktap_planned(k), 2);
	ktap_feed(k, tail, strlen(tail));
	assert_null(ktap_open_name(k));
	assert_int_equal(ktap_done(k), 1);
	ktap_free(k);
	strbuf_release(&said);
}

static int add(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

static void writer(void **state)
{
	struct strbuf out = STRBUF_INIT(4096);
	struct sink sink = {add, &out};

	assert_int_equal(ktap_write_version(&sink, 0), 0);
	assert_int_equal(ktap_write_plan(&sink, 1, 2), 0);
	assert_int_equal(ktap_write_comment(&sink, 1, "two\nlines\x1b[31m"), 0);
	assert_int_equal(ktap_write_result(&sink, 1,
					   &(struct ktap_line){.ok = true,
							       .number = 1,
							       .name = "a # SKIP b",
							       .directive = "SKIP",
							       .reason = "not\nhere"}),
			 0);
	assert_int_equal(ktap_write_result(&sink, 1, &(struct ktap_line){.number = 2, .name = "c"}),
			 0);
	assert_string_equal(strbuf_str(&out), "KTAP version 1\n    1..2\n    # two lines\n"
					      "    ok 1 a___SKIP_b # SKIP not here\n"
					      "    not ok 2 c\n");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_stream),		 cmocka_unit_test(lies),
		cmocka_unit_test(words_that_contradict), cmocka_unit_test(cut_streams),
		cmocka_unit_test(hostile_bytes),	 cmocka_unit_test(errors_have_a_ceiling),
		cmocka_unit_test(state_is_told),	 cmocka_unit_test(writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
