/* SPDX-License-Identifier: MIT */
#include "config/expect.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "config/doc.h"
#include "config/fill.h"

static const struct field head_fields[] = {
	{.name = "kernel",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect, kernel),
	 .help = "What it is, in words."},
	{.name = "sha256",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct expect, sha256),
	 .help = "SHA-256 of kernel files for which this file is taken by itself."},
	{.name = "files",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct expect, files),
	 .help = "Shell patterns of names of kernel files, likewise."},
	FIELD_END,
};

static const struct field known_fields[] = {
	{.name = "name",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect_known, name),
	 .required = true,
	 .help = "Shell pattern of cases: probes, steps."},
	{.name = "scenario",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect_known, scenario),
	 .help = "Shell pattern: probes, or a scenario's name; any without it."},
	{.name = "lane",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect_known, lane),
	 .help = "static or debian; any without it."},
	{.name = "verdicts",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct expect_known, verdicts),
	 .required = true,
	 .help = "What it may be: fail, timeout, crash, flaky (fails sometimes)."},
	{.name = "owner",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect_known, owner),
	 .required = true,
	 .help = "The team or the role that mends it."},
	{.name = "reason",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect_known, reason),
	 .required = true,
	 .help = "Why it fails."},
	{.name = "issue",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect_known, issue),
	 .required = true,
	 .help = "Where that is told: a link, a number."},
	{.name = "expires",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct expect_known, expires),
	 .required = true,
	 .help = "Last day on which it counts, YYYY-MM-DD."},
	FIELD_END,
};

static const char *const verdict_words[] = {"fail", "timeout", "crash", "flaky"};
static const char *const lane_words[] = {"static", "debian"};

struct parser {
	const struct doc *doc;
	struct expect *out;
	struct err *err;
};

void expect_free(struct expect *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n; i++)
		fill_release(known_fields, &e->known[i]);
	fill_release(head_fields, e);
	free(e->known);
	free(e->file);
	free(e);
}

static void cleanup_expect(struct expect **e)
{
	expect_free(*e);
}

static void cleanup_doc(struct doc **doc)
{
	doc_free(*doc);
}

static const struct doc_node *value_of(const struct doc_node *mapping, const char *key)
{
	for (size_t i = 0; i + 1 < mapping->n; i += 2)
		if (!strcmp(mapping->items[i]->text, key))
			return mapping->items[i + 1];
	return NULL;
}

static bool is_word(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i], text))
			return true;
	return false;
}

static int check_verdicts(struct parser *p, const struct doc_node *node, const struct strv *words)
{
	if (!words->n)
		return doc_error(p->doc, node, p->err, "\"verdicts\" is empty");
	for (size_t i = 0; i < words->n; i++)
		if (!is_word(words->v[i], verdict_words, ARRAY_SIZE(verdict_words)))
			return doc_error(p->doc, node->items[i], p->err,
					 "\"%.40s\" cannot be expected; there are fail, timeout, "
					 "crash and flaky",
					 words->v[i]);
	return 0;
}

static bool has_shape(const char *text, const char *shape)
{
	for (; *shape; shape++, text++)
		if (*shape == '0' ? !isdigit((unsigned char)*text) : *text != *shape)
			return false;
	return !*text;
}

/* A day that a calendar has: mktime() moves the others. */
static bool is_day(const char *text)
{
	struct tm tm = {0}, moved;

	if (!has_shape(text, "0000-00-00") || !strptime(text, "%Y-%m-%d", &tm))
		return false;
	moved = tm;
	return timegm(&moved) != -1 && moved.tm_mday == tm.tm_mday && moved.tm_mon == tm.tm_mon;
}

/* Nobody is helped by an owner or a reason that is a blank. */
static int check_texts(struct parser *p, const struct doc_node *node)
{
	for (const struct field *f = known_fields; f->name; f++) {
		const struct doc_node *value = value_of(node, f->name);

		if (value && f->type == FIELD_STRING &&
		    !value->text[strspn(value->text, " \t\r\n")])
			return doc_error(p->doc, value, p->err, "\"%s\" is empty", f->name);
	}
	return 0;
}

static int read_known(struct parser *p, const struct doc_node *node)
{
	struct expect_known *k = &p->out->known[p->out->n++];
	int r;

	*k = (struct expect_known){.line = node->line, .column = node->column};
	r = fill_mapping(p->doc, node, known_fields, k, p->err);
	if (r == 0)
		r = check_texts(p, node);
	if (r == 0)
		r = check_verdicts(p, value_of(node, "verdicts"), &k->verdicts);
	if (r == 0 && k->lane && !is_word(k->lane, lane_words, ARRAY_SIZE(lane_words)))
		r = doc_error(p->doc, value_of(node, "lane"), p->err,
			      "unknown lane \"%.40s\"; there are static and debian", k->lane);
	if (r == 0 && !is_day(k->expires))
		r = doc_error(p->doc, value_of(node, "expires"), p->err,
			      "\"expires\" expects a day such as 2027-01-31; this is \"%.40s\"",
			      k->expires);
	return r;
}

