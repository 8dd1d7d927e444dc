/* SPDX-License-Identifier: MIT */
/*
 * KTAP and TAP 12 to 14, with tests inside tests to any depth, as programs of other projects print
 * them (wire/ktap is the stricter stream of our own probes).
 *
 *   KTAP version 1
 *   1..2
 *     KTAP version 1            a deeper level by its indentation
 *     1..1
 *     ok 1 inner
 *   ok 1 outer                  ends the level above it and names it
 *   not ok 2 - other # SKIP why
 *
 * A plan that does not hold, a number given twice or out of order, a result after the plan was
 * done, or a parent that says otherwise than its children is a contradiction of the whole program.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "wire/suite.h"

#define LEVELS_MAX 16

struct level {
	unsigned int indent;
	unsigned long planned, last; /* last: the number given last */
	unsigned long done;
	bool has_plan, plan_at_end, skip_all;
	size_t first;	  /* its tests in the answer, the first of them */
	unsigned int bad; /* of its own tests */
};

/* "# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0", kselftest's own count. */
enum count { PASS, FAIL, XFAIL, XPASS, SKIP, ERROR, COUNTS };
static const char *const counts[COUNTS] = {"pass:", "fail:", "xfail:", "xpass:", "skip:", "error:"};

struct ktap_text {
	struct level level[LEVELS_MAX];
	unsigned int depth; /* levels open; 0: nothing was seen */
	struct suite_answer tests;
	char problem[SUITE_MAX_REASON]; /* the first contradiction */
	char bail[SUITE_MAX_REASON];
	char first_bad[SUITE_MAX_REASON];
	char skip_why[SUITE_MAX_REASON];
	char running[SUITE_MAX_NAME]; /* named by "#  RUN   name ...", without a result yet */
	/* Of level 0, those of documents that ended before this one among them. */
	unsigned int ok, skipped;
	unsigned long counted[COUNTS]; /* by "# Totals:" */
	bool has_totals, in_yaml, versioned, kselftest;
	bool skipped_last;
	unsigned int bad; /* at any level */
};

static void *ktap_text_new(const char *only)
{
	return xcalloc(1, sizeof(struct ktap_text));
}

static void *kselftest_new(const char *only)
{
	struct ktap_text *k = xcalloc(1, sizeof(*k));

	k->kselftest = true;
	return k;
}

static void ktap_text_free(void *state)
{
	struct ktap_text *k = state;

	suite_answer_release(&k->tests);
	free(k);
}

