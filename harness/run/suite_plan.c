/* SPDX-License-Identifier: MIT */
#include "run/suite_plan.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "store/nameset.h"

#define TEXT_MAX (32u << 20)
#define LIST_MAX (4u << 20)
/* Of a runtest file. */
#define LINE_MAX_BYTES 65536
/* A program that is asked for its tests may have so many, in the limit of all. */
#define LIST_TESTS 1000
/* kselftest's "timeout=0" is no limit, and a test that hangs has to end. */
#define UNLIMITED_S 3600
/* kselftest's limits are short ones for real machines. */
#define EMULATED 4
/* Of a whole suite: a number that stays one when it is multiplied. */
#define SUITE_MOST_S 100000000

void suite_plan_release(struct suite_plan *p)
{
	free(p->name);
	free(p->command);
	suite_tree_release(&p->tree);
	strv_release(&p->env);
	suite_select_release(&p->select);
	if (p->text.file)
		fclose(p->text.file);
	*p = (struct suite_plan){0};
}

void suite_plan_field(struct strbuf *text, const char *value)
{
	if (text->len && text->buf[text->len - 1] != '\n')
		strbuf_addch(text, '\t');
	for (; *value; value++) {
		if (*value == '\t' || *value == '\n' || *value == '\\')
			strbuf_addch(text, '\\');
		strbuf_addch(text, *value == '\t' ? 't' : *value == '\n' ? 'n' : *value);
	}
}

struct maker {
	const struct suite_request *req;
	struct suite_plan *plan;
	struct strbuf line; /* of the plan, until it is whole */
	struct sha256 *sha;
	struct nameset *names;
	const char *format; /* of the request; of an installed kselftest where that says "auto" */
	size_t chosen;	    /* cases that may be run */
	const char *dir;    /* of the commands of a runtest file */
	const struct suite_entry
		*last; /* that a command named: lists of many lines often name one */
	const char *last_format;
};

/* ---- limits ---- */

/* The file that kselftest reads beside the tests of a collection; empty: there is none. */
static void read_settings(const struct suite_tree *t, const char *program, char *buf, size_t size)
{
	_autofree_ char *path =
		xasprintf("%.*ssettings", (int)(path_base(program) - program), program);
	_autoclose_ int fd = suite_tree_open(t, path);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = '\0';
}

/* What a program's "settings" say of its limit, in seconds. 0: nothing. */
static int settings_limit(const struct suite_tree *t, const char *program, int64_t *ret_limit_s,
			  struct err *err)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	char text[4096], *end;

	*ret_limit_s = 0;
	read_settings(t, program, text, sizeof(text));
	strv_split(&lines, text, "\r\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *value = lines.v[i] + 8;
		unsigned long s;

		if (strncmp(lines.v[i], "timeout=", 8) != 0)
			continue;
		s = strtoul(value, &end, 10);
		end += strspn(end, " \t");
		if (!isdigit((unsigned char)*value) || *end || s > 24L * 3600)
			return err_usage(err, "the settings beside %s: \"%.60s\" is no limit",
					 program, lines.v[i]);
		*ret_limit_s = s ? (int64_t)s * EMULATED : UNLIMITED_S;
	}
	return 0;
}

/* The fields before the arguments. limit_s: of its collection, 0: it has none. */
static void begin_line(struct maker *m, const char *name, const char *format, const char *flags,
		       const char *dir, int64_t limit_s)
{
	struct strbuf *text = &m->line;
	int64_t own = m->req->limit_s ? m->req->limit_s : limit_s ? limit_s : SUITE_LIMIT_S;
	_autofree_ char *limit = xasprintf("%lld", (long long)own * 1000);

	m->plan->limit_s += own * (strcmp(format, SUITE_LIST) == 0 ? LIST_TESTS : 1);
	suite_plan_field(text, name);
	suite_plan_field(text, format);
	suite_plan_field(text, limit);
	suite_plan_field(text, flags);
	suite_plan_field(text, dir);
}

static int end_line(struct maker *m, const char *name, struct err *err)
{
	struct suite_text *text = &m->plan->text;
	int r;

	strbuf_addch(&m->line, '\n');
	if (strlen(name) > SUITE_MAX_NAME)
		return err_usage(err, "the name of a test is longer than %d bytes: %.60s…",
				 SUITE_MAX_NAME, name);
	text->n += m->line.len;
	if (++m->plan->n > SUITE_CASES_MAX || text->n > TEXT_MAX)
		return err_usage(err, "%s has more than %d tests", m->req->dir, SUITE_CASES_MAX);
	r = nameset_add(m->names, name, err);
	if (r < 0)
		return r == -EEXIST ? err_usage(err, "two tests have the name %s", name) : r;
	sha256_add(m->sha, m->line.buf, m->line.len);
	fputs(m->line.buf, text->file);
	strbuf_reset(&m->line);
	return 0;
}

