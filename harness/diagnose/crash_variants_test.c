/* SPDX-License-Identifier: MIT */
/*
 * Every part of every expression of the crash tables is there for a reason that a fixture shows: in
 * turn each alternative is taken away, each optional part is left out or demanded, each look ahead
 * or behind is not made; some fixture must notice.
 *
 * What is known here of expressions is what the tables use; anything else is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "diagnose/crash_match.h"
#include "diagnose/crash_table.h"
#include "fake/lib/crash_fixture.h"

#define CHANGES_MAX	 200
#define ALTERNATIVES_MAX 40
#define RE_MAX		 4096

/* One way to change an expression: its bytes [from, to) become `by`. */
struct change {
	size_t from, to;
	const char *by;
};

struct splitter {
	const char *re;
	size_t at;
	bool refused; /* what stands at `at` is not known */
	struct change changes[CHANGES_MAX];
	size_t n;
};

/* ---- the splitter ---- */

static void add(struct splitter *s, size_t from, size_t to, const char *by)
{
	assert_true(s->n < CHANGES_MAX);
	s->changes[s->n++] = (struct change){from, to, by};
}

static bool take(struct splitter *s, const char *what)
{
	size_t n = strlen(what);

	if (s->refused || strncmp(s->re + s->at, what, n) != 0)
		return false;
	s->at += n;
	return true;
}

static void refuse_unless(struct splitter *s, bool known)
{
	s->refused |= !known;
}

/* A backslash and what it makes of the byte behind it. */
static void split_escape(struct splitter *s)
{
	char c = s->re[s->at];

	refuse_unless(s, c && strchr("dDwWsSbBAnt.[](){}|?*+\\/^$-", c));
	s->at += !s->refused;
}

static void split_class(struct splitter *s)
{
	take(s, "^");
	refuse_unless(s, s->re[s->at] != ']');
	while (!s->refused && !take(s, "]")) {
		refuse_unless(s, s->re[s->at] && s->re[s->at] != '[');
		if (take(s, "\\"))
			split_escape(s);
		else
			s->at += !s->refused;
	}
}

static void split_alternatives(struct splitter *s);

/* *ret_looks: it takes no bytes. */
static void split_group(struct splitter *s, bool *ret_looks)
{
	*ret_looks = take(s, "?!") || take(s, "?=") || take(s, "?<!") || take(s, "?<=");
	if (!*ret_looks && !take(s, "?:") && !take(s, "?s:"))
		refuse_unless(s, s->re[s->at] != '?' && s->re[s->at] != '*');
	split_alternatives(s);
	refuse_unless(s, take(s, ")"));
}

/* "{n", "{n," or "{n,m" of a quantifier; *ret_least: n; *ret_once: no more than once. */
static void split_bounds(struct splitter *s, int *ret_least, bool *ret_once)
{
	int least = -1, most = -1, n = 0;

	if (sscanf(s->re + s->at, "%d,%d%n", &least, &most, &n) < 2 &&
	    sscanf(s->re + s->at, "%d%n", &least, &n) < 1)
		n = 0;
	s->at += (size_t)n;
	if (most < 0)
		take(s, ",");
	refuse_unless(s, n && take(s, "}"));
	*ret_least = least;
	*ret_once = most == 1;
}

/*
 * How often what begins at `atom` and ends here may come. What may be missing is left out, and
 * demanded; but not one byte that may come many times (".*"): between two words it is there to be
 * passed over.
 */
static void split_quantifier(struct splitter *s, size_t atom)
{
	bool demanded = s->re[atom] == '(', once = false;
	size_t from = s->at;
	int least = 1;

	if (take(s, "?")) {
		least = 0;
		once = true;
	} else if (take(s, "*")) {
		least = 0;
	} else if (take(s, "{")) {
		split_bounds(s, &least, &once);
	} else if (!take(s, "+")) {
		return;
	}
	if (least == 0 && s->re[from] == '{' && (demanded || once))
		add(s, from + 1, once ? s->at - 1 : from + 2, "1");
	else if (least == 0 && (demanded || once))
		add(s, from, from + 1, once ? "{1}" : "+");
	if (!take(s, "?"))
		take(s, "+");
	if (least == 0)
		add(s, from, s->at, "{0}");
}

static void split_atom(struct splitter *s)
{
	size_t from = s->at;
	bool looks = false;

	if (take(s, "("))
		split_group(s, &looks);
	else if (take(s, "["))
		split_class(s);
	else if (take(s, "\\"))
		split_escape(s);
	else
		refuse_unless(s, s->re[s->at] && !strchr("?*+{", s->re[s->at]));
	s->at += !s->refused && s->at == from;
	if (!looks) {
		split_quantifier(s, from);
		return;
	}
	refuse_unless(s, !strchr("?*+{", s->re[s->at]) || !s->re[s->at]);
	add(s, from, s->at, "");
}

static void split_alternatives(struct splitter *s)
{
	size_t starts[ALTERNATIVES_MAX + 1], n = 0;

	do {
		assert_true(n < ALTERNATIVES_MAX);
		starts[n++] = s->at;
		while (!s->refused && s->re[s->at] && !strchr("|)", s->re[s->at]))
			split_atom(s);
	} while (take(s, "|"));
	starts[n] = s->at + 1; /* as if a bar stood there */
	for (size_t i = 0; i < n && n > 1; i++)
		if (i + 1 < n)
			add(s, starts[i], starts[i + 1], "");
		else
			add(s, starts[i] - 1, s->at, "");
}

/* False: it has something at s->at that is not known. */
static bool split(struct splitter *s, const char *re)
{
	*s = (struct splitter){.re = re};
	split_alternatives(s);
	refuse_unless(s, !re[s->at]);
	return !s->refused;
}