static void complain(struct ktap_text *k, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(struct ktap_text *k, const char *fmt, ...)
{
	va_list ap;

	if (k->problem[0])
		return;
	va_start(ap, fmt);
	vsnprintf(k->problem, sizeof(k->problem), fmt, ap);
	va_end(ap);
}

static struct level *top(struct ktap_text *k)
{
	return &k->level[k->depth - 1];
}

/* What the plan promised, when a level ends. */
static void check_level(struct ktap_text *k, const struct level *l)
{
	if (!l->has_plan)
		complain(k, "no plan, %lu results", l->done);
	else if (l->done < l->planned)
		complain(k, "%lu of %lu planned results are missing", l->planned - l->done,
			 l->planned);
	else if (l->done > l->planned)
		complain(k, "%lu results, %lu were planned", l->done, l->planned);
}

/* The open level that a line of this indentation belongs to. */
static struct level *enter(struct ktap_text *k, unsigned int indent)
{
	while (k->depth > 1 && indent < top(k)->indent) {
		check_level(k, top(k));
		/* Its tests have no parent that would name them. */
		if (indent <= k->level[k->depth - 2].indent)
			complain(k, "tests inside a test that has no result");
		k->depth--;
	}
	if (k->depth && indent <= top(k)->indent)
		return top(k);
	if (k->depth == LEVELS_MAX) {
		complain(k, "tests inside tests deeper than %d", LEVELS_MAX);
		return top(k);
	}
	k->level[k->depth++] = (struct level){.indent = indent, .first = k->tests.n};
	return top(k);
}

static bool take_number(const char **s, unsigned long *ret)
{
	char *end;

	if (!isdigit((unsigned char)**s))
		return false;
	*ret = strtoul(*s, &end, 10);
	*s = end;
	return true;
}

static void take_plan(struct ktap_text *k, unsigned int indent, const char *s)
{
	struct level *l;
	unsigned long n;
	bool skip_all;

	if (!take_number(&s, &n))
		return;
	s += strspn(s, " \t");
	if (*s && *s != '#')
		return;
	skip_all = *s == '#' && strcasestr(s, "skip");
	l = enter(k, indent);
	if (l->has_plan) {
		complain(k, "a second plan");
		return;
	}
	if (n > SUITE_MAX_TESTS)
		complain(k, "a plan of %lu tests", n);
	if (n == 0 && !k->skip_why[0])
		snprintf(k->skip_why, sizeof(k->skip_why), "%s",
			 *s ? s + 1 + strspn(s + 1, " ") : "");
	l->has_plan = true;
	l->plan_at_end = l->done > 0;
	l->skip_all = skip_all || n == 0;
	l->planned = n;
}

/* What stands behind "#": a directive changes the status, anything else is talk. */
static enum suite_status directive(const char *s, bool ok, const char **ret_reason)
{
	static const struct {
		const char *word;
		enum suite_status if_ok, if_not;
	} table[] = {
		{"SKIP", SUITE_SKIP, SUITE_SKIP},
		{"TO"
		 "DO",
		 SUITE_XPASS, SUITE_XFAIL},
		{"XFAIL", SUITE_XFAIL, SUITE_XFAIL},
		{"XPASS", SUITE_XPASS, SUITE_XPASS},
		{"TIMEOUT", SUITE_BROKEN, SUITE_TIMEOUT},
		{"ERROR", SUITE_BROKEN, SUITE_FAIL},
	};

	s += strspn(s, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		size_t n = strlen(table[i].word);

		if (strncasecmp(s, table[i].word, n) != 0)
			continue;
		/* "SKIPPED", "skip:" and the like are the same word. */
		s += n + strcspn(s + n, " \t");
		*ret_reason = s + strspn(s, " \t:");
		return ok ? table[i].if_ok : table[i].if_not;
	}
	*ret_reason = s;
	return ok ? SUITE_PASS : SUITE_FAIL;
}

/* Cuts "name # directive" in place; an escaped "\#" stays in the name. */
static char *cut_directive(char *name)
{
	for (char *p = name; (p = strchr(p, '#')); p++) {
		if (p > name && p[-1] == '\\')
			continue;
		if (p > name && p[-1] != ' ' && p[-1] != '\t')
			continue;
		*p = '\0';
		return p + 1;
	}
	return NULL;
}

static void trim(char *s)
{
	size_t n = strlen(s);

	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		s[--n] = '\0';
}

/* Give the tests of a level that has ended their parent's name. */
static void name_children(struct ktap_text *k, size_t first, const char *parent)
{
	for (size_t i = first; i < k->tests.n; i++) {
		struct suite_test *t = &k->tests.tests[i];
		char *name = xasprintf("%s/%s", parent, t->name);

		free(t->name);
		t->name = suite_short_name(name);
		free(name);
	}
}

static void check_number(struct ktap_text *k, struct level *l, unsigned long number)
{
	if (l->plan_at_end)
		complain(k, "a result after the plan that ended the tests");
	else if (l->has_plan && l->done >= l->planned)
		complain(k, "a result after all %lu that were planned", l->planned);
	else if (number <= l->last && l->done)
		complain(k, "number %lu a second time or out of order", number);
	else if (number != l->last + 1)
		complain(k, "number %lu follows number %lu", number, l->last);
	l->last = number;
	l->done++;
}

/* Children that ended just before this line belong to it. */
static void adopt(struct ktap_text *k, struct level *l, const char *name, bool ok,
		  enum suite_status status)
{
	struct level *child;

	if (k->depth < 2 || l != &k->level[k->depth - 2])
		return;
	child = top(k);
	check_level(k, child);
	if (ok && child->bad && status != SUITE_SKIP && status != SUITE_XPASS)
		complain(k, "%s says ok, but %u of its tests failed", name, child->bad);
	name_children(k, child->first, name);
	k->depth--;
}

/* The level that the result belongs to, its children still open on top of it. */
static struct level *level_of_result(struct ktap_text *k, unsigned int indent)
{
	if (k->depth >= 2 && indent < top(k)->indent && indent >= k->level[k->depth - 2].indent)
		return &k->level[k->depth - 2];
	if (k->depth >= 2 && indent < top(k)->indent) {
		/* More than one level ends at once: only the innermost may be adopted. */
		while (k->depth >= 2 && indent < k->level[k->depth - 2].indent) {
			check_level(k, top(k));
			complain(k, "tests inside a test that has no result");
			k->depth--;
		}
		return k->depth >= 2 ? &k->level[k->depth - 2] : top(k);
	}
	return enter(k, indent);
}

static void count(struct ktap_text *k, struct level *l, const struct suite_test *t)
{
	bool bad =
		t->status == SUITE_FAIL || t->status == SUITE_TIMEOUT || t->status == SUITE_BROKEN;

	l->bad += bad;
	k->bad += bad;
	if (l == &k->level[0]) {
		k->ok += !bad && t->status != SUITE_SKIP;
		k->skipped += t->status == SUITE_SKIP;
	}
	if (bad && !k->first_bad[0])
		snprintf(k->first_bad, sizeof(k->first_bad), "%s%s%s", t->name,
			 t->reason ? ": " : "", t->reason ? t->reason : "");
	if (t->status == SUITE_SKIP && !k->skip_why[0] && t->reason)
		snprintf(k->skip_why, sizeof(k->skip_why), "%s", t->reason);
}

/*
 * "ok 3 # SKIP words": kselftest's harness names the test in the line before, others of its
 * programs behind the directive, where elsewhere the reason stands.
 */
static char *name_nameless(const struct ktap_text *k, const char *reason, unsigned long number)
{
	if (k->running[0])
		return xstrdup(k->running);
	return *reason ? xstrdup(reason) : xasprintf("%lu", number);
}

static void take_result(struct ktap_text *k, unsigned int indent, const char *s, bool ok)
{
	struct level *l = level_of_result(k, indent);
	_autofree_ char *text = NULL, *nameless = NULL;
	const char *reason = "", *name;
	enum suite_status status;
	unsigned long number;
	char *talk;

	s += strspn(s, " \t");
	if (!take_number(&s, &number))
		number = l->last + 1;
	s += strspn(s, " \t");
	if (s[0] == '-' && (s[1] == ' ' || !s[1]))
		s += 1 + strspn(s + 1, " \t");
	text = xstrdup(s);
	talk = cut_directive(text);
	trim(text);
	name = text;
	status = directive(talk ? talk : "", ok, &reason);
	if (!*name)
		name = nameless = name_nameless(k, talk ? reason : "", number);
	k->running[0] = '\0';
	k->skipped_last = status == SUITE_SKIP;
	adopt(k, l, name, ok, status);
	check_number(k, l, number);
	if (!suite_answer_add(&k->tests, name, status, reason)) {
		complain(k, "more than %d tests", SUITE_MAX_TESTS);
		return;
	}
	count(k, l, &k->tests.tests[k->tests.n - 1]);
}

static const char *take_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return strncmp(s, word, n) == 0 ? s + n : NULL;
}