static const char *flags_of(const char *format)
{
	return strcmp(format, "exit") == 0 ? "-" : "a";
}

/* ---- the programs of a folder ---- */

struct content {
	const char *map; /* NULL: it cannot be executed, or is no program */
	size_t n;
	bool elf;
};

static void content_release(struct content *c)
{
	if (c->map)
		munmap((void *)c->map, c->n);
}

/* Of a file that begins as a program does. */
static struct content map_program(const struct suite_tree *t, const struct suite_entry *e)
{
	_autoclose_ int fd = e->executable ? suite_tree_open(t, e->path) : -1;
	struct content c = {0};
	struct stat st;
	char *map;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size < 4)
		return c;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return c;
	c = (struct content){.map = map, .n = (size_t)st.st_size};
	c.elf = memcmp(map, "\177ELF", 4) == 0;
	if (c.elf ? strstr(path_base(e->path), ".so") != NULL : memcmp(map, "#!", 2) != 0) {
		content_release(&c);
		c.map = NULL;
	}
	return c;
}

static bool contains(const struct content *c, const char *word)
{
	return memmem(c->map, c->n, word, strlen(word)) != NULL;
}

/* *ret_gtest: it knows googletest's options. */
static bool is_program(const struct suite_tree *t, const struct suite_entry *e, bool *ret_gtest)
{
	_cleanup_(content_release) struct content c = map_program(t, e);

	*ret_gtest = c.map && c.elf && contains(&c, "gtest_list_tests");
	return c.map != NULL;
}

/* What of the program is blocked, as googletest takes it: "-A.b:C.*". NULL: nothing. */
static char *negative_filter(const struct suite_select *s, const char *program)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(LIST_MAX);
	size_t n;

	for (size_t i = 0; i < s->block.n; i++) {
		const char *p = s->block.v[i].pattern, *colon = strchr(p, ':');
		size_t head = colon ? (size_t)(colon - p) : 0;

		if (colon && strncmp(p, path_base(program), head) != 0)
			continue;
		if (!colon && !strchr(p, '.'))
			continue;
		strbuf_addf(&sb, "%s%s", sb.len ? ":" : "--gtest_filter=-", colon ? colon + 1 : p);
	}
	return sb.len ? strbuf_detach(&sb, &n) : NULL;
}

static int add_program(struct maker *m, const struct suite_entry *e, bool gtest, struct err *err)
{
	struct suite_plan *plan = m->plan;
	_autofree_ char *path = xasprintf(SUITE_IMAGE_ROOT "/%s", e->path);
	_autofree_ char *dir = xstrndup(path, (size_t)(path_base(path) - path) - 1);
	_autofree_ char *filter = gtest ? negative_filter(&plan->select, e->path) : NULL;
	bool list = gtest && !m->req->per_binary;
	const char *format = list ? SUITE_LIST : gtest ? "gtest" : m->format;
	const char *where;
	int64_t limit_s = 0;
	int r = strcmp(format, "kselftest") == 0
			? settings_limit(&plan->tree, e->path, &limit_s, err)
			: 0;

	if (r < 0)
		return r;
	plan->lists |= list;
	begin_line(m, e->path, format, gtest && !list ? "af" : flags_of(format), dir, limit_s);
	suite_plan_field(&m->line, path);
	if (list)
		suite_plan_field(&m->line, "--gtest_list_tests");
	if (gtest && !list)
		suite_plan_field(&m->line, "--gtest_output=json:" SUITE_RESULT);
	if (gtest && !list && filter)
		suite_plan_field(&m->line, filter);
	m->chosen += gtest ? suite_select_may(&plan->select, e->path)
			   : suite_select_ask(&plan->select, e->path, NULL, &where) != SUITE_OUT;
	return end_line(m, e->path, err);
}

static int add_programs(struct maker *m, struct err *err)
{
	const struct suite_tree *t = &m->plan->tree;
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->n; i++) {
		bool gtest;

		if (t->entries[i].kind != SUITE_FILE || !is_program(t, &t->entries[i], &gtest))
			continue;
		if (strcmp(m->format, "auto") != 0)
			gtest = strcmp(m->format, "gtest") == 0;
		r = add_program(m, &t->entries[i], gtest, err);
	}
	if (r == 0 && !m->plan->n)
		return err_usage(err,
				 "%s holds no test program: no executable file that is ELF or "
				 "a script",
				 m->req->dir);
	return r;
}

/* ---- a runtest file ---- */

/* Words that need no shell. */
static bool is_plain(const char *command)
{
	return !strpbrk(command, "|&;<>()$`\\\"'*?[]#~=%!{}");
}