static void changed(const char *re, const struct change *c, char ret_re[RE_MAX])
{
	int n = snprintf(ret_re, RE_MAX, "%.*s%s%s", (int)c->from, re, c->by, re + c->to);

	assert_in_range(n, 0, RE_MAX - 1);
}

static void test_splitter(void **state)
{
	static const struct {
		const char *re;
		const char *variants; /* separated by blanks */
	} cases[] = {
		{"ab.", ""},
		{"a|b", "b a"},
		{"(a|(?:b|c)|)d", "(a|(?:c)|)d (a|(?:b)|)d ((?:b|c)|)d (a|)d (a|(?:b|c))d"},
		{"a?", "a{1} a{0}"},
		{"[^]]??b", NULL},
		{"[^a\\]?]??b", "[^a\\]?]{1}?b [^a\\]?]{0}b"},
		{"\\(*+b", "\\({0}b"},
		{"(?:ab)*?", "(?:ab)+? (?:ab){0}"},
		{"(?:ab){0,40}?", "(?:ab){1,40}? (?:ab){0}"},
		{"a{0,1}b{0,}c{2}d{1,3}e{3,}", "a{1}b{0,}c{2}d{1,3}e{3,} a{0}b{0,}c{2}d{1,3}e{3,} "
					       "a{0,1}b{0}c{2}d{1,3}e{3,}"},
		{"(?!a)(?<=b)(?=c)(?<!d)e", "(?<=b)(?=c)(?<!d)e (?!a)(?=c)(?<!d)e "
					    "(?!a)(?<=b)(?<!d)e (?!a)(?<=b)(?=c)e"},
		{"(?s:.+)", ""},
		{"(a", NULL},
		{"a)", NULL},
		{"[a", NULL},
		{"[[:digit:]]", NULL},
		{"(?<name>a)", NULL},
		{"(?i:a)", NULL},
		{"(?>a)", NULL},
		{"(*FAIL)", NULL},
		{"\\x41", NULL},
		{"a\\", NULL},
		{"*a", NULL},
		{"a{,3}", NULL},
		{"a{1", NULL},
		{"(?!a)?", NULL},
		{"\\1", NULL},
		{"\\R", NULL},
	};
	struct splitter s;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(strbuf_release) struct strbuf got = STRBUF_INIT(RE_MAX);
		char re[RE_MAX];

		if (split(&s, cases[i].re) != !!cases[i].variants)
			fail_msg("%s: refused or not", cases[i].re);
		if (!cases[i].variants)
			continue;
		for (size_t k = 0; k < s.n; k++) {
			changed(s.re, &s.changes[k], re);
			strbuf_addf(&got, "%s%s", k ? " " : "", re);
		}
		assert_string_equal(strbuf_str(&got), cases[i].variants);
	}
}

/* ---- the tables ---- */

static bool noticed(void)
{
	struct crash_fixture *fixtures;
	size_t n = crash_fixtures(&fixtures);

	for (size_t i = 0; i < n; i++)
		if (crash_fixture_fails(&fixtures[i], &fixtures[i].text, SIZE_MAX / 2, SIZE_MAX))
			return true;
	return false;
}

/* Length of the group that an expression begins with, 0: it does not. */
static size_t leading_group(const char *re)
{
	struct splitter s = {.re = re};
	bool looks;

	if (!take(&s, "("))
		return 0;
	split_group(&s, &looks);
	return s.at;
}

static const struct crash_os *os_of(size_t row, size_t *ret_first)
{
	size_t os = 0;

	for (*ret_first = 0; row - *ret_first >= crash_oses[os]->n; os++)
		*ret_first += crash_oses[os]->n;
	return crash_oses[os];
}

/*
 * Change an expression, or change it back (c NULL). The group that many rows of a kernel begin
 * with, the log's prefix, is written once in the table: it is changed in all of them, and only for
 * the first. False: not to be done for this row.
 */
static bool apply(size_t row, const struct change *c, bool back)
{
	const char *re = crash_row_at(row)->re;
	size_t first, lead = leading_group(re);
	const struct crash_os *os = os_of(row, &first);
	char text[RE_MAX];

	if (c->to > lead) {
		changed(re, c, text);
		crash_match_as(row, back ? re : text);
		return true;
	}
	for (size_t k = 0; k < os->n; k++) {
		const char *other = os->rows[k].re;

		if (strncmp(other, re, lead) != 0)
			continue;
		if (first + k < row)
			return false;
		changed(other, c, text);
		crash_match_as(first + k, back ? other : text);
	}
	return true;
}

static void test_parts_are_needed(void **state)
{
	size_t idle = 0, made = 0;
	struct splitter s;
	char text[RE_MAX];

	assert_false(noticed());
	for (size_t row = 0; row < crash_rows(); row++) {
		const struct crash_row *r = crash_row_at(row);

		if (!split(&s, r->re))
			fail_msg("row %zu: what is this, at %zu? %s", row, s.at, r->re);
		for (size_t k = 0; k < s.n; k++) {
			if (!apply(row, &s.changes[k], false))
				continue;
			made++;
			if (!noticed()) {
				changed(r->re, &s.changes[k], text);
				print_message(
					"# row %zu, kind %d %s: not noticed\n#   %s\n#   %s\n", row,
					r->kind, r->group ? r->group : "", r->re, text);
				idle++;
			}
			apply(row, &s.changes[k], true);
		}
	}
	print_message("# %zu variants\n", made);
	assert_int_equal(idle, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_splitter),
		cmocka_unit_test(test_parts_are_needed),
	};

	return cmocka_run_group_tests(tests, crash_fixtures_read, crash_fixtures_release);
}
