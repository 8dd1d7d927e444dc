/* SPDX-License-Identifier: MIT */
/*
 * googletest's own text:
 *
 *   [==========] Running 2 tests from 1 test suite.
 *   [ RUN      ] Suite.Test
 *   file.cc:12: Failure
 *   [  FAILED  ] Suite.Test (3 ms)
 *   [==========] 2 tests from 1 test suite ran. (3 ms total)
 *
 * and its list of tests. A test's own output may stand before a mark on the same line.
 */
#include "wire/suite_gtest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

struct gtest {
	const char *only;
	bool has_plan, ended, has_file;
	unsigned long planned, ran;
	unsigned long rounds; /* of --gtest_repeat; 0: it does not repeat */
	char *open;	      /* the test in flight */
	struct strbuf failure;
	struct strbuf outside; /* the first failure or skip of a set-up that is no test's */
	bool outside_ended;
	struct suite_answer tests;
	struct suite_gtest_file file;
	struct suite_answer file_tests;
	char problem[SUITE_MAX_REASON];
};

static void *gtest_new(const char *only)
{
	struct gtest *g = xcalloc(1, sizeof(*g));

	g->only = only;
	strbuf_init(&g->failure, SUITE_MAX_REASON - 1);
	strbuf_init(&g->outside, SUITE_MAX_REASON - 40);
	return g;
}

static void gtest_free(void *state)
{
	struct gtest *g = state;

	free(g->open);
	strbuf_release(&g->failure);
	strbuf_release(&g->outside);
	suite_answer_release(&g->tests);
	suite_answer_release(&g->file_tests);
	free(g);
}

static void complain(struct gtest *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void complain(struct gtest *g, const char *fmt, ...)
{
	va_list ap;

	if (g->problem[0])
		return;
	va_start(ap, fmt);
	vsnprintf(g->problem, sizeof(g->problem), fmt, ap);
	va_end(ap);
}

static void take_frame(struct gtest *g, const char *s)
{
	const char *running = strncmp(s, "Running ", 8) == 0 ? s + 8 : NULL;
	char *end;
	unsigned long n = strtoul(running ? running : s, &end, 10);

	if (end == (running ? running : s) || strncmp(end, " test", 5) != 0)
		return;
	if (running && g->has_plan && !(g->rounds && g->ended)) {
		complain(g, "a second plan");
	} else if (running) {
		g->has_plan = true;
		g->ended = false;
		g->planned += n;
	} else if (strstr(end, " ran.")) {
		g->ended = true;
		g->ran += n;
	}
}

static void take_run(struct gtest *g, const char *name)
{
	if (g->ended)
		complain(g, "%s begins after the end", name);
	else if (g->open)
		complain(g, "%s begins while %s has no result", name, g->open);
	else if (!g->has_plan)
		complain(g, "%s begins before the plan", name);
	free(g->open);
	g->open = xstrdup(name);
	strbuf_reset(&g->failure);
}

/* A result is of the test in flight alone, whatever else the line says. */
static bool take_result(struct gtest *g, const char *s, enum suite_status status)
{
	size_t n = g->open ? strlen(g->open) : 0;

	if (!n || strncmp(s, g->open, n) != 0 || (s[n] && s[n] != ' ' && s[n] != ','))
		return false;
	if (status == SUITE_FAIL && s[n] == ',' && !g->failure.len)
		strbuf_addstr(&g->failure, s + n + 2);
	if (!suite_answer_add(&g->tests, g->open, status,
			      status == SUITE_PASS ? NULL : strbuf_str(&g->failure)))
		complain(g, "more than %d tests", SUITE_MAX_TESTS);
	free(g->open);
	g->open = NULL;
	return true;
}

/*
 * The place of the first failure and the words that follow it, in one line. Outside of tests, in
 * the set-up of a suite or of all, they end at the next mark.
 */
static void take_failure(struct gtest *g, const char *line)
{
	struct strbuf *text = g->open ? &g->failure : &g->outside;

	if (!g->open && *line == '[')
		g->outside_ended = text->len > 0;
	if (!g->open && g->outside_ended)
		return;
	line += strspn(line, " \t");
	if (!text->len && !strstr(line, ": Failure") && !strstr(line, ": Skipped"))
		return;
	if (!*line || (text->len && strstr(line, ": Failure")))
		return;
	if (text->len)
		strbuf_addch(text, ' ');
	strbuf_add(text, line, strlen(line));
}

static void gtest_line(void *state, const char *line)
{
	static const struct {
		const char *mark;
		enum suite_status status;
	} results[] = {{"[       OK ] ", SUITE_PASS},
		       {"[  FAILED  ] ", SUITE_FAIL},
		       {"[  SKIPPED ] ", SUITE_SKIP}};
	static const char frame[] = "[==========] ", run[] = "[ RUN      ] ";
	struct gtest *g = state;
	const char *p;

	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		p = strstr(line, results[i].mark);
		if (p && take_result(g, p + strlen(results[i].mark), results[i].status))
			return;
	}
	p = strstr(line, frame);
	if (p == line)
		take_frame(g, p + strlen(frame));
	else if (strncmp(line, "Repeating all tests (iteration ", 31) == 0 && !g->open)
		g->rounds++;
	else if ((p = strstr(line, run)) && p[strlen(run)] && (p == line || !g->open))
		take_run(g, p + strlen(run));
	else
		take_failure(g, line);
}

