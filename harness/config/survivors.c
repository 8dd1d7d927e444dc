/* SPDX-License-Identifier: MIT */
#include "config/survivors.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "config/doc.h"
#include "config/fill.h"

static const struct field fields[] = {
	{.name = "probe",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct survivor, probe),
	 .required = true,
	 .help = "Its name."},
	{.name = "call",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct survivor, call),
	 .required = true,
	 .help = "The call that lies, as `harness mutate` names it."},
	{.name = "lie",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct survivor, lie),
	 .required = true,
	 .help = "enosys, noop, errno, short or fd."},
	{.name = "reason",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct survivor, reason),
	 .required = true,
	 .help = "Why a probe that does not notice it is right."},
	FIELD_END,
};

static void cleanup_doc(struct doc **doc)
{
	doc_free(*doc);
}

void survivors_release(struct survivors *s)
{
	for (size_t i = 0; i < s->n; i++)
		fill_release(fields, &s->v[i]);
	free(s->v);
	free(s->file);
	*s = (struct survivors){0};
}

static bool names(const struct survivor *s, const char *mutant)
{
	size_t probe = strlen(s->probe), call = strlen(s->call);

	return strncmp(mutant, s->probe, probe) == 0 && mutant[probe] == '/' &&
	       strncmp(mutant + probe + 1, s->call, call) == 0 && mutant[probe + 1 + call] == '/' &&
	       strcmp(mutant + probe + call + 2, s->lie) == 0;
}

struct survivor *survivors_find(const struct survivors *s, const char *mutant)
{
	for (size_t i = 0; i < s->n; i++)
		if (names(&s->v[i], mutant))
			return &s->v[i];
	return NULL;
}

static int read_entry(const struct doc *doc, const struct doc_node *node, struct survivors *out,
		      struct err *err)
{
	struct survivor *s = &out->v[out->n++];
	int r;

	s->line = node->line;
	r = fill_mapping(doc, node, fields, s, err);
	if (r < 0)
		return r;
	if (!*s->reason)
		return doc_error(doc, node, err, "\"reason\" is empty");
	for (size_t i = 0; i + 1 < out->n; i++)
		if (!strcmp(out->v[i].probe, s->probe) && !strcmp(out->v[i].call, s->call) &&
		    !strcmp(out->v[i].lie, s->lie))
			return doc_error(doc, node, err, "listed already, in line %u",
					 out->v[i].line);
	return 0;
}

static int read_list(const struct doc *doc, struct survivors *out, struct err *err)
{
	const struct doc_node *root = doc->root, *list;
	char seen[80];
	int r = 0;

	if (root->kind != DOC_MAPPING || root->n != 2 || strcmp(root->items[0]->text, "survivors"))
		return doc_error(doc, root, err, "expected one key, \"survivors\"");
	list = root->items[1];
	if (doc_is_null(list))
		return 0;
	if (list->kind != DOC_LIST)
		return doc_error(doc, list, err, "\"survivors\" expects a list; this is %s",
				 doc_describe(list, seen, sizeof(seen)));
	if (list->n > SURVIVORS_MAX)
		return doc_error(doc, list->items[SURVIVORS_MAX], err, "more than %d entries",
				 SURVIVORS_MAX);
	out->v = xcalloc(list->n + 1, sizeof(*out->v));
	for (size_t i = 0; i < list->n && r == 0; i++)
		r = read_entry(doc, list->items[i], out, err);
	return r;
}

static int from_doc(const struct doc *doc, struct survivors *ret, struct err *err)
{
	_cleanup_(survivors_release) struct survivors s = {.file = xstrdup(doc->file)};
	int r = read_list(doc, &s, err);

	if (r < 0)
		return r;
	*ret = s;
	s = (struct survivors){0};
	return 0;
}

int survivors_load(const char *path, struct survivors *ret, struct err *err)
{
	_cleanup_(cleanup_doc) struct doc *doc = NULL;
	int r = doc_load(path, &doc, err);

	return r < 0 ? r : from_doc(doc, ret, err);
}

int survivors_parse(const char *file, const char *text, size_t n, struct survivors *ret,
		    struct err *err)
{
	_cleanup_(cleanup_doc) struct doc *doc = NULL;
	int r = doc_parse(file, text, n, &doc, err);

	return r < 0 ? r : from_doc(doc, ret, err);
}
