/* SPDX-License-Identifier: MIT */
#include "report/compare.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "report/compare_pair.h"
#include "report/report_expected.h"

enum level { ABSENT, UNKNOWN, SKIPPED, GOOD, FLAKY, BAD, CRASHED, LEVELS };

struct rule {
	enum compare_change change;
	int gate;
	const char *why;
};

#define FEWER "there is no verdict any more: fewer cases ran than in the baseline"

/* From what it was (row) to what it is (column). The manual's table is this one. */
static const struct rule rules[LEVELS][LEVELS] = {
	[ABSENT] =
		{
			[UNKNOWN] = {COMPARE_NEW, 0, "without a verdict"},
			[SKIPPED] = {COMPARE_NEW, 0, ""},
			[GOOD] = {COMPARE_NEW, 0, ""},
			[FLAKY] = {COMPARE_FLAKY, 0, "new, and not always the same"},
			[BAD] = {COMPARE_NEW, 0, ""},
			[CRASHED] = {COMPARE_NEW, 0, ""},
		},
	[UNKNOWN] =
		{
			[ABSENT] = {COMPARE_MISSING, 0, ""},
			[UNKNOWN] = {COMPARE_UNKNOWABLE, 0, "no verdict on either side"},
			[SKIPPED] = {COMPARE_NEW, 0, "the baseline has no verdict"},
			[GOOD] = {COMPARE_NEW, 0, "the baseline has no verdict"},
			[FLAKY] = {COMPARE_FLAKY, 0, "the baseline has no verdict"},
			[BAD] = {COMPARE_UNKNOWABLE, 3, "the baseline has no verdict"},
			[CRASHED] = {COMPARE_UNKNOWABLE, 3, "the baseline has no verdict"},
		},
	[SKIPPED] =
		{
			[ABSENT] = {COMPARE_MISSING, 0, ""},
			[UNKNOWN] = {COMPARE_UNKNOWABLE, 0, "skipped in the baseline"},
			[SKIPPED] = {COMPARE_SAME, 0, ""},
			[GOOD] = {COMPARE_PROGRESS, 0, "skipped in the baseline"},
			[FLAKY] = {COMPARE_FLAKY, 0, "skipped in the baseline"},
			[BAD] = {COMPARE_NEW, 0, "skipped in the baseline"},
			[CRASHED] = {COMPARE_REGRESSION, 1, "a crash, where it was skipped"},
		},
	[GOOD] =
		{
			[ABSENT] = {COMPARE_MISSING, 3, FEWER},
			[UNKNOWN] = {COMPARE_UNKNOWABLE, 3, FEWER},
			[SKIPPED] = {COMPARE_UNKNOWABLE, 3, FEWER},
			[GOOD] = {COMPARE_SAME, 0, ""},
			[FLAKY] = {COMPARE_FLAKY, 0, "not always the same now"},
			[BAD] = {COMPARE_REGRESSION, 1, ""},
			[CRASHED] = {COMPARE_REGRESSION, 1, ""},
		},
	[FLAKY] =
		{
			[ABSENT] = {COMPARE_MISSING, 3, FEWER},
			[UNKNOWN] = {COMPARE_FLAKY, 0, "not always the same in the baseline"},
			[SKIPPED] = {COMPARE_FLAKY, 0, "not always the same in the baseline"},
			[GOOD] = {COMPARE_FLAKY, 0, "not always the same in the baseline"},
			[FLAKY] = {COMPARE_FLAKY, 0, "not always the same on either side"},
			[BAD] = {COMPARE_FLAKY, 0, "not always the same in the baseline"},
			[CRASHED] = {COMPARE_REGRESSION, 1, "a crash, where it was flaky"},
		},
	[BAD] =
		{
			[ABSENT] = {COMPARE_MISSING, 3, FEWER},
			[UNKNOWN] = {COMPARE_UNKNOWABLE, 3, FEWER},
			[SKIPPED] = {COMPARE_CHANGED, 0, "skipped now"},
			[GOOD] = {COMPARE_PROGRESS, 0, ""},
			[FLAKY] = {COMPARE_FLAKY, 0, "not always the same now"},
			[BAD] = {COMPARE_SAME, 0, ""},
			[CRASHED] = {COMPARE_REGRESSION, 1, "a crash, where it failed without one"},
		},
	[CRASHED] =
		{
			[ABSENT] = {COMPARE_MISSING, 3, FEWER},
			[UNKNOWN] = {COMPARE_UNKNOWABLE, 3, FEWER},
			[SKIPPED] = {COMPARE_CHANGED, 0, "skipped now"},
			[GOOD] = {COMPARE_PROGRESS, 0, ""},
			[FLAKY] = {COMPARE_FLAKY, 0, "no crash any more, but not always the same"},
			[BAD] = {COMPARE_PROGRESS, 0, "no crash any more"},
			[CRASHED] = {COMPARE_SAME, 0, ""},
		},
};

