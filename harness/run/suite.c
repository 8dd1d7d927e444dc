/* SPDX-License-Identifier: MIT */
/*
 * A suite of another project: a case set whose runner is /suite/run. Programs of googletest are
 * asked for their tests first, as a case set of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "run/caseset.h"
#include "run/progress.h"
#include "run/suite_cases.h"
#include "wire/suite_record.h"

#define SELECT_MAX  (32u << 20)
#define OWN_PLAN    "/tmp/suite-plan"
#define LISTING_MAX (1u << 20)
/* Of one program's output; what comes after is counted. */
#define KEEP_TEXT "262144"

struct suite {
	struct worker *w;
	struct suite_select select;
	struct strv env;
	struct suite_lines lines; /* where the cases come from that are asked now */
	bool asks_lists;	  /* only those that are to be asked for their tests */
	struct suite_cases cases; /* of these lines, those that the set has */
	struct suite_lists lists;
	bool shards;	   /* some program is cut by its own */
	bool own_plan;	   /* the guest needs these lines: they are not the plan on its disk */
	int64_t plan_boot; /* the boot that has them */
};

static const enum verdict verdict_of[] = {
	[SUITE_PASS] = VERDICT_PASS,	 [SUITE_SKIP] = VERDICT_SKIP,
	[SUITE_XFAIL] = VERDICT_XFAIL,	 [SUITE_XPASS] = VERDICT_XPASS,
	[SUITE_FAIL] = VERDICT_FAIL,	 [SUITE_TIMEOUT] = VERDICT_TIMEOUT,
	[SUITE_BROKEN] = VERDICT_BROKEN,
};

/* ---- what the runner says ---- */

struct parser {
	struct suite *suite;
	const struct case_sink *sink;
	struct suite_record *record;
	struct suite_case *open;
	struct suite_reader *reader; /* NULL: its tests are listed */
	struct strbuf bytes;	     /* of a list, or of a result file */
};

static void on_begin(void *arg, unsigned long number, uint64_t limit_ms)
{
	struct parser *p = arg;

	p->open = suite_cases_at(&p->suite->cases, number);
	suite_reader_free(p->reader);
	p->reader = NULL;
	strbuf_reset(&p->bytes);
	if (!p->open)
		return;
	suite_case_forget(p->open);
	if (p->open->format)
		p->reader = suite_reader_new(p->open->format, p->open->only);
	p->sink->begin(p->sink->arg, p->open->name, limit_ms, 0);
}

static void on_output(void *arg, unsigned long number, const char *data, size_t n)
{
	struct parser *p = arg;

	if (p->reader)
		suite_reader_feed(p->reader, data, n);
	else
		strbuf_add(&p->bytes, data, n);
}

static void on_file(void *arg, unsigned long number, const char *data, size_t n)
{
	struct parser *p = arg;

	if (data)
		strbuf_add(&p->bytes, data, n);
	else if (p->reader)
		suite_reader_file(p->reader, p->bytes.buf, p->bytes.len);
}

/* What a person wants to read of a case that did not pass. */
static void say_lines(struct parser *p, const char *text, size_t n)
{
	while (n) {
		const char *eol = memchr(text, '\n', n);
		size_t part = eol ? (size_t)(eol - text) : n;
		_autofree_ char *line = xstrndup(text, part);

		p->sink->text(p->sink->arg, line);
		text += part + (eol != NULL);
		n -= part + (eol != NULL);
	}
}

struct listing {
	struct suite_lists *lists;
	struct suite_list *list;
};

static void keep_name(void *arg, const char *name)
{
	struct listing *l = arg;

	suite_lists_add(l->lists, l->list, name);
}

static void end_list(struct parser *p, const struct suite_end *end)
{
	struct suite_case *c = p->open;
	struct suite_lists *lists = &p->suite->lists;
	struct listing l = {lists, suite_lists_begin(lists, c->number)};
	struct suite_answer a = {0};
	const char *why = NULL;

	suite_judge_exit(&a, end);
	if (a.status == SUITE_PASS && end->cut)
		suite_answer_say(&a, SUITE_BROKEN, "its list of tests is too long");
	else if (a.status == SUITE_PASS &&
		 !suite_gtest_list(strbuf_str(&p->bytes), p->bytes.len, keep_name, &l, &why))
		suite_answer_say(&a, SUITE_BROKEN, "%s", why);
	else if (a.status == SUITE_PASS)
		suite_answer_say(&a, SUITE_PASS, "%zu tests", l.list->n);
	if (a.status != SUITE_PASS)
		say_lines(p, strbuf_str(&p->bytes),
			  p->bytes.len < SUITE_TAIL ? p->bytes.len : SUITE_TAIL);
	p->sink->result(p->sink->arg, c->name, verdict_of[a.status], a.reason);
}