static void add_from_file(void *arg, const char *name, enum suite_status status, const char *reason)
{
	struct gtest *g = arg;

	if (!suite_answer_add(&g->file_tests, name, status, reason))
		complain(g, "more than %d tests", SUITE_MAX_TESTS);
}

static void gtest_file(void *state, const char *data, size_t n)
{
	struct gtest *g = state;

	g->has_file = true;
	suite_gtest_file_read(data, n, add_from_file, g, &g->file);
}

static bool gtest_recognised(const void *state)
{
	return ((const struct gtest *)state)->has_plan;
}

static size_t count(const struct suite_answer *a, enum suite_status status)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += a->tests[i].status == status;
	return n;
}

static bool failed_outside(const struct gtest *g)
{
	return g->outside.len && strstr(g->outside.buf, ": Failure");
}

/* The set-up of all tests skipped them, and says nothing of each. */
static bool skipped_outside(const struct gtest *g)
{
	return g->outside.len && !failed_outside(g) && !g->tests.n;
}

/*
 * The file says more than the text, and both must say the same. It tells of the last round alone,
 * and has tests that were skipped as a whole as done.
 */
static void take_file(struct gtest *g)
{
	struct suite_answer swap = g->tests;

	if (!g->has_file || g->rounds || skipped_outside(g))
		return;
	if (!g->file.whole)
		complain(g, "its result file %s", g->file.problem);
	else if (g->file_tests.n + g->file.disabled != g->file.planned)
		complain(g, "its result file has %zu tests and counts %u", g->file_tests.n,
			 g->file.planned - g->file.disabled);
	else if (count(&g->file_tests, SUITE_FAIL) != g->file.failed)
		complain(g, "its result file has %zu failures and counts %u",
			 count(&g->file_tests, SUITE_FAIL), g->file.failed);
	else if (g->has_plan &&
		 (g->tests.n != g->file_tests.n || count(&g->tests, SUITE_FAIL) != g->file.failed))
		complain(g, "its text and its result file differ");
	if (!g->file.whole)
		return;
	g->tests = g->file_tests;
	g->file_tests = swap;
}

/* The test in flight when the program ended has that for its result. */
static void close_open(struct gtest *g, const struct suite_end *end)
{
	struct suite_answer how = {0};

	if (!g->open || end->cut)
		return;
	if (!suite_ended_badly(&how, end))
		suite_answer_say(&how, SUITE_FAIL, "the program ended in it, exit status %d",
				 WEXITSTATUS(end->status));
	suite_answer_add(&g->tests, g->open, how.status, how.reason);
}

static void check_counts(struct gtest *g)
{
	unsigned long one = g->rounds ? g->rounds : 1;

	if (!g->ended)
		complain(g, "its text ends before its last line");
	else if (g->ran != g->planned)
		complain(g, "%lu tests planned, %lu ran", g->planned, g->ran);
	else if (g->tests.n != g->planned && !skipped_outside(g))
		complain(g, "%lu tests planned, %zu results", g->planned, g->tests.n);
	if (g->only && g->planned != one)
		complain(g, "one test was asked for, it ran %lu", g->planned);
	else if (g->only && g->tests.n && strcmp(g->tests.tests[0].name, g->only) != 0)
		complain(g, "%s was asked for, it ran %s", g->only, g->tests.tests[0].name);
}

