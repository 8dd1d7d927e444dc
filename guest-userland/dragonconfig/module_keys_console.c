/* SPDX-License-Identifier: MIT */
/* keys_to_console: the ssh servers' keys, between the lines that programs look for in the text of a
 * cloud's console. */
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "console.h"
#include "module.h"
#include "sshd.h"

#define TEXT_MAX 65536

static bool is_among(const char *line, const struct strv *types)
{
	for (size_t i = 0; i < types->n; i++) {
		size_t n = strlen(types->v[i]);

		if (strncmp(line, types->v[i], n) == 0 && line[n] == ' ')
			return true;
	}
	return false;
}

/* kinds: begin with the type of the line in the same place; without: types that are not told. */
static void add_block(struct strbuf *sb, const char *title, const struct strv *lines,
		      const struct strv *kinds, const struct tree_node *without)
{
	_cleanup_(strv_release) struct strv types = STRV_INIT;

	if (!lines->n)
		return;
	tree_texts(without, &types);
	strbuf_addf(sb, "-----BEGIN SSH HOST KEY %s-----\n", title);
	for (size_t i = 0; i < lines->n; i++)
		if (!is_among(kinds->v[i], &types))
			strbuf_addf(sb, "%s\n", lines->v[i]);
	strbuf_addf(sb, "-----END SSH HOST KEY %s-----\n", title);
}

static void run(const struct context *c)
{
	_cleanup_(strv_release) struct strv plain = STRV_INIT, lines = STRV_INIT, keys = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TEXT_MAX);
	bool emit = true;

	tree_bool(tree_get(tree_get(c->config, "ssh"), "emit_keys_to_console"), &emit);
	if (!emit)
		return;
	sshd_fingerprints(&plain, &lines);
	sshd_public_keys(&keys);
	add_block(&sb, "FINGERPRINTS", &lines, &plain,
		  tree_get(c->config, "ssh_fp_console_blacklist"));
	add_block(&sb, "KEYS", &keys, &keys, tree_get(c->config, "ssh_key_console_blacklist"));
	if (sb.len)
		console_say(strbuf_str(&sb));
}

const struct module module_keys_console = {"keys_to_console", STAGE_FINAL, FREQUENCY_INSTANCE, run};
