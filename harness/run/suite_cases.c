/* SPDX-License-Identifier: MIT */
#include "run/suite_cases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

#define PLAN_MAX (32u << 20)

void suite_case_forget(struct suite_case *c)
{
	if (c->answer)
		suite_answer_release(c->answer);
	free(c->answer);
	c->answer = NULL;
}

/* All but its name. */
static void release_case(struct suite_case *c)
{
	free(c->only);
	free(c->program);
	free(c->line);
	strv_release(&c->tests);
	suite_case_forget(c);
}

void suite_cases_release(struct suite_cases *c)
{
	for (size_t i = 0; i < c->n; i++)
		release_case(&c->v[i]);
	free(c->v);
	strv_release(&c->names);
	*c = (struct suite_cases){0};
}

static struct suite_case *add(struct suite_cases *c, struct suite_case one)
{
	if ((c->n & (c->n - 1)) == 0)
		c->v = xreallocarray(c->v, c->n ? 2 * c->n : 1, sizeof(*c->v));
	c->v[c->n] = one;
	strv_take(&c->names, one.name);
	return &c->v[c->n++];
}

/* The nth field of a line as it stands there; *ret_n: its length. */
static const char *field(const char *line, unsigned int nth, size_t *ret_n)
{
	while (nth--) {
		line += strcspn(line, "\t");
		line += *line == '\t';
	}
	*ret_n = strcspn(line, "\t");
	return line;
}