/* "#  RUN           suite.test ..." */
static void take_running(struct ktap_text *k, const char *s)
{
	const char *name = take_word(s + strspn(s, " "), "RUN ");
	size_t n;

	if (!name)
		return;
	name += strspn(name, " ");
	n = strcspn(name, " ");
	if (n && n < sizeof(k->running) && strcmp(name + n, " ...") == 0)
		snprintf(k->running, sizeof(k->running), "%.*s", (int)n, name);
}

static void take_totals(struct ktap_text *k, const char *s)
{
	for (size_t i = 0; i < COUNTS; i++) {
		const char *word = take_word(s + strspn(s, " "), counts[i]);

		if (!word || !take_number(&word, &k->counted[i]))
			return;
		s = word;
	}
	k->has_totals = true;
}

static void take_comment(struct ktap_text *k, const char *s)
{
	const char *totals = take_word(s, " Totals:");

	if (totals)
		take_totals(k, totals);
	else
		take_running(k, s);
}

/*
 * A program may count by name of none: "1..3", words of its own, and the totals. They are results
 * when they are as many as were planned.
 */
static void use_totals(struct ktap_text *k)
{
	struct level *l = &k->level[0];
	unsigned long n = 0;

	for (size_t i = 0; k->has_totals && i < COUNTS; i++)
		n += k->counted[i] > SUITE_MAX_TESTS ? SUITE_MAX_TESTS + 1 : k->counted[i];
	if (!k->kselftest || k->depth != 1 || !n)
		return;
	/* Some of its programs forget the plan; it counts what it told. */
	if (!l->has_plan && n == l->done) {
		l->has_plan = true;
		l->planned = n;
	}
	if (l->done || n != l->planned)
		return;
	l->done = n;
	k->bad += (unsigned int)(k->counted[FAIL] + k->counted[ERROR]);
	k->ok += (unsigned int)(k->counted[PASS] + k->counted[XFAIL] + k->counted[XPASS]);
	k->skipped += (unsigned int)k->counted[SKIP];
	if (k->bad && !k->first_bad[0])
		snprintf(k->first_bad, sizeof(k->first_bad), "%lu of %lu by its totals",
			 k->counted[FAIL] + k->counted[ERROR], n);
}

