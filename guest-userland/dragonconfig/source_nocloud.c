/* SPDX-License-Identifier: MIT */
/*
 * NoCloud: a folder that somebody put into the image, a volume "cidata", or words of the kernel's
 * command line, "ds=nocloud;i=ID;h=NAME;s=WHERE", where WHERE is a folder, a disk or an image of
 * one (cloud-init, "NoCloud": seed folders, line configuration).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "instance.h"
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

static bool find(struct instance *ret, struct problems *problems)
{
	_cleanup_(words_release) struct words w = read_words();
	const char *place =
		w.folder && strncmp(w.folder, "file://", 7) == 0 ? w.folder + 7 : w.folder;
	struct taking t = {ret, problems};
	bool found = place && read_place(ret, place, problems);

	for (size_t i = 0; !found && i < ARRAY_SIZE(folders); i++)
		found = read_folder(ret, folders[i], problems);
	if (!found)
		found = volumes_find(LABEL, read_volume, &t);
	if (!found && w.asked && w.id) {
		ret->source = xstrdup("DataSourceNoCloud [cmdline]");
		ret->why = xstrdup("the kernel's command line says ds=nocloud and an instance-id");
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
