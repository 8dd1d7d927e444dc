/* SPDX-License-Identifier: MIT */
#include "instance.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "tree.h"

static const struct source *const sources[] = {&source_nocloud, &source_configdrive, &source_aliyun,
					       &source_tencent};

void instance_release(struct instance *i)
{
	free(i->source);
	free(i->id);
	free(i->hostname);
	strv_release(&i->keys);
	if (i->random_seed)
		explicit_bzero(i->random_seed, strlen(i->random_seed));
	free(i->random_seed);
	free(i->user_data);
	free(i->vendor_data);
	free(i->network);
	if (i->password)
		explicit_bzero(i->password, strlen(i->password));
	free(i->password);
	free(i->password_file);
	free(i->why);
	*i = (struct instance){0};
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

static void replace(char **to, const char *text)
{
	if (!text)
		return;
	free(*to);
	*to = xstrdup(text);
}

void instance_take_meta(struct instance *i, const char *text, size_t n, struct problems *problems)
{
	struct tree *t = tree_parse(text, n, problems);
	const struct tree_node *root = tree_root(t);

	replace(&i->id, tree_get_text(root, "uuid"));
	replace(&i->id, tree_get_text(root, "instance_id"));
	replace(&i->hostname, tree_get_text(root, "hostname"));
	replace(&i->hostname, tree_get_text(root, "local_hostname"));
	replace(&i->random_seed, tree_get_text(root, "random_seed"));
	take_keys(&i->keys, tree_get(root, "public_keys"));
	tree_free(t);
}

bool instance_find(struct instance *ret, struct problems *problems)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		*ret = (struct instance){0};
		if (sources[i]->find(ret, problems))
			return true;
		instance_release(ret);
	}
	return false;
}