/* Until the case is final. Most have none: memory for them would be what a large suite takes. */
static void keep_tests(struct suite_case *c, struct suite_answer *a)
{
	if (!a->n)
		return;
	c->answer = xmalloc(sizeof(*c->answer));
	*c->answer = *a;
}

static void on_end(void *arg, unsigned long number, const struct suite_end *end, uint64_t time_us)
{
	struct parser *p = arg;
	struct suite_case *c = p->open;
	struct suite_answer a;
	const char *tail;
	size_t n;

	p->open = NULL;
	if (!c)
		return;
	if (!c->format) {
		p->open = c;
		end_list(p, end);
		p->open = NULL;
		return;
	}
	suite_reader_end(p->reader, end, &a);
	if (a.status != SUITE_PASS) {
		tail = suite_reader_tail(p->reader, &n);
		say_lines(p, tail, n);
	}
	/* The result may be final at once, and its tests are told with it. */
	keep_tests(c, &a);
	p->sink->result(p->sink->arg, c->name, verdict_of[a.status], a.reason);
	suite_reader_free(p->reader);
	p->reader = NULL;
}

static void on_error(void *arg, const char *text)
{
	struct parser *p = arg;

	p->sink->error(p->sink->arg, text);
}

static void *parser_new(void *arg, const struct case_sink *sink)
{
	struct suite *s = arg;
	struct parser *p = xcalloc(1, sizeof(*p));
	const struct suite_record_listener listener = {.on_begin = on_begin,
						       .on_output = on_output,
						       .on_file = on_file,
						       .on_end = on_end,
						       .on_error = on_error,
						       .arg = p};

	p->suite = s;
	p->sink = sink;
	strbuf_init(&p->bytes, LISTING_MAX);
	p->record = suite_record_new(&listener, SUITE_CASES_MAX);
	return p;
}

static void parser_feed(void *parser, const char *data, size_t n)
{
	suite_record_feed(((struct parser *)parser)->record, data, n);
}

static void parser_free(void *parser)
{
	struct parser *p = parser;

	suite_record_free(p->record);
	suite_reader_free(p->reader);
	strbuf_release(&p->bytes);
	free(p);
}

/* ---- what the runner is told ---- */

