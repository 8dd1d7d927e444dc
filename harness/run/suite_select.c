/* SPDX-License-Identifier: MIT */
#include "run/suite_select.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

#define LIST_MAX (4u << 20)

static void release_rules(struct suite_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		free(rules->v[i].pattern);
		free(rules->v[i].where);
	}
	free(rules->v);
	free(rules->plain);
	free(rules->wild);
}

void suite_select_release(struct suite_select *s)
{
	release_rules(&s->allow);
	release_rules(&s->block);
	free(s->filter);
	*s = (struct suite_select){0};
}

/* Takes both over. */
static void add_rule(struct suite_rules *rules, char *pattern, char *where)
{
	if ((rules->n & (rules->n - 1)) == 0)
		rules->v = xreallocarray(rules->v, rules->n ? 2 * rules->n : 1, sizeof(*rules->v));
	rules->v[rules->n++] = (struct suite_rule){.pattern = pattern, .where = where};
}

/* The name on a line: what stands before blanks or a comment. NULL: none. */
static char *take_name(const char *line, size_t n)
{
	size_t from = 0, to;

	while (from < n && isspace((unsigned char)line[from]))
		from++;
	to = from;
	while (to < n && line[to] != '#' && !isspace((unsigned char)line[to]))
		to++;
	return to > from ? xstrndup(line + from, to - from) : NULL;
}

/* program: the names are its tests, NULL: they are whatever they say. */
static int load_file(struct suite_rules *rules, const char *path, const char *program,
		     struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(LIST_MAX);
	unsigned int line = 0;

	if (file_read(path, &text, err) < 0)
		return err_usage(err, "cannot read the list %s", path);
	for (const char *p = strbuf_str(&text); *p;) {
		size_t n = strcspn(p, "\n");
		char *name = take_name(p, n);

		line++;
		if (name && program) {
			add_rule(rules, xasprintf("%s:%s", program, name),
				 xasprintf("%s:%u", path_base(path), line));
			free(name);
		} else if (name) {
			add_rule(rules, name, xasprintf("%s:%u", path_base(path), line));
		}
		p += n + (p[n] == '\n');
	}
	return 0;
}

int suite_select_load(struct suite_rules *rules, const char *path, struct err *err)
{
	struct stat st;
	struct dirent **list;
	int n, r = 0;

	rules->given = true;
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return load_file(rules, path, NULL, err);
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0)
		return err_usage(err, "cannot read the lists in %s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		_autofree_ char *file = path_join(path, list[i]->d_name);

		if (r == 0 && list[i]->d_name[0] != '.')
			r = load_file(rules, file, list[i]->d_name, err);
		free(list[i]);
	}
	free(list);
	return r;
}

static bool matches_program(const char *pattern, const char *program)
{
	return fnmatch(pattern, program, 0) == 0 || fnmatch(pattern, path_base(program), 0) == 0;
}

/* "timers:posix_timers", as kselftest names timers/posix_timers. NULL: it lies in no folder. */
static char *kselftest_name(const char *program)
{
	size_t dir = (size_t)(path_base(program) - program);

	return dir ? xasprintf("%.*s:%s", (int)dir - 1, program, program + dir) : NULL;
}

static bool matches_kselftest(const char *pattern, const char *program)
{
	_autofree_ char *name = kselftest_name(program);

	return name && fnmatch(pattern, name, 0) == 0;
}

static bool matches(const char *pattern, const char *program, const char *test)
{
	const char *colon = strchr(pattern, ':');
	_autofree_ char *head = colon ? xstrndup(pattern, (size_t)(colon - pattern)) : NULL;

	if (colon && matches_kselftest(pattern, program))
		return true;
	if (colon)
		return matches_program(head, program) && test && fnmatch(colon + 1, test, 0) == 0;
	return matches_program(pattern, program) || (test && fnmatch(pattern, test, 0) == 0);
}

static int by_pattern(const void *a, const void *b)
{
	return strcmp((*(struct suite_rule *const *)a)->pattern,
		      (*(struct suite_rule *const *)b)->pattern);
}

/* Twenty thousand names of twenty thousand: plain ones are found by bisection. */
static void make_index(struct suite_rules *rules)
{
	if (rules->indexed == rules->n)
		return;
	rules->plain = xreallocarray(rules->plain, rules->n, sizeof(*rules->plain));
	rules->wild = xreallocarray(rules->wild, rules->n, sizeof(*rules->wild));
	rules->n_plain = rules->n_wild = 0;
	for (size_t i = 0; i < rules->n; i++) {
		if (strpbrk(rules->v[i].pattern, "*?[\\"))
			rules->wild[rules->n_wild++] = i;
		else
			rules->plain[rules->n_plain++] = &rules->v[i];
	}
	if (rules->n_plain)
		qsort(rules->plain, rules->n_plain, sizeof(*rules->plain), by_pattern);
	rules->indexed = rules->n;
}