static enum level level_of(const struct compare_case *c)
{
	if (!c->result)
		return ABSENT;
	if (c->seen.flaky)
		return FLAKY;
	switch (c->seen.verdict) {
	case VERDICT_PASS:
	case VERDICT_XPASS:
		return GOOD;
	case VERDICT_SKIP:
		return SKIPPED;
	case VERDICT_CRASH:
		return CRASHED;
	case VERDICT_LOST:
	case VERDICT_BROKEN:
		return UNKNOWN;
	default:
		return BAD;
	}
}

/* The next character of a text in which every number is one "0". */
static char next_without_numbers(const char **p)
{
	char c = **p;

	if (!c)
		return '\0';
	if (!isdigit((unsigned char)c)) {
		(*p)++;
		return c;
	}
	*p += strncmp(*p, "0x", 2) == 0 ? 2 : 0;
	while (isxdigit((unsigned char)**p))
		(*p)++;
	return '0';
}

static bool same_words(const char *x, const char *y)
{
	char c;

	do {
		c = next_without_numbers(&x);
		if (c != next_without_numbers(&y))
			return false;
	} while (c);
	return true;
}

static bool same_crash(const char *title, const char *fingerprint,
		       const struct compare_crash *other)
{
	if (*fingerprint && *other->fingerprint)
		return strcmp(fingerprint, other->fingerprint) == 0;
	return same_words(title, other->title);
}

static const char *what_changed(const struct compare_row *row, enum level level)
{
	const struct report_result *a = row->a.result, *b = row->b.result;
	const struct compare_crash was = {.title = a->reason, .fingerprint = a->fingerprint};

	if (level == CRASHED && same_crash(b->reason, b->fingerprint, &was))
		return NULL;
	if (level == CRASHED)
		return same_words(a->reason, b->reason) ? "the same title, other frames"
							: "another crash";
	if (row->a.seen.telling != row->b.seen.telling)
		return "another verdict";
	return same_words(a->reason, b->reason) ? NULL : "other words";
}

/* Nobody is accused by a case that the reference, asked in the same run, does not pass. */
static void heed_reference(struct compare_row *row, const struct compare_slot *ref)
{
	if (!ref)
		return;
	if (ref->c.flaky) {
		row->change = COMPARE_FLAKY;
		row->gate = 0;
		row->why = "not always the same on the reference";
	} else if (verdict_is_bad(ref->c.verdict)) {
		row->change = COMPARE_UNKNOWABLE;
		row->gate = 3;
		row->why = "the reference does not pass it either: the case or its set-up is in "
			   "doubt";
	}
}

/* A case that was flaky before fails for its own reasons; a crash is the kernel's all the same. */
static void heed_past(const struct compare *c, struct compare_row *row)
{
	if (!c->past || !history_is_flaky(c->past, row->b.cell, row->name))
		return;
	row->change = COMPARE_FLAKY;
	row->gate = 0;
	row->why = "not always the same in its history";
}