static char *take_field(const char *line, unsigned int nth)
{
	size_t n;
	const char *at = field(line, nth, &n);
	char *text = xstrndup(at, n), *out = text;

	for (char *in = text; *in; in++) {
		if (*in == '\\' && in[1]) {
			in++;
			*out++ = *in == 't' ? '\t' : *in == 'n' ? '\n' : *in;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	return text;
}

int suite_cases_read(const char *path, struct suite_cases *ret_cases, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(PLAN_MAX);
	_cleanup_(suite_cases_release) struct suite_cases c = {0};
	int r = file_read(path, &text, err);
	/* Else the guest has the plan, and its lines are of no use here. */
	bool lists = r == 0 && strstr(strbuf_str(&text), "\t" SUITE_LIST "\t");

	for (char *s = text.buf; r == 0 && s && *s;) {
		size_t n = strcspn(s, "\n");
		_autofree_ char *line = xstrndup(s, n);
		_autofree_ char *format = take_field(line, 1);
		struct suite_case one = {.format = suite_format_find(format), .number = c.n};

		if (!one.format && strcmp(format, SUITE_LIST) != 0)
			return err_set(err, EBADMSG, "%s: line %zu has no format", path, c.n + 1);
		one.name = take_field(line, 0);
		if (lists)
			one.line = TAKE(line);
		add(&c, one);
		s += n + (s[n] == '\n');
	}
	if (r < 0)
		return r;
	*ret_cases = c;
	c = (struct suite_cases){0};
	return 0;
}

static const char *program_of(const struct suite_case *c)
{
	return c->program ? c->program : c->name;
}

static int by_number(const void *a, const void *b)
{
	const unsigned long *number = a;
	const struct suite_case *c = b;

	return *number < c->number ? -1 : *number > c->number;
}

struct suite_case *suite_cases_at(struct suite_cases *c, unsigned long number)
{
	return c->n ? bsearch(&number, c->v, c->n, sizeof(*c->v), by_number) : NULL;
}

struct suite_case *suite_cases_find(struct suite_cases *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t at = (c->last + i) % c->n;

		if (strcmp(c->v[at].name, name) == 0) {
			c->last = at;
			return &c->v[at];
		}
	}
	return NULL;
}

char *suite_cases_bits(struct suite_cases *c, const struct strv *names)
{
	size_t digits = c->n ? c->v[c->n - 1].number / 4 + 1 : 1;
	_autofree_ unsigned char *bits = xcalloc(digits, 1);
	char *text = xcalloc(digits + 1, 1);

	for (size_t i = 0; i < names->n; i++) {
		const struct suite_case *one = suite_cases_find(c, names->v[i]);

		if (one)
			bits[one->number / 4] |= (unsigned char)(1u << one->number % 4);
	}
	for (size_t i = 0; i < digits; i++)
		text[i] = "0123456789abcdef"[bits[i]];
	return text;
}

void suite_cases_take_lists(struct suite_cases *all, struct suite_select *select,
			    struct suite_cases *ret_lists)
{
	*ret_lists = (struct suite_cases){0};
	for (size_t i = 0; i < all->n; i++) {
		const struct suite_case *c = &all->v[i];
		struct suite_case one = {.number = c->number};

		if (c->format || !suite_select_may(select, c->name))
			continue;
		one.name = xasprintf("%s:--gtest_list_tests", c->name);
		add(ret_lists, one);
	}
}

/* The line of one test of a program: that of the program with other arguments. */
static struct suite_case make_test(const struct suite_case *program, char *name, const char *test)
{
	_autofree_ char *limit = take_field(program->line, 2);
	_autofree_ char *dir = take_field(program->line, 4);
	_autofree_ char *path = take_field(program->line, 5);
	_autofree_ char *filter = xasprintf("--gtest_filter=%s", test);
	const char *const fields[] = {name, "gtest", limit, "a", dir, path, filter};
	_cleanup_(strbuf_release) struct strbuf line = STRBUF_INIT(64u << 10);
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		suite_plan_field(&line, fields[i]);
	return (struct suite_case){.name = name,
				   .format = &suite_format_gtest,
				   .only = xstrdup(test),
				   .program = xstrdup(program->name),
				   .line = strbuf_detach(&line, &n)};
}

struct chooser {
	struct suite_select *select;
	struct suite_cases *cases;
	void (*blocked)(void *arg, const char *name, const char *where);
	void *arg;
	size_t nth; /* of those that the shards share */
};

/* Blocked ones belong to a shard as well, so that each is told once. */
static bool is_ours(struct chooser *ch, const struct suite_case *c)
{
	const struct suite_select *s = ch->select;
	/* A program of many tests is cut by its own shards. */
	bool whole = c->format == &suite_format_gtest && !c->only;

	if (!whole && s->shards && ch->nth++ % s->shards != s->shard - 1)
		return false;
	return ch->cases->whole++ % (s->parts ? s->parts : 1) == (s->parts ? s->part - 1 : 0);
}

/* Takes over the case. */
static void choose(struct chooser *ch, struct suite_case one)
{
	const char *where = NULL;
	enum suite_choice choice = suite_select_ask(ch->select, program_of(&one), one.only, &where);
	bool ours = choice != SUITE_OUT && is_ours(ch, &one);

	if (ours && choice == SUITE_RUN) {
		add(ch->cases, one);
		return;
	}
	if (ours)
		ch->blocked(ch->arg, one.name, where);
	free(one.name);
	release_case(&one);
}

static void choose_tests(struct chooser *ch, const struct suite_case *program,
			 const struct strv *tests)
{
	for (size_t i = 0; i < tests->n; i++) {
		_autofree_ char *full = xasprintf("%s:%s", program->name, tests->v[i]);

		choose(ch, make_test(program, suite_short_name(full), tests->v[i]));
	}
}

void suite_cases_choose(const struct suite_cases *all, const struct suite_cases *lists,
			struct suite_select *select, struct suite_cases *ret_cases,
			void (*blocked)(void *arg, const char *name, const char *where), void *arg)
{
	struct chooser ch = {.select = select, .cases = ret_cases, .blocked = blocked, .arg = arg};
	size_t next = 0;

	*ret_cases = (struct suite_cases){0};
	for (size_t i = 0; i < all->n; i++) {
		const struct suite_case *c = &all->v[i];
		const char *where;

		if (c->format) {
			choose(&ch, (struct suite_case){.name = xstrdup(c->name),
							.format = c->format,
							.line = lists->n ? xstrdup(c->line) : NULL,
							.number = c->number});
		} else if (next < lists->n && lists->v[next].number == c->number) {
			choose_tests(&ch, c, &lists->v[next++].tests);
		} else if (suite_select_ask(select, c->name, NULL, &where) == SUITE_BLOCKED &&
			   is_ours(&ch, c)) {
			blocked(arg, c->name, where);
		}
	}
}

void suite_cases_renumber(struct suite_cases *c, struct strbuf *text)
{
	for (size_t i = 0; i < c->n; i++) {
		c->v[i].number = i;
		strbuf_addf(text, "%s\n", c->v[i].line);
	}
}
