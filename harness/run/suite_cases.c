/* SPDX-License-Identifier: MIT */
#include "run/suite_cases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

#define ONLY "--gtest_filter="

void suite_case_forget(struct suite_case *c)
{
	if (c->answer)
		suite_answer_release(c->answer);
	free(c->answer);
	c->answer = NULL;
}

void suite_case_release(struct suite_case *c)
{
	free(c->name);
	free(c->only);
	suite_case_forget(c);
}

/* ---- lines ---- */

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

/* "--gtest_filter=Suite.Test" is its only argument. */
static char *take_only(const char *line)
{
	_autofree_ char *argument = take_field(line, 6);

	return xstrdup(argument + strlen(ONLY));
}

void suite_lines_release(struct suite_lines *l)
{
	free(l->line);
}

void suite_lines_rewind(struct suite_lines *l)
{
	rewind(l->file);
	l->n = 0;
}

/* Its length, 0: the file ends here; -errno. */
static ssize_t read_line(struct suite_lines *l, struct err *err)
{
	ssize_t n = getline(&l->line, &l->room, l->file);

	if (n < 0)
		return ferror(l->file) ? err_errno(err, errno, "cannot read the plan") : 0;
	l->n++;
	if (l->line[n - 1] == '\n')
		l->line[n - 1] = '\0';
	return n;
}

int suite_lines_next(struct suite_lines *l, struct suite_case *ret_case, struct err *err)
{
	_autofree_ char *format = NULL;
	struct suite_case c = {0};
	ssize_t n;

	do
		n = read_line(l, err);
	while (n > 0 && !*l->line);
	if (n <= 0)
		return (int)n;
	format = take_field(l->line, 1);
	c.format = suite_format_find(format);
	if (!c.format && strcmp(format, SUITE_LIST) != 0)
		return err_set(err, EBADMSG, "line %lu of the plan has no format", l->n);
	c.number = l->n - 1;
	c.name = take_field(l->line, 0);
	if (l->tests && c.format == &suite_format_gtest)
		c.only = take_only(l->line);
	*ret_case = c;
	return 1;
}

/* ---- cases ---- */

void suite_cases_release(struct suite_cases *c)
{
	for (size_t i = 0; i < c->n; i++)
		suite_case_release(&c->v[i]);
	free(c->v);
	*c = (struct suite_cases){0};
}

static void drop_told(struct suite_cases *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i].told)
			suite_case_release(&c->v[i]);
		else
			c->v[kept++] = c->v[i];
	}
	c->n = kept;
	c->last = 0;
}

void suite_cases_add(struct suite_cases *c, const struct suite_case *one)
{
	bool full = c->n == c->room;

	if (full)
		drop_told(c);
	/* So that the next time that it is full is not soon. */
	if (full && c->n >= c->room / 2) {
		c->room = c->room ? 2 * c->room : 64;
		c->v = xreallocarray(c->v, c->room, sizeof(*c->v));
	}
	c->v[c->n++] = *one;
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

/* ---- lists ---- */

void suite_lists_release(struct suite_lists *l)
{
	if (l->file)
		fclose(l->file);
	free(l->v);
	*l = (struct suite_lists){0};
}

static struct suite_list *find_list(struct suite_lists *l, unsigned long number)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].number == number)
			return &l->v[i];
	return NULL;
}

struct suite_list *suite_lists_begin(struct suite_lists *l, unsigned long number)
{
	struct suite_list *list = find_list(l, number);

	if (!list) {
		l->v = xreallocarray(l->v, l->n + 1, sizeof(*l->v));
		list = &l->v[l->n++];
	}
	fseeko(l->file, 0, SEEK_END);
	*list = (struct suite_list){.number = number, .at = ftello(l->file)};
	return list;
}

void suite_lists_add(struct suite_lists *l, struct suite_list *list, const char *test)
{
	fprintf(l->file, "%s\n", test);
	list->n++;
}

/* ---- what is run ---- */