/* Its pages are mapped while they go, and no longer. */
static int put_plan(struct suite *s, struct guest *g, struct err *err)
{
	int fd = fileno(s->lines.file);
	struct stat st;
	void *map;
	int r;

	if (!s->own_plan || s->plan_boot == g->boot)
		return 0;
	if (fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot read the plan");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_errno(err, errno, "cannot read the plan");
	r = chan_put(g->chan, OWN_PLAN, map, (size_t)st.st_size, 0644,
		     guest_deadline(g, 30 * SEC + (uint64_t)st.st_size * 50), err);
	munmap(map, (size_t)st.st_size);
	if (r == 0)
		s->plan_boot = g->boot;
	return r;
}

static int command(void *arg, struct guest *g, const struct strv *names, struct strv *argv,
		   struct err *err)
{
	struct suite *s = arg;

	strv_push(argv, SUITE_IMAGE_RUN);
	strv_push(argv, "--plan");
	strv_push(argv, s->own_plan ? OWN_PLAN : SUITE_IMAGE_PLAN);
	strv_push(argv, "--root");
	strv_push(argv, SUITE_IMAGE_ROOT);
	strv_push(argv, "--scale");
	strv_pushf(argv, "%.2f", g->slowdown);
	strv_push(argv, "--keep");
	strv_push(argv, KEEP_TEXT);
	for (size_t i = 0; i < s->env.n; i++) {
		strv_push(argv, "--env");
		strv_push(argv, s->env.v[i]);
	}
	if (s->shards) {
		strv_push(argv, "--env");
		strv_pushf(argv, "GTEST_TOTAL_SHARDS=%lu", s->select.shards);
		strv_push(argv, "--env");
		strv_pushf(argv, "GTEST_SHARD_INDEX=%lu", s->select.shard - 1);
	}
	strv_take(argv, suite_cases_bits(&s->cases, names));
	return put_plan(s, g, err);
}

/* ---- results beside those of the cases ---- */

static void add_result(struct suite *s, const struct store_result *r)
{
	struct err err = ERR_INIT;

	if (store_add_result(s->w->store, r, &err) < 0)
		log_error("%s", err.text);
	progress_result(r->verdict, r->name, r->attempt, r->reason);
}

/* A case is final: so are the tests that it told of, unless the kernel crashed under them. */
static void told(void *arg, const struct store_result *result)
{
	struct suite *s = arg;
	struct suite_case *c = suite_cases_find(&s->cases, result->name);

	if (!c)
		return;
	for (size_t i = 0; c->answer && i < c->answer->n; i++) {
		const struct suite_test *t = &c->answer->tests[i];
		_autofree_ char *full = xasprintf("%s:%s", c->name, t->name);
		_autofree_ char *name = suite_short_name(full);
		struct store_result r = *result;

		if (result->verdict == VERDICT_CRASH || result->verdict == VERDICT_LOST)
			break;
		r.name = name;
		r.verdict = verdict_of[t->status];
		r.reason = t->reason;
		r.detail = r.fingerprint = NULL;
		add_result(s, &r);
	}
	suite_case_forget(c);
	c->told = true;
}

static void add_one(struct suite *s, const char *name, enum verdict v, const char *reason)
{
	const struct store_result r = {.cell = s->w->cell->id,
				       .name = name,
				       .attempt = 1,
				       .verdict = v,
				       .reason = reason,
				       .begin_us = store_now(s->w->store),
				       .end_us = store_now(s->w->store)};

	add_result(s, &r);
}

static void on_blocked(void *arg, const char *name, const char *where)
{
	_autofree_ char *reason = xasprintf("blocked by %s", where);

	add_one(arg, name, VERDICT_SKIP, reason);
}

struct extra {
	struct suite *suite;
	size_t n;
};

/* A list that names what is not there would look as if it had run. */
static void tell_missing(struct extra *e)
{
	struct suite_select *select = &e->suite->select;

	for (size_t i = 0; !select->filter && i < select->allow.n; i++) {
		const struct suite_rule *rule = &select->allow.v[i];
		_autofree_ char *reason =
			xasprintf("named by %s, but there is no such test", rule->where);

		if (rule->met || (select->shards && i % select->shards != select->shard - 1))
			continue;
		add_one(e->suite, rule->pattern, VERDICT_BROKEN, reason);
		e->n++;
	}
}

/* ---- the cell ---- */

static int first_line(void *arg, struct err *err)
{
	struct suite *s = arg;

	suite_cases_release(&s->cases);
	suite_lines_rewind(&s->lines);
	return 0;
}

/* The case that is asked for the tests of a program. */
static void make_list(struct suite_case *c)
{
	char *name = xasprintf("%s:--gtest_list_tests", c->name);

	free(c->name);
	c->name = name;
}

static int next_line(struct suite *s, struct suite_case *ret_case, struct err *err)
{
	int r;

	while ((r = suite_lines_next(&s->lines, ret_case, err)) > 0) {
		if (!s->asks_lists)
			return 1;
		if (!ret_case->format && suite_select_may(&s->select, ret_case->name)) {
			make_list(ret_case);
			return 1;
		}
		suite_case_release(ret_case);
	}
	return r;
}

static int next_case(void *arg, size_t waiting, char **ret_name, struct err *err)
{
	struct suite *s = arg;
	struct suite_case c;
	int r = next_line(s, &c, err);

	if (r <= 0)
		return r;
	*ret_name = xstrdup(c.name);
	suite_cases_add(&s->cases, &c);
	return 1;
}

static int ask(struct suite *s, size_t n, struct err *err)
{
	const struct case_runner runner = {.format = "suite",
					   .lags = true,
					   .command = command,
					   .parser_new = parser_new,
					   .parser_feed = parser_feed,
					   .parser_free = parser_free,
					   .told = told,
					   .arg = s};
	const struct case_source source = {
		.n = n, .rewind = first_line, .next = next_case, .arg = s};
	int r = n ? caseset_run(s->w, &source, &runner, err) : 0;

	suite_cases_release(&s->cases);
	return r;
}

static int read_select(struct suite *s, struct err *err)
{
	_autofree_ char *path = xasprintf("%s.select", s->w->cell->suite);
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(SELECT_MAX);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	int r = file_read(path, &text, err);

	if (r < 0)
		return r;
	strv_split(&lines, strbuf_str(&text), "\n");
	if (!lines.n || strncmp(lines.v[0], "command\t", 8) != 0)
		return err_set(err, EBADMSG, "%s has no command", path);
	r = store_set_cell_fact(s->w->store, s->w->cell->id, "command", lines.v[0] + 8, err);
	for (size_t i = 1; r == 0 && i < lines.n; i++)
		if (strncmp(lines.v[i], "env\t", 4) == 0)
			strv_push(&s->env, lines.v[i] + 4);
		else if (!suite_select_read(&s->select, lines.v[i]))
			return err_set(err, EBADMSG, "%s: line %zu is no rule", path, i + 1);
	return r;
}

static int tell_planned(struct suite *s, size_t n, struct err *err)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", n);
	return store_set_cell_fact(s->w->store, s->w->cell->id, "planned", text, err);
}