static void judge(struct gtest *g, int code, struct suite_answer *ret)
{
	size_t failed = count(&g->tests, SUITE_FAIL), skipped = count(&g->tests, SUITE_SKIP);
	const struct suite_test *first = g->tests.tests;

	while (failed && first->status != SUITE_FAIL)
		first++;
	if (failed && code == 0)
		suite_answer_say(ret, SUITE_BROKEN,
				 "contradicts itself: exit status 0, but %s failed", first->name);
	else if (failed && g->only)
		suite_answer_say(ret, SUITE_FAIL, "%s", first->reason ? first->reason : "failed");
	else if (failed)
		suite_answer_say(ret, SUITE_FAIL, "%zu of %zu failed, first %s", failed, g->tests.n,
				 first->name);
	else if (code != 0 && failed_outside(g))
		suite_answer_say(ret, SUITE_FAIL, "outside a test: %s", strbuf_str(&g->outside));
	else if (code != 0)
		suite_answer_say(ret, SUITE_BROKEN,
				 "contradicts itself: exit status %d, but no test failed", code);
	else if (g->tests.n && skipped < g->tests.n)
		suite_answer_say(ret, SUITE_PASS, "%s", "");
	else
		suite_answer_say(ret, SUITE_SKIP, "%s",
				 skipped_outside(g) ? strbuf_str(&g->outside)
				 : !g->tests.n	    ? "no test in it"
				 : first->reason    ? first->reason
						    : "");
}

static void gtest_end(void *state, const struct suite_end *end, struct suite_answer *ret)
{
	struct gtest *g = state;
	bool badly = suite_ended_badly(ret, end);

	close_open(g, end);
	take_file(g);
	if (!badly && !end->cut && g->has_plan && !(g->open && WEXITSTATUS(end->status)))
		check_counts(g);
	if (suite_answer_unique(&g->tests) && !g->rounds)
		complain(g, "a test ran twice");
	if (badly)
		;
	else if (!g->has_plan)
		suite_answer_say(ret, SUITE_BROKEN, "exit status %d and no plan of googletest",
				 WEXITSTATUS(end->status));
	else if (g->problem[0] && !(failed_outside(g) && WEXITSTATUS(end->status)))
		suite_answer_say(ret, SUITE_BROKEN, "contradicts itself: %s", g->problem);
	else if (end->cut && !g->has_file)
		suite_answer_say(ret, SUITE_BROKEN, "it printed too much: results may be missing");
	else
		judge(g, WEXITSTATUS(end->status), ret);
	if (g->only)
		return;
	ret->tests = g->tests.tests;
	ret->n = g->tests.n;
	g->tests = (struct suite_answer){0};
}

const struct suite_format_ops suite_format_gtest = {
	.name = "gtest",
	.brief = "googletest: text, or its JSON or XML file",
	.state_new = gtest_new,
	.line = gtest_line,
	.file = gtest_file,
	.recognised = gtest_recognised,
	.end = gtest_end,
	.state_free = gtest_free,
};

/* ---- the list of tests ---- */

/* The name at s without "  # GetParam() = …" and without blanks. */
static size_t name_length(const char *s, size_t n)
{
	size_t len = 0;

	while (len < n && (unsigned char)s[len] > ' ')
		len++;
	return len;
}

static bool is_disabled(const char *suite, const char *test)
{
	return strncmp(suite, "DISABLED_", 9) == 0 || strstr(suite, "/DISABLED_") ||
	       strncmp(test, "DISABLED_", 9) == 0;
}

bool suite_gtest_list(const char *text, size_t n, void (*fn)(void *arg, const char *name),
		      void *arg, const char **why)
{
	_autofree_ char *suite = NULL;
	size_t found = 0;

	while (n) {
		const char *eol = memchr(text, '\n', n);
		size_t len = eol ? (size_t)(eol - text) : n;
		size_t indent = len >= 2 && text[0] == ' ' && text[1] == ' ' ? 2 : 0;
		size_t name = name_length(text + indent, len - indent);

		if (indent && suite && name) {
			_autofree_ char *test = xstrndup(text + 2, name);
			_autofree_ char *full = xasprintf("%s%s", suite, test);

			if (!is_disabled(suite, test))
				fn(arg, full);
			if (++found > SUITE_MAX_TESTS) {
				*why = "it lists too many tests";
				return false;
			}
		} else if (!indent && name > 1 && text[name - 1] == '.') {
			free(suite);
			suite = xstrndup(text, name);
		}
		text += len + (eol != NULL);
		n -= len + (eol != NULL);
	}
	*why = found ? NULL : "it lists no test";
	return found != 0;
}
