/* SPDX-License-Identifier: MIT */
/* manage_resolv_conf and resolv_conf: then name servers of the network's configuration do not
 * count. */
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "module.h"
#include "resolv.h"

#define TEXT_MAX 65536

static bool is_word(const char *text)
{
	return text && *text && !text[strcspn(text, " \t\r\n#;")];
}

/* before each word of a list, or of the scalar. */
static void add_words(struct strbuf *sb, const char *before, const struct tree_node *node)
{
	size_t n = !node || node->kind == TREE_NULL ? 0 : node->kind == TREE_LIST ? node->n : 1;

	for (size_t i = 0; i < n; i++) {
		const char *text = tree_text(node->kind == TREE_LIST ? node->items[i] : node);

		if (is_word(text))
			strbuf_addf(sb, "%s%s", before, text);
		else
			status_warn("resolv_conf: what follows \"%s\" is no word", before);
	}
}

static void add_line(struct strbuf *sb, const char *name, const struct tree_node *node)
{
	_cleanup_(strbuf_release) struct strbuf words = STRBUF_INIT(TEXT_MAX);

	add_words(&words, " ", node);
	if (words.len)
		strbuf_addf(sb, "%s%s\n", name, strbuf_str(&words));
}

/* {rotate: true, timeout: 1} */
static void add_options(struct strbuf *sb, const struct tree_node *map)
{
	for (size_t i = 0; map && map->kind == TREE_MAP && i < map->n; i++) {
		const char *name = tree_text(map->keys[i]), *value = tree_text(map->items[i]);
		bool flag;

		if (!is_word(name) || !is_word(value))
			status_warn("resolv_conf: an option that is no word");
		else if (!tree_bool(map->items[i], &flag))
			strbuf_addf(sb, "options %s:%s\n", name, value);
		else if (flag)
			strbuf_addf(sb, "options %s\n", name);
	}
}

static void run(const struct context *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TEXT_MAX);
	const struct tree_node *map = tree_get(c->config, "resolv_conf");
	struct err err = ERR_INIT;
	bool manage = false;

	tree_bool(tree_get(c->config, "manage_resolv_conf"), &manage);
	if (map && !manage)
		status_warn(
			"resolv_conf: line %u: it has no effect without manage_resolv_conf: true",
			map->line);
	if (manage && !map)
		status_warn("manage_resolv_conf: there is no resolv_conf");
	if (!manage || !map)
		return;
	add_words(&sb, "\nnameserver ", tree_get(map, "nameservers"));
	strbuf_addch(&sb, '\n');
	add_line(&sb, "domain", tree_get(map, "domain"));
	add_line(&sb, "search", tree_get(map, "searchdomains"));
	add_line(&sb, "sortlist", tree_get(map, "sortlist"));
	add_options(&sb, tree_get(map, "options"));
	/* The first line's beginning is the end of none. */
	if (resolv_fix(strbuf_str(&sb) + 1, &err) < 0)
		status_warn("resolv_conf: %s", err.text);
}

const struct module module_resolv = {"resolv_conf", STAGE_INIT, FREQUENCY_ALWAYS, run};
