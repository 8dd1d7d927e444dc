/* SPDX-License-Identifier: MIT */
/*
 * NoCloud: a folder that somebody put into the image, a volume "cidata", or words of the kernel's
 * command line, "ds=nocloud;i=ID;h=NAME;s=WHERE", where WHERE is a folder, a disk or an image of
 * one, or a folder at an address of HTTP (cloud-init, "NoCloud": seed folders, line configuration).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "cmdline.h"
#include "instance.h"
#include "metadata.h"
#include "userdata.h"
#include "volumes.h"

#define META_MAX (1u << 20)
#define LABEL	 "cidata"

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
	_cleanup_(strv_release) struct strv parts = STRV_INIT;
	_autofree_ char *ds = cmdline_get("ds");
	struct words w = {0};

	if (!ds || strncmp(ds, "nocloud", 7) != 0)
		return w;
	w.asked = true;
	strv_split(&parts, ds, ";");
	for (size_t i = 1; i < parts.n; i++)
		take_word(&w, parts.v[i]);
	return w;
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

/* Both files must be there, as for cloud-init. */
static bool read_folder(struct instance *ret, const char *folder, struct problems *problems)
{
	_autofree_ char *meta = NULL;
	size_t n;

	if (!read_file(folder, "meta-data", META_MAX, &meta, &n) ||
	    !read_file(folder, "user-data", USERDATA_MAX, &ret->user_data, &ret->user_size))
		return false;
	read_file(folder, "vendor-data", USERDATA_MAX, &ret->vendor_data, &ret->vendor_size);
	read_file(folder, "network-config", META_MAX, &ret->network, &ret->network_size);
	instance_take_meta(ret, meta, n, problems);
	ret->source = xasprintf("DataSourceNoCloud [seed=%s]", folder);
	ret->why = xasprintf("%s has meta-data and user-data", folder);
	return true;
}

struct taking {
	struct instance *to;
	struct problems *problems;
};

static bool read_volume(void *arg, struct volume *v)
{
	struct taking *t = arg;
	struct instance *to = t->to;
	_autofree_ char *meta = NULL;
	size_t n;

	if (!volume_take(v, "meta-data", META_MAX, &meta, &n, t->problems) ||
	    !volume_take(v, "user-data", USERDATA_MAX, &to->user_data, &to->user_size, t->problems))
		return false;
	volume_take(v, "vendor-data", USERDATA_MAX, &to->vendor_data, &to->vendor_size,
		    t->problems);
	volume_take(v, "network-config", META_MAX, &to->network, &to->network_size, t->problems);
	instance_take_meta(to, meta, n, t->problems);
	to->source = xasprintf("DataSourceNoCloud [seed=%s]", v->device);
	to->why = xasprintf("%s of %s, label %s, has meta-data and user-data",
			    volume_kind_name(v->kind), v->device, v->label);
	return true;
}

/* What the kernel's command line names: whatever its label. */
static bool read_place(struct instance *ret, const char *place, struct problems *problems)
{
	struct taking t = {ret, problems};
	_cleanup_(volume_release) struct volume v = {.fd = -1};
	struct err err = ERR_INIT;
	struct stat st;

	if (stat(place, &st) < 0 || S_ISDIR(st.st_mode))
		return read_folder(ret, place, problems);
	if (volume_open(&v, place, &err) == 0)
		return read_volume(&t, &v);
	problem_warn(problems, 0, "%s", err.text);
	return false;
}

static void replace(char **to, char **from)
{
	if (!*from)
		return;
	free(*to);
	*to = TAKE(*from);
}

static bool is_web(const char *place)
{
	return place && (strncmp(place, "http://", 7) == 0 || strncmp(place, "https://", 8) == 0);
}

/* What the command line says counts more. */
static bool take_words(struct instance *ret, struct words *w)
{
	replace(&ret->id, &w->id);
	replace(&ret->hostname, &w->hostname);
	if (!ret->id)
		ret->id = xstrdup("nocloud");
	return true;
}

static bool find(struct instance *ret, const struct search_terms *terms, struct problems *problems)
{
	_cleanup_(words_release) struct words w = read_words();
	const char *place =
		w.folder && strncmp(w.folder, "file://", 7) == 0 ? w.folder + 7 : w.folder;
	struct taking t = {ret, problems};
	bool found = place && !is_web(place) && read_place(ret, place, problems);

	for (size_t i = 0; !found && i < ARRAY_SIZE(folders); i++)
		found = read_folder(ret, folders[i], problems);
	if (!found)
		found = volumes_find(LABEL, read_volume, &t);
	if (!found && w.asked && w.id && !is_web(place)) {
		ret->source = xstrdup("DataSourceNoCloud [cmdline]");
		ret->why = xstrdup("the kernel's command line says ds=nocloud and an instance-id");
		found = true;
	}
	return found && take_words(ret, &w);
}

static bool find_net(struct instance *ret, const struct search_terms *terms,
		     struct problems *problems)
{
	static const struct metadata_file names[] = {
		{"meta-data", META_MAX},
		{"user-data", USERDATA_MAX},
		{"vendor-data", USERDATA_MAX},
		{"network-config", META_MAX},
	};
	_cleanup_(words_release) struct words w = read_words();
	struct piece p[ARRAY_SIZE(names)] = {0};
	struct metadata m = {.terms = terms, .problems = problems, .to = ret};
	_autofree_ char *base = NULL;
	bool found;

	if (!is_web(w.folder)) {
		ret->why = xstrdup("the kernel's command line has no ds=nocloud;s=http://…");
		return false;
	}
	base = xasprintf("%s%s", w.folder, w.folder[strlen(w.folder) - 1] == '/' ? "" : "/");
	m.base = base;
	metadata_name(p, names, ARRAY_SIZE(names));
	metadata_get(&m, p, ARRAY_SIZE(names));
	found = p[0].text && p[1].text;
	if (found) {
		instance_take_meta(ret, p[0].text, p[0].n, problems);
		metadata_move(&p[1], &ret->user_data, &ret->user_size);
		metadata_move(&p[2], &ret->vendor_data, &ret->vendor_size);
		metadata_move(&p[3], &ret->network, &ret->network_size);
		ret->source = xasprintf("DataSourceNoCloudNet [seed=%s]", base);
		ret->why = xasprintf("%s has meta-data and user-data", base);
	} else {
		ret->why = metadata_why_not(&p[p[0].text != NULL]);
	}
	metadata_release(p, ARRAY_SIZE(names));
	return found && take_words(ret, &w);
}

const struct source source_nocloud = {
	.name = "NoCloud",
	.words = {"nocloud", "nocloud-net"},
	.absent = "no seed folder, no volume " LABEL " that is whole, no ds=nocloud;i=…",
	.find = find,
};
const struct source source_nocloud_net = {
	.name = "NoCloud over HTTP",
	.words = {"nocloud", "nocloud-net"},
	.is_remote = true,
	.find = find_net,
};