/*
 * Planned before the first of them is asked: each case, and the boot. What is of no part is told by
 * the first.
 */
static int plan_cases(struct suite *s, const struct suite_chooser *ch, struct err *err)
{
	struct extra missing = {.suite = s};
	size_t n = ch->whole + s->lists.asked;

	if (s->select.part > 1)
		return 0;
	tell_missing(&missing);
	if (!n && !missing.n) {
		add_one(s, "(suite)", VERDICT_BROKEN, "nothing matches the filter and the lists");
		missing.n++;
	}
	return tell_planned(s, n + missing.n + (ch->n || s->lists.asked), err);
}

/* Programs of googletest, for their tests. */
static int ask_lists(struct suite *s, FILE *plan, struct err *err)
{
	struct suite_case c;
	int r;

	s->lines = (struct suite_lines){.file = plan};
	s->asks_lists = true;
	while ((r = next_line(s, &c, err)) > 0) {
		suite_case_release(&c);
		s->lists.asked++;
	}
	if (r == 0 && s->lists.asked)
		r = file_temp(s->w->cell->run_dir, &s->lists.file, err);
	if (r == 0)
		r = ask(s, s->lists.asked, err);
	suite_lines_release(&s->lines);
	return r;
}

/* What is run of the plan, in a file of its own. */
static int ask_chosen(struct suite *s, FILE *plan, struct err *err)
{
	_autofclose_ FILE *chosen = NULL;
	struct suite_chooser ch = {
		.select = &s->select, .lists = &s->lists, .blocked = on_blocked, .arg = s};
	int r = file_temp(s->w->cell->run_dir, &chosen, err);

	if (r == 0)
		r = suite_choose(&ch, plan, chosen, err);
	if (r == 0)
		r = plan_cases(s, &ch, err);
	s->lines = (struct suite_lines){.file = chosen, .tests = s->lists.asked};
	s->asks_lists = false;
	s->shards = ch.shards;
	s->own_plan = s->lists.asked;
	s->plan_boot = -1;
	suite_lists_release(&s->lists);
	if (r == 0)
		r = ask(s, ch.n, err);
	suite_lines_release(&s->lines);
	return r;
}

int worker_suite(struct worker *w, struct err *err)
{
	struct suite s = {.w = w};
	_autofclose_ FILE *plan = fopen(w->cell->suite, "re");
	int r = plan ? read_select(&s, err)
		     : err_errno(err, errno, "cannot open %s", w->cell->suite);

	s.select.part = (unsigned long)w->cell->part;
	s.select.parts = (unsigned long)w->cell->parts;
	if (r == 0)
		r = ask_lists(&s, plan, err);
	if (r == 0)
		r = ask_chosen(&s, plan, err);
	suite_lists_release(&s.lists);
	suite_select_release(&s.select);
	strv_release(&s.env);
	return r;
}
