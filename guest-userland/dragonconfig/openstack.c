/* SPDX-License-Identifier: MIT */
#include "openstack.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "tree.h"
#include "userdata.h"
#include "wire/jsonw.h"

const char *const openstack_names[OPENSTACK_FILES] = {
	[OPENSTACK_META] = "meta_data.json",	   [OPENSTACK_USER] = "user_data",
	[OPENSTACK_NETWORK] = "network_data.json", [OPENSTACK_VENDOR] = "vendor_data.json",
	[OPENSTACK_VENDOR2] = "vendor_data2.json",
};

const size_t openstack_max[OPENSTACK_FILES] = {
	[OPENSTACK_META] = TREE_SIZE_MAX,    [OPENSTACK_USER] = USERDATA_MAX,
	[OPENSTACK_NETWORK] = TREE_SIZE_MAX, [OPENSTACK_VENDOR] = TREE_SIZE_MAX,
	[OPENSTACK_VENDOR2] = TREE_SIZE_MAX,
};

/* A text, a list of texts, or either as member "cloud-init". */
static void take_texts(struct strv *to, const struct tree_node *node)
{
	if (node && node->kind == TREE_MAP)
		node = tree_get(node, "cloud-init");
	if (tree_text(node))
		strv_push(to, tree_text(node));
	for (size_t i = 0; node && node->kind == TREE_LIST && i < node->n; i++)
		if (tree_text(node->items[i]))
			strv_push(to, tree_text(node->items[i]));
}

static void take_vendor_file(const struct openstack_text *file, struct strv *to,
			     struct problems *problems)
{
	struct tree *t;

	if (!file->text)
		return;
	t = tree_parse(file->text, file->n, problems);
	take_texts(to, tree_root(t));
	tree_free(t);
}

static int to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

/* Several documents become one archive of them. */
static void take_vendor(struct instance *to, const struct openstack_text *files,
			struct problems *problems)
{
	_cleanup_(strv_release) struct strv texts = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(USERDATA_MAX);
	struct jsonw w;

	take_vendor_file(&files[OPENSTACK_VENDOR], &texts, problems);
	take_vendor_file(&files[OPENSTACK_VENDOR2], &texts, problems);
	if (texts.n == 1)
		strbuf_addstr(&sb, texts.v[0]);
	if (texts.n > 1) {
		strbuf_addstr(&sb, "#cloud-config-archive\n");
		jsonw_init(&w, (struct sink){to_strbuf, &sb}, false);
		jsonw_begin_array(&w, NULL);
		for (size_t i = 0; i < texts.n; i++)
			jsonw_string(&w, NULL, texts.v[i]);
		jsonw_end_array(&w);
		if (jsonw_finish(&w) < 0) {
			problem_error(problems, 0, "vendor data: larger than %u bytes",
				      USERDATA_MAX);
			return;
		}
	}
	if (texts.n)
		to->vendor_data = strbuf_detach(&sb, &to->vendor_size);
}

void openstack_take(struct instance *to, struct openstack_text files[OPENSTACK_FILES],
		    struct problems *problems)
{
	instance_take_meta(to, files[OPENSTACK_META].text, files[OPENSTACK_META].n, problems);
	to->user_data = TAKE(files[OPENSTACK_USER].text);
	to->user_size = files[OPENSTACK_USER].n;
	to->network = TAKE(files[OPENSTACK_NETWORK].text);
	to->network_size = files[OPENSTACK_NETWORK].n;
	take_vendor(to, files, problems);
}

void openstack_release(struct openstack_text files[OPENSTACK_FILES])
{
	for (int i = 0; i < OPENSTACK_FILES; i++)
		free(files[i].text);
}