/* What is known of the new run: a failure as it was foretold blocks nothing, an unexpected pass
 * does. */
static void heed_known(struct compare_row *row)
{
	if (row->b.result && row->b.verdict == VERDICT_XPASS) {
		row->change = COMPARE_UNEXPECTED;
		row->gate = 1;
		row->why = "passes, though it is known to fail";
	} else if (row->gate == 1 && row->b.verdict == VERDICT_XFAIL) {
		row->change = COMPARE_CHANGED;
		row->gate = 0;
		row->why = "a known failure of the new run";
	}
}

static void judge(const struct compare *c, struct compare_row *row, enum level a, enum level b,
		  const struct compare_slot *reference)
{
	const struct rule *rule = &rules[a][b];

	row->change = rule->change;
	row->gate = rule->gate;
	row->why = rule->why;
	if (row->change == COMPARE_SAME && row->a.result && row->b.result && a == b &&
	    (a == BAD || a == CRASHED)) {
		const char *why = what_changed(row, a);

		if (why)
			row->change = COMPARE_CHANGED, row->why = why;
	}
	if (row->change == COMPARE_REGRESSION && b == BAD)
		heed_reference(row, reference);
	if (row->change == COMPARE_REGRESSION && b == BAD)
		heed_past(c, row);
	heed_known(row);
}

struct sides {
	struct compare_cases a, b, reference; /* reference: beside b */
};

static enum level level_in(const struct compare_cases *cases, const struct compare_slot *found,
			   const struct compare_slot *key)
{
	if (found)
		return level_of(&found->c);
	/* What has a result only when it goes wrong: its absence beside a pass is one. */
	if (verdict_is_own_name(key->c.result->name) && compare_kind_passes(cases, key))
		return GOOD;
	return ABSENT;
}

static bool beside_kut(const struct compare *c)
{
	return c->b->model.has_kut && c->b->model.has_reference;
}

/* The machine of a reference is one of its own choice and has no name here. */
static const struct compare_slot *find_reference(const struct compare *c, const struct sides *s,
						 const struct compare_slot *key)
{
	struct compare_slot plain = *key;

	plain.machine = "";
	return beside_kut(c) ? compare_find(&s->reference, &plain) : NULL;
}

static void add_row(struct compare *c, const struct sides *s, const struct compare_slot *a,
		    const struct compare_slot *b)
{
	const struct compare_slot *key = b ? b : a;
	struct compare_row *row = &c->rows[c->n_rows++];

	*row = (struct compare_row){.name = key->c.result->name, .order = key->order};
	if (a)
		row->a = a->c;
	if (b)
		row->b = b->c;
	else
		row->order += s->b.n;
	judge(c, row, level_in(&s->a, a, key), level_in(&s->b, b, key), find_reference(c, s, key));
	c->n[row->change]++;
}

static bool ran(const struct compare_slot *slot)
{
	enum level l = level_of(&slot->c);

	return l != UNKNOWN && l != SKIPPED && !verdict_is_own_name(slot->c.result->name);
}

static void add_rows(struct compare *c, const struct sides *s)
{
	c->rows = xcalloc(s->a.n + s->b.n + 1, sizeof(*c->rows));
	for (size_t i = 0; i < s->b.n; i++) {
		add_row(c, s, compare_find(&s->a, &s->b.v[i]), &s->b.v[i]);
		c->ran_b += ran(&s->b.v[i]);
	}
	for (size_t i = 0; i < s->a.n; i++) {
		if (!compare_find(&s->b, &s->a.v[i]))
			add_row(c, s, &s->a.v[i], NULL);
		c->ran_a += ran(&s->a.v[i]);
	}
}