/* The line of one test of a program: that of the program with other arguments. */
static void write_test(FILE *chosen, const char *program, const char *name, const char *test)
{
	_autofree_ char *limit = take_field(program, 2);
	_autofree_ char *dir = take_field(program, 4);
	_autofree_ char *path = take_field(program, 5);
	_autofree_ char *filter = xasprintf(ONLY "%s", test);
	const char *const fields[] = {name, "gtest", limit, "a", dir, path, filter};
	_cleanup_(strbuf_release) struct strbuf line = STRBUF_INIT(64u << 10);

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		suite_plan_field(&line, fields[i]);
	fprintf(chosen, "%s\n", strbuf_str(&line));
}

/* Blocked ones belong to a shard as well, so that each is told once. */
static bool is_ours(struct suite_chooser *ch, const struct suite_case *c)
{
	const struct suite_select *s = ch->select;
	/* A program of many tests is cut by its own shards. */
	bool whole = c->format == &suite_format_gtest && !c->only;

	if (!whole && s->shards && ch->nth++ % s->shards != s->shard - 1)
		return false;
	return ch->whole++ % (s->parts ? s->parts : 1) == (s->parts ? s->part - 1 : 0);
}

/* It is run, here. */
static bool choose(struct suite_chooser *ch, const struct suite_case *c, const char *program)
{
	const char *where = NULL;
	enum suite_choice choice = suite_select_ask(ch->select, program, c->only, &where);
	bool ours = choice != SUITE_OUT && is_ours(ch, c);

	if (ours && choice == SUITE_BLOCKED)
		ch->blocked(ch->arg, c->name, where);
	if (!ours || choice != SUITE_RUN)
		return false;
	ch->shards |= ch->select->shards && c->format == &suite_format_gtest && !c->only;
	ch->n++;
	return true;
}

static int choose_tests(struct suite_chooser *ch, const struct suite_lines *plan,
			const char *program, const struct suite_list *list, FILE *chosen,
			struct err *err)
{
	struct suite_lines tests = {.file = ch->lists->file};
	int r = 0;

	fseeko(tests.file, list->at, SEEK_SET);
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		_autofree_ char *full = NULL, *name = NULL;
		struct suite_case c = {.format = &suite_format_gtest};

		if (read_line(&tests, err) <= 0) {
			r = err_set(err, EIO, "cannot read the tests of %s", program);
			break;
		}
		full = xasprintf("%s:%s", program, tests.line);
		c.name = name = suite_short_name(full);
		c.only = tests.line;
		if (choose(ch, &c, program))
			write_test(chosen, plan->line, name, tests.line);
	}
	suite_lines_release(&tests);
	return r;
}

/* A program whose tests are known, or that nobody asked for them. */
static int choose_list(struct suite_chooser *ch, const struct suite_lines *plan,
		       const struct suite_case *c, FILE *chosen, struct err *err)
{
	const struct suite_list *list = find_list(ch->lists, c->number);
	const char *where;

	if (list)
		return choose_tests(ch, plan, c->name, list, chosen, err);
	if (!suite_select_may(ch->select, c->name) &&
	    suite_select_ask(ch->select, c->name, NULL, &where) == SUITE_BLOCKED && is_ours(ch, c))
		ch->blocked(ch->arg, c->name, where);
	return 0;
}

int suite_choose(struct suite_chooser *ch, FILE *plan, FILE *chosen, struct err *err)
{
	struct suite_lines lines = {.file = plan};
	struct suite_case c;
	int r;

	suite_lines_rewind(&lines);
	while ((r = suite_lines_next(&lines, &c, err)) > 0) {
		if (!c.format)
			r = choose_list(ch, &lines, &c, chosen, err);
		else if (choose(ch, &c, c.name))
			fprintf(chosen, "%s\n", lines.line);
		else if (!ch->lists->asked)
			fputc('\n', chosen);
		suite_case_release(&c);
		if (r < 0)
			break;
	}
	suite_lines_release(&lines);
	if (r == 0 && (ferror(chosen) || fflush(chosen) != 0))
		r = err_errno(err, errno, "cannot write the plan");
	return r;
}