/* Where the program of that name lies in the folder; NULL: not there, or not once. */
static const struct suite_entry *find_program(const struct suite_tree *t, const char *word)
{
	const struct suite_entry *found = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct suite_entry *e = &t->entries[i];

		if (e->kind == SUITE_DIR || strcmp(path_base(e->path), word) != 0)
			continue;
		if (found)
			return NULL;
		found = e;
	}
	return found;
}

/* Where LTP's own runner starts its tests. */
static const char *runtest_dir(const struct suite_tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->entries[i].kind == SUITE_DIR &&
		    strcmp(t->entries[i].path, "testcases/bin") == 0)
			return SUITE_IMAGE_ROOT "/testcases/bin";
	return SUITE_IMAGE_ROOT;
}

/*
 * LTP has programs that do not use its library and tell by their exit status alone. What is not in
 * the folder, or only one of several programs of a line, is not known so well.
 */
static const char *format_of(const struct maker *m, const char *command)
{
	_autofree_ char *word = xstrndup(command, strcspn(command, " \t"));
	const struct suite_entry *e = NULL;
	_cleanup_(content_release) struct content c = {0};

	if (strcmp(m->req->format, "ltp") != 0 || !is_plain(command))
		return m->req->format;
	if (m->last && strcmp(path_base(m->last->path), word) == 0)
		return m->last_format;
	e = find_program(&m->plan->tree, word);
	if (e)
		c = map_program(&m->plan->tree, e);
	return c.map && !contains(&c, "TPASS") && !contains(&c, "tst_") ? "exit" : "ltp";
}

static void add_command(struct maker *m, const char *command)
{
	struct strbuf *text = &m->line;
	_cleanup_(strv_release) struct strv words = STRV_INIT;
	const struct suite_entry *program = NULL;

	strv_split(&words, command, " \t");
	if (m->last && words.n && strcmp(path_base(m->last->path), words.v[0]) == 0)
		program = m->last;
	else if (words.n && is_plain(command))
		program = find_program(&m->plan->tree, words.v[0]);
	if (program && is_plain(command)) {
		_autofree_ char *path = xasprintf(SUITE_IMAGE_ROOT "/%s", program->path);

		m->last = program;
		suite_plan_field(text, path);
		for (size_t i = 1; i < words.n; i++)
			suite_plan_field(text, words.v[i]);
		return;
	}
	suite_plan_field(text, "/bin/sh");
	suite_plan_field(text, "-c");
	suite_plan_field(text, command);
}

static int add_runtest_line(struct maker *m, const char *line, struct err *err)
{
	_autofree_ char *name = NULL;
	size_t n;
	const char *where, *format;
	const struct suite_entry *before;

	line += strspn(line, " \t");
	n = strcspn(line, " \t");
	if (!n || *line == '#')
		return 0;
	name = xstrndup(line, n);
	line += n + strspn(line + n, " \t");
	if (!*line)
		return err_usage(err, "%s: %s has no command", m->req->runtest, name);
	format = format_of(m, line);
	begin_line(m, name, format, flags_of(format), m->dir, 0);
	before = m->last;
	add_command(m, line);
	if (m->last != before)
		m->last_format = format;
	m->chosen += suite_select_ask(&m->plan->select, name, NULL, &where) != SUITE_OUT;
	return end_line(m, name, err);
}

/* As given, or a name in the folder's runtest/. */
static int open_runtest(const struct maker *m, FILE **ret_file, struct err *err)
{
	_autofree_ char *inside = xasprintf("%s/runtest/%s", m->plan->tree.dir, m->req->runtest);
	const char *path = m->req->runtest;

	if (!file_exists(path) && !strchr(path, '/'))
		path = inside;
	*ret_file = fopen(path, "re");
	if (!*ret_file)
		return err_usage(err, "cannot read the runtest file %s", m->req->runtest);
	return 0;
}

static int add_runtest(struct maker *m, struct err *err)
{
	_autofclose_ FILE *f = NULL;
	char line[LINE_MAX_BYTES];
	int r = open_runtest(m, &f, err);

	if (r < 0)
		return r;
	m->dir = runtest_dir(&m->plan->tree);
	while (r == 0 && fgets(line, sizeof(line), f)) {
		if (!strchr(line, '\n') && !feof(f))
			return err_usage(err, "%s: a line is no text, or too long",
					 m->req->runtest);
		line[strcspn(line, "\r\n")] = '\0';
		r = add_runtest_line(m, line, err);
	}
	if (r == 0 && ferror(f))
		return err_usage(err, "cannot read the runtest file %s", m->req->runtest);
	if (r == 0 && !m->plan->n)
		return err_usage(err, "%s names no test", m->req->runtest);
	return r;
}

/* An installed kselftest says which of its files are tests. */
static const char kselftest_list[] = "kselftest-list.txt";

static bool is_kselftest(const struct suite_tree *t)
{
	_autoclose_ int fd = suite_tree_open(t, kselftest_list);

	return fd >= 0;
}