static int by_change(const void *x, const void *y)
{
	const struct compare_row *a = x, *b = y;

	if (a->change != b->change)
		return a->change < b->change ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void add_crash(struct compare_crashes *list, const struct compare_crash *crash)
{
	for (size_t i = 0; i < list->n; i++)
		if (same_crash(crash->title, crash->fingerprint, &list->v[i]))
			return;
	if ((list->n & (list->n + 1)) == 0)
		list->v = xreallocarray(list->v, 2 * (list->n + 1), sizeof(*list->v));
	list->v[list->n++] = *crash;
}

static struct compare_crashes crashes_of(const struct report_side *side,
					 const struct compare_cases *cases)
{
	struct compare_crashes list = {0};

	for (size_t i = 0; i < cases->n; i++) {
		const struct report_result *r = cases->v[i].c.result;

		if (level_of(&cases->v[i].c) == CRASHED)
			add_crash(&list,
				  &(struct compare_crash){r->reason, r->fingerprint, r->name});
	}
	for (size_t i = 0; i < side->unattributed.n; i++)
		add_crash(&list, &(struct compare_crash){side->unattributed.v[i], "", NULL});
	return list;
}

static struct compare_crashes only_in(const struct compare_crashes *x,
				      const struct compare_crashes *y)
{
	struct compare_crashes list = {0};

	for (size_t i = 0; i < x->n; i++) {
		bool known = false;

		for (size_t j = 0; !known && j < y->n; j++)
			known = same_crash(x->v[i].title, x->v[i].fingerprint, &y->v[j]);
		if (!known)
			add_crash(&list, &x->v[i]);
	}
	return list;
}

static void compare_crashes(struct compare *c, const struct sides *s)
{
	struct compare_crashes a = crashes_of(c->a, &s->a), b = crashes_of(c->b, &s->b);

	c->appeared = only_in(&b, &a);
	c->gone = only_in(&a, &b);
	free(a.v);
	free(b.v);
}

/* A fact of the first boot of the kernel that the run is about. */
static const char *machine_fact(const struct report_side *s, const char *key)
{
	for (size_t i = 0; i < s->model.n_cells; i++) {
		const char *value = report_boot_fact(&s->model.cells[i], key, NULL);

		if (value && report_side_is_subject(s, &s->model.cells[i]))
			return value;
	}
	return "";
}

static void add_notes(struct compare *c)
{
	static const char *const facts[][2] = {
		{"accel", "accelerator"}, {"profile", "machine profile"}, {"cpus", "virtual CPUs"}};
	const char *va = report_fact(&c->a->model.facts, "version");
	const char *vb = report_fact(&c->b->model.facts, "version");

	if (va && vb && strcmp(va, vb) != 0)
		strv_pushf(&c->notes, "harness: %s, now %s", va, vb);
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		const char *a = machine_fact(c->a, facts[i][0]);
		const char *b = machine_fact(c->b, facts[i][0]);

		if (*a && *b && strcmp(a, b) != 0)
			strv_pushf(&c->notes, "%s: %s, now %s", facts[i][1], a, b);
	}
	if (c->a->model.has_kut != c->b->model.has_kut)
		strv_pushf(&c->notes, "the %s is the reference kernel",
			   c->a->model.has_kut ? "new run" : "baseline");
	if (strcmp(c->a->model.state, "finished") != 0)
		strv_pushf(&c->notes, "the baseline is %s: it may lack cases", c->a->model.state);
}

static void add_expired(struct compare *c)
{
	const struct report_model *m = &c->b->model;

	for (size_t i = 0; i < m->n_expected; i++)
		if (m->expected[i].over && m->expected[i].cases)
			strv_take(&c->expired, report_expected_over_text(&m->expected[i]));
}

static void blame(struct compare *c, int status, size_t n, const char *what)
{
	if (!n)
		return;
	strv_pushf(&c->reasons, "%zu %s", n, what);
	if (c->status != 1)
		c->status = status;
}

