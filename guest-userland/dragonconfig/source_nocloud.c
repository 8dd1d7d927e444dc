/* SPDX-License-Identifier: MIT */
/*
 * NoCloud: a folder that somebody put into the image, or words of the kernel's command line,
 * "ds=nocloud;i=ID;h=NAME;s=/folder/" (cloud-init, "NoCloud": seed folders, line configuration).
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "instance.h"
#include "tree.h"
#include "userdata.h"

#define META_MAX (1u << 20)

static const char *const folders[] = {"/var/lib/cloud/seed/nocloud",
				      "/var/lib/cloud/seed/nocloud-net"};

struct words {
	char *id, *hostname, *folder;
	bool asked; /* the kernel's command line names this source */
};

static void words_release(struct words *w)
{
	free(w->id);
	free(w->hostname);
	free(w->folder);
}

static void take_word(struct words *w, const char *word)
{
	static const struct {
		const char *names[2];
		size_t offset;
	} table[] = {
		{{"i=", "instance-id="}, offsetof(struct words, id)},
		{{"h=", "local-hostname="}, offsetof(struct words, hostname)},
		{{"s=", "seedfrom="}, offsetof(struct words, folder)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char **to = (char **)((char *)w + table[i].offset);

		for (size_t k = 0; k < 2; k++) {
			size_t n = strlen(table[i].names[k]);

			if (strncmp(word, table[i].names[k], n) != 0)
				continue;
			free(*to);
			*to = xstrdup(word + n);
		}
	}
}

static struct words read_words(void)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_cleanup_(strv_release) struct strv all = STRV_INIT, parts = STRV_INIT;
	struct words w = {0};

	file_read("/proc/cmdline", &sb, NULL);
	strv_split(&all, strbuf_str(&sb), " \n");
	for (size_t i = 0; i < all.n; i++) {
		if (strncmp(all.v[i], "ds=nocloud", 10) != 0)
			continue;
		w.asked = true;
		strv_split(&parts, all.v[i], ";");
		for (size_t k = 1; k < parts.n; k++)
			take_word(&w, parts.v[k]);
	}
	return w;
}

static void take_keys(struct strv *keys, const struct tree_node *node)
{
	const char *text = tree_text(node);

	if (text)
		strv_split(keys, text, "\n");
	for (size_t i = 0; node && node->kind == TREE_LIST && i < node->n; i++)
		take_keys(keys, node->items[i]);
	for (size_t i = 0; node && node->kind == TREE_MAP && i < node->n; i++)
		take_keys(keys, node->items[i]->kind == TREE_MAP
					? tree_get(node->items[i], "openssh_key")
					: node->items[i]);
}

static bool read_file(const char *folder, const char *name, size_t max, char **ret, size_t *ret_n)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(max);
	_autofree_ char *path = path_join(folder, name);

	if (file_read(path, &sb, NULL) < 0)
		return false;
	*ret = strbuf_detach(&sb, ret_n);
	return true;
}

static void take_meta(struct instance *ret, const char *text, size_t n, struct problems *problems)
{
	struct tree *t = tree_parse(text, n, problems);
	const struct tree_node *root = tree_root(t);
	const char *id = tree_get_text(root, "instance_id");
	const char *hostname = tree_get_text(root, "local_hostname");

	if (!hostname)
		hostname = tree_get_text(root, "hostname");
	ret->id = id ? xstrdup(id) : NULL;
	ret->hostname = hostname ? xstrdup(hostname) : NULL;
	take_keys(&ret->keys, tree_get(root, "public_keys"));
	tree_free(t);
}

/* Both files must be there, as for cloud-init. */
static bool read_folder(struct instance *ret, const char *folder, struct problems *problems)
{
	_autofree_ char *meta = NULL;
	size_t n;

	if (!read_file(folder, "meta-data", META_MAX, &meta, &n) ||
	    !read_file(folder, "user-data", USERDATA_MAX, &ret->user_data, &ret->user_size))
		return false;
	read_file(folder, "vendor-data", USERDATA_MAX, &ret->vendor_data, &ret->vendor_size);
	take_meta(ret, meta, n, problems);
	ret->source = xasprintf("DataSourceNoCloud [seed=%s]", folder);
	return true;
}

static void replace(char **to, char **from)
{
	if (!*from)
		return;
	free(*to);
	*to = TAKE(*from);
}

static bool find(struct instance *ret, struct problems *problems)
{
	_cleanup_(words_release) struct words w = read_words();
	const char *folder =
		w.folder && strncmp(w.folder, "file://", 7) == 0 ? w.folder + 7 : w.folder;
	bool found = folder && read_folder(ret, folder, problems);

	for (size_t i = 0; !found && i < ARRAY_SIZE(folders); i++)
		found = read_folder(ret, folders[i], problems);
	if (!found && w.asked && w.id) {
		ret->source = xstrdup("DataSourceNoCloud [cmdline]");
		found = true;
	}
	if (!found)
		return false;
	replace(&ret->id, &w.id);
	replace(&ret->hostname, &w.hostname);
	if (!ret->id)
		ret->id = xstrdup("nocloud");
	return true;
}

const struct source source_nocloud = {.name = "nocloud", .find = find};
