/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "base/cleanup.h"
#include "base/xalloc.h"

struct anchor {
	char *name;
	struct tree_node *node;
};

struct tree {
	struct tree_node *root;
	struct tree_node **nodes; /* all, for freeing */
	size_t n, cap;
};

struct reader {
	yaml_parser_t parser;
	struct tree *tree;
	struct problems *problems;
	struct anchor *anchors;
	size_t n_anchors;
	unsigned int depth;
	bool failed;
};

static struct tree_node nothing = {.kind = TREE_NULL};

static struct tree_node *new_node(struct tree *d, enum tree_kind kind, unsigned int line)
{
	struct tree_node *node = xcalloc(1, sizeof(*node));

	if (d->n == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 64;
		d->nodes = xreallocarray(d->nodes, d->cap, sizeof(*d->nodes));
	}
	d->nodes[d->n++] = node;
	node->kind = kind;
	node->line = line;
	node->weight = 1;
	return node;
}

static void fail(struct reader *r, unsigned int line, const char *what)
{
	if (!r->failed)
		problem_error(r->problems, line, "%s", what);
	r->failed = true;
}

static unsigned int line_of(const yaml_event_t *e)
{
	return (unsigned int)e->start_mark.line + 1;
}

/* The next event; false when there is none any more. The caller deletes it. */
static bool next(struct reader *r, yaml_event_t *e)
{
	if (r->failed)
		return false;
	if (yaml_parser_parse(&r->parser, e))
		return true;
	fail(r, (unsigned int)r->parser.problem_mark.line + 1,
	     r->parser.problem ? r->parser.problem : "it is no YAML");
	return false;
}

void tree_append(struct tree_node *to, struct tree_node *key, struct tree_node *item)
{
	if ((to->n & (to->n - 1)) == 0) {
		size_t cap = to->n ? 2 * to->n : 1;

		to->items = xreallocarray(to->items, cap, sizeof(*to->items));
		if (to->kind == TREE_MAP)
			to->keys = xreallocarray(to->keys, cap, sizeof(*to->keys));
	}
	if (key)
		to->keys[to->n] = key;
	to->items[to->n++] = item;
	to->weight += item->weight + (key ? 1 : 0);
}

static void append(struct reader *r, struct tree_node *to, struct tree_node *key,
		   struct tree_node *item)
{
	tree_append(to, key, item);
	if (to->weight > TREE_WEIGHT_MAX)
		fail(r, to->line, "it expands to too many values");
}

static struct tree_node *read_node(struct reader *r, const yaml_event_t *e);

static struct tree_node *read_list(struct reader *r, const yaml_event_t *start)
{
	struct tree_node *list = new_node(r->tree, TREE_LIST, line_of(start));
	yaml_event_t e;

	while (next(r, &e)) {
		bool end = e.type == YAML_SEQUENCE_END_EVENT;

		if (!end)
			append(r, list, NULL, read_node(r, &e));
		yaml_event_delete(&e);
		if (end)
			break;
	}
	return list;
}

/* The last of two equal keys counts. */
static void put(struct reader *r, struct tree_node *map, struct tree_node *key,
		struct tree_node *item)
{
	for (size_t i = 0; i < map->n; i++) {
		if (!tree_key_is(map->keys[i], key->text))
			continue;
		problem_warn(r->problems, key->line,
			     "\"%s\" stands here again: line %u does not count", key->text,
			     map->keys[i]->line);
		map->keys[i] = key;
		map->weight += item->weight;
		map->items[i] = item;
		return;
	}
	if (map->n == TREE_MEMBERS_MAX)
		fail(r, key->line, "a map of too many members");
	else
		append(r, map, key, item);
}

static struct tree_node *read_map(struct reader *r, const yaml_event_t *start)
{
	struct tree_node *map = new_node(r->tree, TREE_MAP, line_of(start)), *key = NULL;
	yaml_event_t e;

	while (next(r, &e)) {
		bool end = e.type == YAML_MAPPING_END_EVENT;
		struct tree_node *node = end ? NULL : read_node(r, &e);

		yaml_event_delete(&e);
		if (end)
			break;
		if (key) {
			put(r, map, key, node);
			key = NULL;
		} else if (!tree_text(node)) {
			fail(r, node->line, "a key must be a word");
		} else {
			key = node;
		}
	}
	return map;
}

static bool is_null_word(const char *s)
{
	return !*s || strcmp(s, "~") == 0 || strcasecmp(s, "null") == 0;
}

struct tree_node *tree_add_text(struct tree *d, const char *text, size_t n, unsigned int line)
{
	struct tree_node *node = new_node(d, TREE_SCALAR, line);

	node->len = n;
	node->text = xmalloc(n + 1);
	memcpy(node->text, text, n);
	node->text[n] = '\0';
	return node;
}

static struct tree_node *read_scalar(struct reader *r, const yaml_event_t *e)
{
	struct tree_node *node = tree_add_text(r->tree, (const char *)e->data.scalar.value,
					       e->data.scalar.length, line_of(e));

	node->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (node->plain && is_null_word(node->text))
		node->kind = TREE_NULL;
	return node;
}

static struct tree_node *read_alias(struct reader *r, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;

	for (size_t i = r->n_anchors; i-- > 0;)
		if (strcmp(r->anchors[i].name, name) == 0)
			return r->anchors[i].node;
	fail(r, line_of(e), "an alias of something that does not stand before it");
	return &nothing;
}