/* A script may run one program of TAP after the other. */
static bool begins_another(struct ktap_text *k, unsigned int indent)
{
	struct level *l = &k->level[0];

	if (k->depth != 1 || indent != l->indent || !l->has_plan)
		return false;
	use_totals(k);
	if (l->done != l->planned)
		return false;
	*l = (struct level){.indent = indent, .first = k->tests.n};
	k->has_totals = false;
	return true;
}

static void take_version(struct ktap_text *k, unsigned int indent)
{
	struct level *l = enter(k, indent);

	if (begins_another(k, indent))
		return;

	if (l->has_plan || l->done) {
		complain(k, "a second version line");
		return;
	}
	k->versioned = true;
}

/* Outside a plan, or further in than it, "ok" is a word like any other unless a number follows. */
static bool is_result(const struct ktap_text *k, unsigned int indent, const char *s)
{
	if (*s && *s != ' ' && *s != '\t')
		return false;
	s += strspn(s, " \t");
	return isdigit((unsigned char)*s) || (k->depth && indent <= k->level[k->depth - 1].indent);
}

static void ktap_text_line(void *state, const char *line)
{
	struct ktap_text *k = state;
	unsigned int indent = (unsigned int)strspn(line, " ");
	const char *s = line + indent, *rest;

	if (k->in_yaml) {
		k->in_yaml = strcmp(s, "...") != 0;
		return;
	}
	if (k->bail[0])
		return;
	if (strcmp(s, "---") == 0 && indent && k->depth)
		k->in_yaml = true;
	else if (*s == '#')
		take_comment(k, s + 1);
	else if (take_word(s, "KTAP version ") || take_word(s, "TAP version "))
		take_version(k, indent);
	else if ((rest = take_word(s, "1..")))
		take_plan(k, indent, rest);
	else if ((rest = take_word(s, "Bail out!")))
		snprintf(k->bail, sizeof(k->bail), "Bail out!%s", rest);
	else if ((rest = take_word(s, "ok")) && is_result(k, indent, rest))
		take_result(k, indent, rest, true);
	else if ((rest = take_word(s, "not ok")) && is_result(k, indent, rest))
		take_result(k, indent, rest, false);
}

static bool ktap_text_recognised(const void *state)
{
	const struct ktap_text *k = state;

	return k->depth && (k->versioned || k->level[0].has_plan);
}

/* kselftest gives up the rest by one more result, a skip, and the exit status of a skip. */
static bool gave_up(const struct ktap_text *k, const struct suite_end *end)
{
	return k->kselftest && k->depth == 1 && k->skipped_last && !k->bad &&
	       WIFEXITED(end->status) && WEXITSTATUS(end->status) == 4 &&
	       k->level[0].done < k->level[0].planned;
}

