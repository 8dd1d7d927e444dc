/* SPDX-License-Identifier: MIT */
/*
 * ConfigDrive, version 2: a volume "config-2" with OpenStack's folders (cloud-init, "Config
 * drive"). Tencent's has a folder of its own beside them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "instance.h"
#include "source_osconf.h"
#include "tree.h"
#include "userdata.h"
#include "volumes.h"
#include "wire/jsonw.h"

#define LABEL "config-2"

/* Newest first; what is newer than all of them is read as the latest. */
static const char *const versions[] = {"2018-08-27", "2017-02-22", "2016-10-06",
				       "2016-06-30", "2015-10-15", "2013-10-17",
				       "2013-04-04", "2012-08-10", "latest"};

struct drive {
	struct instance *to;
	struct volume *volume;
	const char *version;
	struct problems *problems;
};

static bool take(const struct drive *d, const char *name, size_t max, char **ret, size_t *ret_n)
{
	_autofree_ char *path = xasprintf("openstack/%s/%s", d->version, name);

	return volume_take(d->volume, path, max, ret, ret_n, d->problems);
}

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

static void take_vendor_file(const struct drive *d, const char *name, struct strv *to)
{
	_autofree_ char *text = NULL;
	struct tree *t;
	size_t n;

	if (!take(d, name, TREE_SIZE_MAX, &text, &n))
		return;
	t = tree_parse(text, n, d->problems);
	take_texts(to, tree_root(t));
	tree_free(t);
}

static int to_strbuf(void *arg, const char *data, size_t n)
{
	return strbuf_add(arg, data, n);
}

/* Several documents become one archive of them. */
static void take_vendor(const struct drive *d)
{
	_cleanup_(strv_release) struct strv texts = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(USERDATA_MAX);
	struct jsonw w;

	take_vendor_file(d, "vendor_data.json", &texts);
	take_vendor_file(d, "vendor_data2.json", &texts);
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
			problem_error(d->problems, 0, "vendor data: larger than %u bytes",
				      USERDATA_MAX);
			return;
		}
	}
	if (texts.n)
		d->to->vendor_data = strbuf_detach(&sb, &d->to->vendor_size);
}

static bool take_version(struct drive *d)
{
	_autofree_ char *meta = NULL;
	struct instance *to = d->to;
	size_t n;

	if (!take(d, "meta_data.json", TREE_SIZE_MAX, &meta, &n))
		return false;
	instance_take_meta(to, meta, n, d->problems);
	take(d, "user_data", USERDATA_MAX, &to->user_data, &to->user_size);
	take(d, "network_data.json", TREE_SIZE_MAX, &to->network, &to->network_size);
	take_vendor(d);
	return true;
}

static bool take_drive(void *arg, struct volume *v)
{
	struct drive *d = arg;
	bool found = false;

	d->volume = v;
	for (size_t i = 0; i < ARRAY_SIZE(versions) && !found; i++) {
		d->version = versions[i];
		found = take_version(d);
	}
	if (!found)
		return false;
	osconf_take_tencent(d->to, v, d->problems);
	d->to->source = xasprintf("DataSourceConfigDrive [ver=2][source=%s]", v->device);
	d->to->why = xasprintf("%s of %s, label %s, has openstack/%s", volume_kind_name(v->kind),
			       v->device, v->label, d->version);
	return true;
}

static bool find(struct instance *ret, struct problems *problems)
{
	struct drive d = {.to = ret, .problems = problems};

	if (!volumes_find(LABEL, take_drive, &d))
		return false;
	if (!ret->id) {
		problem_warn(problems, 0, "meta_data.json has no uuid");
		ret->id = xstrdup("config-drive");
	}
	return true;
}

const struct source source_configdrive = {.name = "a volume " LABEL, .find = find};
