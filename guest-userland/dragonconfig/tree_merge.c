/* SPDX-License-Identifier: MIT */
#include "tree_merge.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

enum list_way { LIST_REPLACE, LIST_NO_REPLACE, LIST_APPEND, LIST_PREPEND };

struct ways {
	enum list_way list;
	bool dict_replace;
	bool recurse_list, recurse_dict, recurse_str;
	bool str_append;
};

struct merger {
	struct tree *tree;
	struct ways ways;
};

static struct tree_node *merge_value(struct merger *m, struct tree_node *old,
				     struct tree_node *new);

/* --- What is asked for --- */

static bool is_word(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && strncmp(p, word, n) == 0;
}

static void set_list(struct ways *w, const char *p, size_t n)
{
	if (is_word(p, n, "append"))
		w->list = LIST_APPEND;
	else if (is_word(p, n, "prepend"))
		w->list = LIST_PREPEND;
	else if (is_word(p, n, "no_replace"))
		w->list = LIST_NO_REPLACE;
	else if (is_word(p, n, "replace"))
		w->list = LIST_REPLACE;
}

static void set_dict(struct ways *w, const char *p, size_t n)
{
	if (is_word(p, n, "replace"))
		w->dict_replace = true;
	else if (is_word(p, n, "recurse_list") || is_word(p, n, "recurse_array"))
		w->recurse_list = true;
	else if (is_word(p, n, "recurse_dict"))
		w->recurse_dict = true;
	else if (is_word(p, n, "recurse_str"))
		w->recurse_str = true;
}

/* One merger's settings, as in "append,recurse_dict". */
static void set_way(struct ways *w, const char *name, size_t name_n, const char *settings)
{
	const char *p = settings;

	while (*p && *p != ')') {
		size_t n = strcspn(p, ",) ");

		if (is_word(name, name_n, "list"))
			set_list(w, p, n);
		else if (is_word(name, name_n, "dict"))
			set_dict(w, p, n);
		else if (is_word(name, name_n, "str") && is_word(p, n, "append"))
			w->str_append = true;
		p += n + strspn(p + n, ", ");
	}
}

/* "list(append)+dict(recurse_list)+str()" */
static void read_words(struct ways *w, const char *text, unsigned int line,
		       struct problems *problems)
{
	while (*text) {
		size_t name = strcspn(text, "(");
		const char *end = strchr(text, ')');

		if (!text[name] || !end) {
			problem_warn(problems, line, "a way to merge that cannot be read");
			return;
		}
		set_way(w, text, name, text + name + 1);
		text = end + 1 + strspn(end + 1, "+ ");
	}
}

/* [{name: list, settings: [append]}, …] */
static void read_list(struct ways *w, const struct tree_node *list, struct problems *problems)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *name = tree_get_text(list->items[i], "name");
		const struct tree_node *settings = tree_get(list->items[i], "settings");

		if (!name)
			problem_warn(problems, list->items[i]->line, "a way to merge without name");
		for (size_t k = 0; name && settings && k < settings->n; k++) {
			const char *word = tree_text(settings->items[k]);

			if (word)
				set_way(w, name, strlen(name), word);
		}
	}
}

static struct ways ways_of(const struct tree_node *over, const char *how, struct problems *problems)
{
	const struct tree_node *node = tree_get(over, "merge_how");
	const char *text;
	struct ways w = {.list = LIST_REPLACE};

	if (!node)
		node = tree_get(over, "merge_type");
	text = node ? tree_text(node) : how;
	if (!text && !(node && node->kind == TREE_LIST))
		return (struct ways){.dict_replace = true};
	if (text)
		read_words(&w, text, node ? node->line : 0, problems);
	else
		read_list(&w, node, problems);
	return w;
}

/* --- Merging --- */

static bool recurses(const struct ways *w, const struct tree_node *new)
{
	switch (new->kind) {
	case TREE_LIST:
		return w->recurse_list;
	case TREE_MAP:
		return w->recurse_dict;
	case TREE_SCALAR:
		return w->recurse_str;
	default:
		return false;
	}
}

static struct tree_node *find(const struct tree_node *map, const char *key,
			      struct tree_node **ret_key)
{
	for (size_t i = 0; i < map->n; i++) {
		if (!tree_key_is(map->keys[i], key))
			continue;
		*ret_key = map->keys[i];
		return map->items[i];
	}
	return NULL;
}

static struct tree_node *same_key(struct merger *m, struct tree_node *old, struct tree_node *new)
{
	if (m->ways.dict_replace)
		return new;
	return recurses(&m->ways, new) ? merge_value(m, old, new) : old;
}

static struct tree_node *merge_maps(struct merger *m, const struct tree_node *old,
				    const struct tree_node *new)
{
	struct tree_node *map = tree_add(m->tree, TREE_MAP, new->line), *key;

	for (size_t i = 0; i < old->n; i++) {
		struct tree_node *other = find(new, old->keys[i]->text, &key);

		tree_append(map, other ? key : old->keys[i],
			    other ? same_key(m, old->items[i], other) : old->items[i]);
	}
	for (size_t i = 0; i < new->n; i++)
		if (!find(old, new->keys[i]->text, &key))
			tree_append(map, new->keys[i], new->items[i]);
	return map;
}

static void append_all(struct tree_node *to, const struct tree_node *from)
{
	for (size_t i = 0; i < from->n; i++)
		tree_append(to, NULL, from->items[i]);
}

static struct tree_node *merge_lists(struct merger *m, const struct tree_node *old,
				     const struct tree_node *new)
{
	struct tree_node *list = tree_add(m->tree, TREE_LIST, new->line);

	switch (m->ways.list) {
	case LIST_APPEND:
		append_all(list, old);
		append_all(list, new);
		break;
	case LIST_PREPEND:
		append_all(list, new);
		append_all(list, old);
		break;
	case LIST_NO_REPLACE:
		append_all(list, old);
		break;
	case LIST_REPLACE: /* place by place, as long as the old one is */
		for (size_t i = 0; i < old->n; i++)
			tree_append(list, NULL, i < new->n ? new->items[i] : old->items[i]);
	}
	return list;
}

static struct tree_node *merge_texts(struct merger *m, struct tree_node *old, struct tree_node *new)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(2 * TREE_SIZE_MAX);

	if (!m->ways.str_append)
		return new;
	if (strbuf_add(&sb, old->text, old->len) < 0 || strbuf_add(&sb, new->text, new->len) < 0)
		return new;
	return tree_add_text(m->tree, strbuf_str(&sb), sb.len, new->line);
}

static struct tree_node *merge_value(struct merger *m, struct tree_node *old, struct tree_node *new)
{
	if (old->kind != new->kind)
		return new;
	switch (new->kind) {
	case TREE_MAP:
		return merge_maps(m, old, new);
	case TREE_LIST:
		return merge_lists(m, old, new);
	case TREE_SCALAR:
		return merge_texts(m, old, new);
	default:
		return new;
	}
}

struct tree *tree_merge(const struct tree_node *base, const struct tree_node *over, const char *how,
			struct problems *problems)
{
	static const struct tree_node empty = {.kind = TREE_MAP};
	struct merger m = {.tree = tree_new(), .ways = ways_of(over, how, problems)};

	merge_maps(&m, base->kind == TREE_MAP ? base : &empty,
		   over->kind == TREE_MAP ? over : &empty);
	return m.tree;
}