/* With a filter, what a cell lacks may be another's. */
static void weigh(struct compare *c, bool filtered)
{
	size_t n[COMPARE_COUNT] = {0}, missing = 0;

	for (size_t i = 0; i < c->n_rows; i++)
		n[c->rows[i].change] += c->rows[i].gate != 0;
	for (size_t i = 0; !filtered && i < c->b->model.n_cells; i++)
		if (report_side_is_subject(c->b, &c->b->model.cells[i]))
			missing += c->b->model.cells[i].missing;
	blame(c, 1, n[COMPARE_REGRESSION],
	      n[COMPARE_REGRESSION] == 1 ? "regression" : "regressions");
	blame(c, 1, n[COMPARE_UNEXPECTED], "passed though known to fail");
	blame(c, 1, c->b->model.n_over,
	      c->b->model.n_over == 1 ? "known failure past its day"
				      : "known failures past their day");
	blame(c, 3, n[COMPARE_UNKNOWABLE], "without a verdict that can be compared");
	blame(c, 3, n[COMPARE_MISSING], "missing that ran in the baseline");
	blame(c, 3, missing, "planned in the new run, without a result");
	if (strcmp(c->b->model.state, "finished") != 0)
		blame(c, 3, 1, "run that did not end");
	if (!c->ran_b)
		blame(c, 3, 1, "run in which no case got a verdict");
	else if (c->ran_b < c->ran_a && !c->status)
		blame(c, 3, c->ran_a - c->ran_b, "fewer cases ran than in the baseline");
}

int compare_sides(const struct report_side *a, const struct report_side *b, const struct strv *only,
		  const struct history *past, struct compare *ret_compare, struct err *err)
{
	bool filtered = only && only->n;
	struct compare c = {.a = a, .b = b, .past = past};
	struct sides s = {0};
	int r = 0;

	compare_collect(a, b, true, only, &s.a);
	compare_collect(b, a, true, only, &s.b);
	compare_collect(b, a, false, only, &s.reference);
	if (filtered && !s.a.n && !s.b.n)
		r = err_usage(err, "no case of either run matches \"%s\"%s", only->v[0],
			      only->n > 1 ? " or one of the other patterns" : "");
	if (r == 0) {
		add_rows(&c, &s);
		qsort(c.rows, c.n_rows, sizeof(*c.rows), by_change);
		compare_crashes(&c, &s);
		add_notes(&c);
		add_expired(&c);
		weigh(&c, filtered);
		*ret_compare = c;
	}
	compare_cases_release(&s.a);
	compare_cases_release(&s.b);
	compare_cases_release(&s.reference);
	return r;
}

void compare_release(struct compare *c)
{
	free(c->rows);
	free(c->appeared.v);
	free(c->gone.v);
	strv_release(&c->notes);
	strv_release(&c->expired);
	strv_release(&c->reasons);
	*c = (struct compare){0};
}

const char *compare_change_name(enum compare_change change)
{
	static const char *const names[COMPARE_COUNT] = {
		[COMPARE_REGRESSION] = "regression",
		[COMPARE_UNEXPECTED] = "unexpected",
		[COMPARE_UNKNOWABLE] = "unknowable",
		[COMPARE_MISSING] = "missing",
		[COMPARE_FLAKY] = "flaky",
		[COMPARE_CHANGED] = "changed",
		[COMPARE_NEW] = "new",
		[COMPARE_PROGRESS] = "progress",
		[COMPARE_SAME] = "same",
	};

	return names[change];
}

const char *compare_case_word(const struct compare_case *c)
{
	if (!c->result)
		return "absent";
	return c->flaky ? "flaky" : verdict_name(c->verdict);
}

const char *compare_case_reason(const struct compare_case *c)
{
	return c->result ? c->result->reason : "";
}

const struct report_cell *compare_row_cell(const struct compare_row *row)
{
	return row->b.cell ? row->b.cell : row->a.cell;
}