/* After the last line: what is still open is checked. */
static void close_levels(struct ktap_text *k)
{
	while (k->depth > 1) {
		check_level(k, top(k));
		complain(k, "tests inside a test that has no result");
		k->depth--;
	}
	if (k->depth)
		check_level(k, top(k));
}

/* Status 4 is kselftest's skip: nothing may have failed; 0 says that nothing failed. */
static void judge(const struct ktap_text *k, int code, struct suite_answer *ret)
{
	if (k->bad && code == 0)
		suite_answer_say(ret, SUITE_BROKEN,
				 "contradicts itself: exit status 0, but not ok: %s", k->first_bad);
	else if (k->bad && k->kselftest && code == 4)
		suite_answer_say(ret, SUITE_BROKEN,
				 "contradicts itself: exit status 4 (skip), but not ok: %s",
				 k->first_bad);
	else if (k->bad)
		suite_answer_say(ret, SUITE_FAIL, "%s", k->first_bad);
	else if (code == 0 && k->ok)
		suite_answer_say(ret, SUITE_PASS, "%s", "");
	else if (code == 0 || (code == 4 && k->kselftest))
		suite_answer_say(ret, SUITE_SKIP, "%s", k->skip_why);
	else
		suite_answer_say(ret, SUITE_BROKEN,
				 "contradicts itself: exit status %d, but no test failed", code);
}

static void ktap_text_end(void *state, const struct suite_end *end, struct suite_answer *ret)
{
	struct ktap_text *k = state;

	use_totals(k);
	if (!end->cut && !gave_up(k, end))
		close_levels(k);
	/* The tests that were told of stand, whatever the whole is worth. */
	ret->tests = k->tests.tests;
	ret->n = k->tests.n;
	k->tests = (struct suite_answer){0};
	suite_answer_unique(ret);
	if (suite_ended_badly(ret, end))
		return;
	if (!ktap_text_recognised(k))
		suite_answer_say(ret, SUITE_BROKEN, "exit status %d and no plan of KTAP or TAP",
				 WEXITSTATUS(end->status));
	else if (k->bail[0] && WEXITSTATUS(end->status) == 0)
		suite_answer_say(ret, SUITE_BROKEN, "contradicts itself: exit status 0, but %s",
				 k->bail);
	else if (k->bail[0])
		suite_answer_say(ret, SUITE_FAIL, "%s", k->bail);
	else if (k->problem[0])
		suite_answer_say(ret, SUITE_BROKEN, "contradicts itself: %s", k->problem);
	else if (end->cut)
		suite_answer_say(ret, SUITE_BROKEN, "it printed too much: results may be missing");
	else
		judge(k, WEXITSTATUS(end->status), ret);
}

/* kselftest: a program may print nothing and tell by its status. */
static void kselftest_end(void *state, const struct suite_end *end, struct suite_answer *ret)
{
	static const struct {
		enum suite_status status;
		const char *words;
	} codes[] = {{SUITE_PASS, ""},
		     {SUITE_FAIL, "exit status 1"},
		     {SUITE_XFAIL, "exit status 2 (expected failure)"},
		     {SUITE_XPASS, "exit status 3 (unexpected pass)"},
		     {SUITE_SKIP, "exit status 4 (skip)"}};
	struct ktap_text *k = state;
	int code = WEXITSTATUS(end->status);

	if (k->depth)
		ktap_text_end(state, end, ret);
	else if (!suite_ended_badly(ret, end) && code < (int)ARRAY_SIZE(codes))
		suite_answer_say(ret, codes[code].status, "%s", codes[code].words);
	else
		suite_judge_exit(ret, end);
}

const struct suite_format_ops suite_format_ktap = {
	.name = "ktap",
	.brief = "KTAP, TAP 12 to 14, nested",
	.state_new = ktap_text_new,
	.line = ktap_text_line,
	.recognised = ktap_text_recognised,
	.end = ktap_text_end,
	.state_free = ktap_text_free,
};

const struct suite_format_ops suite_format_kselftest = {
	.name = "kselftest",
	.brief = "KTAP if it is printed, else exit status: 4 is skip",
	.state_new = kselftest_new,
	.line = ktap_text_line,
	.recognised = ktap_text_recognised,
	.end = kselftest_end,
	.state_free = ktap_text_free,
};