static void keep_anchor(struct reader *r, const yaml_char_t *name, struct tree_node *node)
{
	if (!name)
		return;
	r->anchors = xreallocarray(r->anchors, r->n_anchors + 1, sizeof(*r->anchors));
	r->anchors[r->n_anchors++] =
		(struct anchor){.name = xstrdup((const char *)name), .node = node};
}

static struct tree_node *read_kind(struct reader *r, const yaml_event_t *e)
{
	const yaml_char_t *anchor = NULL;
	struct tree_node *node = &nothing;

	switch (e->type) {
	case YAML_SCALAR_EVENT:
		anchor = e->data.scalar.anchor;
		node = read_scalar(r, e);
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = e->data.sequence_start.anchor;
		node = read_list(r, e);
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = e->data.mapping_start.anchor;
		node = read_map(r, e);
		break;
	case YAML_ALIAS_EVENT:
		node = read_alias(r, e);
		break;
	default:
		fail(r, line_of(e), "something else than a value");
	}
	keep_anchor(r, anchor, node);
	return node;
}

static struct tree_node *read_node(struct reader *r, const yaml_event_t *e)
{
	struct tree_node *node;

	if (r->depth == TREE_DEPTH_MAX) {
		fail(r, line_of(e), "it is nested too deep");
		return &nothing;
	}
	r->depth++;
	node = read_kind(r, e);
	r->depth--;
	return node;
}

/* The first document; more of them are an error, as in cloud-init. */
static void read_stream(struct reader *r)
{
	bool seen = false, end = false;
	yaml_event_t e;

	while (!end && next(r, &e)) {
		switch (e.type) {
		case YAML_STREAM_END_EVENT:
			end = true;
			break;
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (seen)
				fail(r, line_of(&e), "a second document: one is allowed");
			seen = true;
			break;
		default:
			r->tree->root = read_node(r, &e);
		}
		yaml_event_delete(&e);
	}
	if (r->failed)
		r->tree->root = &nothing;
}

struct tree *tree_parse(const char *text, size_t n, struct problems *problems)
{
	struct reader r = {.tree = xcalloc(1, sizeof(struct tree)), .problems = problems};

	r.tree->root = &nothing;
	if (n > TREE_SIZE_MAX) {
		problem_error(problems, 0, "it is larger than %u bytes", TREE_SIZE_MAX);
		return r.tree;
	}
	if (!yaml_parser_initialize(&r.parser)) {
		problem_error(problems, 0, "out of memory");
		return r.tree;
	}
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, n);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	read_stream(&r);
	yaml_parser_delete(&r.parser);
	for (size_t i = 0; i < r.n_anchors; i++)
		free(r.anchors[i].name);
	free(r.anchors);
	return r.tree;
}

void tree_free(struct tree *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++) {
		free(d->nodes[i]->text);
		free(d->nodes[i]->items);
		free(d->nodes[i]->keys);
		free(d->nodes[i]);
	}
	free(d->nodes);
	free(d);
}

struct tree *tree_new(void)
{
	struct tree *d = xcalloc(1, sizeof(*d));

	d->root = &nothing;
	return d;
}

struct tree_node *tree_add(struct tree *d, enum tree_kind kind, unsigned int line)
{
	struct tree_node *node = new_node(d, kind, line);

	if (d->root == &nothing)
		d->root = node;
	return node;
}

const struct tree_node *tree_root(const struct tree *d)
{
	return d->root;
}

/* --- Asking --- */

static char folded(char c)
{
	return c == '-' ? '_' : c;
}

bool tree_key_is(const struct tree_node *key, const char *name)
{
	const char *a = key->text;

	if (!a)
		return false;
	while (*a && folded(*a) == folded(*name)) {
		a++;
		name++;
	}
	return !*a && !*name;
}

const struct tree_node *tree_get(const struct tree_node *map, const char *key)
{
	if (!map || map->kind != TREE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (tree_key_is(map->keys[i], key))
			return map->items[i];
	return NULL;
}

const char *tree_text(const struct tree_node *node)
{
	if (!node || node->kind != TREE_SCALAR || strlen(node->text) != node->len)
		return NULL;
	return node->text;
}

void tree_texts(const struct tree_node *list, struct strv *ret)
{
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++)
		if (tree_text(list->items[i]))
			strv_push(ret, tree_text(list->items[i]));
}

const char *tree_get_text(const struct tree_node *map, const char *key)
{
	return tree_text(tree_get(map, key));
}

bool tree_bool(const struct tree_node *node, bool *ret)
{
	static const char *const yes[] = {"true", "yes", "on"}, *const no[] = {"false", "no",
									       "off"};
	const char *s = tree_text(node);

	if (!s)
		return false;
	for (size_t i = 0; i < (node->plain ? ARRAY_SIZE(yes) : 1); i++) {
		bool is = strcasecmp(s, yes[i]) == 0;

		if (!is && strcasecmp(s, no[i]) != 0)
			continue;
		*ret = is;
		return true;
	}
	return false;
}

bool tree_int(const struct tree_node *node, int64_t *ret)
{
	const char *s = tree_text(node);
	char *end;
	long long v;

	if (!s || !*s || strspn(s, "+-0123456789") != strlen(s))
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || *end || end == s)
		return false;
	*ret = v;
	return true;
}