static int load_native(const struct suite_plan *p, struct suite_rules *allow, struct err *err)
{
	_autofree_ char *path = path_join(p->tree.dir, kselftest_list);

	return is_kselftest(&p->tree) ? suite_select_load(allow, path, err) : 0;
}

/* Its programs tell by their status what "auto" would not know. */
static const char *choose_format(const struct suite_request *req, const struct suite_tree *t)
{
	bool known = strcmp(req->format, "auto") != 0 || req->runtest;

	return !known && is_kselftest(t) ? "kselftest" : req->format;
}

static int load_lists(const struct suite_request *req, struct suite_plan *plan, struct err *err)
{
	struct suite_select *s = &plan->select;
	int r = req->allow.n || req->runtest ? 0 : load_native(plan, &s->allow, err);

	for (size_t i = 0; r == 0 && i < req->allow.n; i++)
		r = suite_select_load(&s->allow, req->allow.v[i], err);
	for (size_t i = 0; r == 0 && i < req->block.n; i++)
		r = suite_select_load(&s->block, req->block.v[i], err);
	s->filter = req->filter ? xstrdup(req->filter) : NULL;
	return r;
}

/* A name as shells take it, and a value of one line. */
static bool is_variable(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return n && !isdigit((unsigned char)*text) && text[n] == '=' && !strpbrk(text, "\n\t\r") &&
	       strlen(text) <= SUITE_ENV_BYTES;
}

static int take_env(const struct suite_request *req, struct suite_plan *p, struct err *err)
{
	if (req->env.n > SUITE_ENV_MAX)
		return err_usage(err, "more than %d variables", SUITE_ENV_MAX);
	for (size_t i = 0; i < req->env.n; i++) {
		if (!is_variable(req->env.v[i]))
			return err_usage(err, "--env=%.60s is no NAME=VALUE", req->env.v[i]);
		strv_push(&p->env, req->env.v[i]);
	}
	return 0;
}

/* Without the lists: it is to ask one case again. */
static char *make_command(const struct suite_request *req, const struct suite_plan *p)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(64u << 10);
	size_t n;

	strbuf_addf(&sb, "harness suite '%s' --format=%s%s%s%s", p->tree.dir, req->format,
		    req->runtest ? " --runtest=" : "", req->runtest ? req->runtest : "",
		    req->per_binary ? " --per-binary" : "");
	if (req->limit_s)
		strbuf_addf(&sb, " --limit=%lld", (long long)req->limit_s);
	for (size_t i = 0; i < p->env.n; i++)
		strbuf_addf(&sb, strchr(p->env.v[i], '\'') ? " --env=\"%s\"" : " --env='%s'",
			    p->env.v[i]);
	return strbuf_detach(&sb, &n);
}

/* Where the text goes, line by line. */
static int open_text(struct maker *m, struct err *err)
{
	_autofree_ char *dir = path_join(paths_cache(), "ready");
	int r = mkdir_p(dir, err);

	return r < 0 ? r : file_temp(dir, &m->plan->text.file, err);
}

/* Each line once it is whole: the text of a plan of many is never in memory. */
static int write_text(struct maker *m, struct err *err)
{
	struct suite_text *text = &m->plan->text;
	int r = nameset_new(&m->names, err);

	if (r < 0)
		return r;
	m->sha = sha256_begin();
	strbuf_init(&m->line, TEXT_MAX);
	r = m->req->runtest ? add_runtest(m, err) : add_programs(m, err);
	if (r == 0 && (ferror(text->file) || fflush(text->file) != 0))
		r = err_errno(err, errno, "cannot write the plan");
	sha256_end(m->sha, text->sha256);
	strbuf_release(&m->line);
	nameset_free(m->names);
	return r;
}

int suite_plan_make(const struct suite_request *req, struct suite_plan *ret_plan, struct err *err)
{
	_cleanup_(suite_plan_release) struct suite_plan plan = {0};
	struct maker m = {.req = req, .plan = &plan};
	int r = suite_tree_read(req->dir, &plan.tree, err);

	if (r < 0)
		return r;
	m.format = choose_format(req, &plan.tree);
	r = take_env(req, &plan, err);
	if (r == 0)
		r = load_lists(req, &plan, err);
	if (r == 0)
		r = open_text(&m, err);
	if (r == 0)
		r = write_text(&m, err);
	if (r == 0 && !m.chosen)
		r = err_usage(err, "nothing in %s matches the filter and the lists", req->dir);
	if (r < 0)
		return r;
	if (plan.limit_s > SUITE_MOST_S)
		plan.limit_s = SUITE_MOST_S;
	plan.name = xstrdup(path_base(plan.tree.dir));
	plan.command = make_command(req, &plan);
	*ret_plan = plan;
	plan = (struct suite_plan){0};
	return 0;
}