static struct suite_rule *find_plain(struct suite_rules *rules, char *name)
{
	const struct suite_rule key = {.pattern = name}, *want = &key;
	struct suite_rule **at = NULL, **end = rules->plain + rules->n_plain;

	if (rules->n_plain)
		at = bsearch(&want, rules->plain, rules->n_plain, sizeof(*rules->plain),
			     by_pattern);
	if (!at)
		return NULL;
	while (at > rules->plain && strcmp(at[-1]->pattern, name) == 0)
		at--;
	/* Whoever says it a second time is met as well. */
	for (struct suite_rule **p = at; p < end && strcmp((*p)->pattern, name) == 0; p++)
		(*p)->met = true;
	return *at;
}

/* The rule that matches, and every such rule is met. */
static struct suite_rule *find(struct suite_rules *rules, const char *program, const char *test)
{
	const char *base = path_base(program);
	_autofree_ char *full = test ? xasprintf("%s:%s", program, test) : NULL;
	_autofree_ char *last = test ? xasprintf("%s:%s", base, test) : NULL;
	_autofree_ char *kselftest = kselftest_name(program);
	const char *const names[] = {program, base, kselftest, test, full, last};
	struct suite_rule *found = NULL;

	make_index(rules);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct suite_rule *rule = names[i] ? find_plain(rules, (char *)names[i]) : NULL;

		if (!found)
			found = rule;
	}
	for (size_t i = 0; i < rules->n_wild; i++) {
		struct suite_rule *rule = &rules->v[rules->wild[i]];

		if (!matches(rule->pattern, program, test))
			continue;
		rule->met = true;
		if (!found)
			found = rule;
	}
	return found;
}

/* A test that is known inside its program alone is asked for by running the program. */
static bool passes_filter(const char *filter, const char *program, const char *test)
{
	const char *colon = strchr(filter, ':');
	_autofree_ char *head = colon ? xstrndup(filter, (size_t)(colon - filter)) : NULL;

	return matches(filter, program, test) || (colon && !test && matches_program(head, program));
}

enum suite_choice suite_select_ask(struct suite_select *s, const char *program, const char *test,
				   const char **ret_where)
{
	struct suite_rule *rule;

	if (s->filter && !passes_filter(s->filter, program, test))
		return SUITE_OUT;
	if (s->allow.given && !find(&s->allow, program, test))
		return SUITE_OUT;
	rule = find(&s->block, program, test);
	if (!rule)
		return SUITE_RUN;
	*ret_where = rule->where;
	return SUITE_BLOCKED;
}

/* Could the pattern match one of the program's tests? */
static bool may_match(const char *pattern, const char *program)
{
	const char *colon = strchr(pattern, ':');
	_autofree_ char *head = colon ? xstrndup(pattern, (size_t)(colon - pattern)) : NULL;

	if (colon)
		return matches_program(head, program) || matches_kselftest(pattern, program);
	return matches_program(pattern, program) || strchr(pattern, '.') || strchr(pattern, '*');
}

bool suite_select_may(struct suite_select *s, const char *program)
{
	bool allowed = !s->allow.given;

	if (s->filter && !may_match(s->filter, program))
		return false;
	for (size_t i = 0; !allowed && i < s->allow.n; i++)
		allowed = may_match(s->allow.v[i].pattern, program);
	return allowed && !find(&s->block, program, NULL);
}

static void write_rules(const struct suite_rules *rules, const char *what, struct strv *lines)
{
	if (rules->given)
		strv_pushf(lines, "%s", what);
	for (size_t i = 0; i < rules->n; i++)
		strv_pushf(lines, "%s\t%s\t%s", what, rules->v[i].pattern, rules->v[i].where);
}

void suite_select_write(const struct suite_select *s, struct strv *lines)
{
	write_rules(&s->allow, "allow", lines);
	write_rules(&s->block, "block", lines);
	if (s->filter)
		strv_pushf(lines, "filter\t%s", s->filter);
	if (s->shards)
		strv_pushf(lines, "shard\t%lu\t%lu", s->shard, s->shards);
}

bool suite_select_read(struct suite_select *s, const char *line)
{
	_cleanup_(strv_release) struct strv word = STRV_INIT;
	struct suite_rules *rules;

	strv_split(&word, line, "\t");
	if (word.n == 2 && strcmp(word.v[0], "filter") == 0) {
		free(s->filter);
		s->filter = xstrdup(word.v[1]);
		return true;
	}
	if (word.n == 3 && strcmp(word.v[0], "shard") == 0) {
		s->shard = strtoul(word.v[1], NULL, 10);
		s->shards = strtoul(word.v[2], NULL, 10);
		return s->shards > 0;
	}
	if (!word.n || (strcmp(word.v[0], "allow") != 0 && strcmp(word.v[0], "block") != 0))
		return false;
	rules = word.v[0][0] == 'a' ? &s->allow : &s->block;
	rules->given = true;
	if (word.n == 3)
		add_rule(rules, xstrdup(word.v[1]), xstrdup(word.v[2]));
	return word.n == 1 || word.n == 3;
}