static int read_list(struct parser *p, const struct doc_node *node)
{
	char seen[80];
	int r = 0;

	if (node->kind != DOC_LIST)
		return doc_error(p->doc, node, p->err,
				 "\"known\" expects a list of mappings; this is %s",
				 doc_describe(node, seen, sizeof(seen)));
	p->out->known = xcalloc(node->n + 1, sizeof(*p->out->known));
	for (size_t i = 0; i < node->n && r == 0; i++)
		r = read_known(p, node->items[i]);
	return r;
}

static int check_head(struct parser *p, const struct doc_node *root)
{
	const struct doc_node *node = value_of(root, "sha256");
	const struct strv *sums = &p->out->sha256;

	for (size_t i = 0; i < sums->n; i++)
		if (strlen(sums->v[i]) != 64 || strspn(sums->v[i], "0123456789abcdef") != 64)
			return doc_error(
				p->doc, node->items[i], p->err,
				"a SHA-256 has 64 digits of 0-9 and a-f; this is \"%.70s\"",
				sums->v[i]);
	return 0;
}

/* The head is filled through its table from a mapping without the list. */
static int read_file(struct parser *p)
{
	const struct doc_node *root = p->doc->root, *known;
	_autofree_ struct doc_node **items = xcalloc(root->n + 1, sizeof(*items));
	struct doc_node rest = *root;
	int r;

	if (root->kind != DOC_MAPPING)
		return doc_error(p->doc, root, p->err,
				 "a file of known failures is a mapping (key: value)");
	rest.items = items;
	rest.n = 0;
	for (size_t i = 0; i + 1 < root->n; i += 2) {
		if (!strcmp(root->items[i]->text, "known"))
			continue;
		rest.items[rest.n++] = root->items[i];
		rest.items[rest.n++] = root->items[i + 1];
	}
	r = fill_mapping(p->doc, &rest, head_fields, p->out, p->err);
	if (r == 0)
		r = check_head(p, root);
	known = value_of(root, "known");
	if (r == 0 && !known)
		r = doc_error(p->doc, root, p->err, "\"known\" is missing");
	return r < 0 ? r : read_list(p, known);
}

static int from_doc(const struct doc *doc, struct expect **ret_expect, struct err *err)
{
	_cleanup_(cleanup_expect) struct expect *e = xcalloc(1, sizeof(*e));
	struct parser p = {.doc = doc, .out = e, .err = err};
	int r;

	e->file = xstrdup(doc->file);
	r = read_file(&p);
	if (r == 0)
		*ret_expect = TAKE(e);
	return r;
}

int expect_parse(const char *file, const char *text, size_t n, struct expect **ret_expect,
		 struct err *err)
{
	_cleanup_(cleanup_doc) struct doc *doc = NULL;
	int r = doc_parse(file, text, n, &doc, err);

	return r < 0 ? r : from_doc(doc, ret_expect, err);
}

int expect_load(const char *path, struct expect **ret_expect, struct err *err)
{
	_cleanup_(cleanup_doc) struct doc *doc = NULL;
	int r = doc_load(path, &doc, err);

	return r < 0 ? r : from_doc(doc, ret_expect, err);
}

bool expect_needs_sha256(const struct expect *e)
{
	return e->sha256.n > 0;
}

bool expect_is_for(const struct expect *e, const char *kernel_path, const char *sha256)
{
	for (size_t i = 0; i < e->files.n; i++)
		if (fnmatch(e->files.v[i], path_base(kernel_path), 0) == 0)
			return true;
	return sha256 && strv_has(&e->sha256, sha256);
}

bool expect_matches(const struct expect_known *k, const char *scenario, const char *lane,
		    const char *name)
{
	if (k->lane && strcmp(k->lane, lane) != 0)
		return false;
	if (k->scenario && fnmatch(k->scenario, scenario, 0) != 0)
		return false;
	return fnmatch(k->name, name, 0) == 0;
}

void expect_print_schema(FILE *f)
{
	fill_schema(f, "", head_fields);
	fputs("known: <a list of mappings> (required)\n"
	      "  Each has:\n",
	      f);
	fill_schema(f, "  ", known_fields);
}
