/* SPDX-License-Identifier: MIT */
/*
 * mounts, mount_default_fields, swap: written to /etc/fstab once an instance, and carried out at
 * each boot, since not every init reads that file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"
#include "fstab.h"
#include "module.h"
#include "mount.h"
#include "swapfile.h"

#define FSTAB	  "/etc/fstab"
#define FSTAB_MAX (1u << 20)

/* A nonexistent disk must not end a boot. */
static const char *const usual[FSTAB_FIELDS] = {NULL, NULL, "auto", "defaults,nofail", "0", "2"};

struct table {
	struct strbuf text; /* others' lines, then ours */
	struct strv specs, files;
};

static void table_release(struct table *t)
{
	strbuf_release(&t->text);
	strv_release(&t->specs);
	strv_release(&t->files);
}

/* What is there, without lines of ours. */
static void read_others(struct table *t)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FSTAB_MAX);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	file_read(FSTAB, &sb, NULL);
	strv_split(&lines, strbuf_str(&sb), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		_cleanup_(strv_release) struct strv f = STRV_INIT;

		if (fstab_split(lines.v[i], &f)) {
			if (fstab_has_option(f.v[FSTAB_OPTIONS], FSTAB_MARK))
				continue;
			strv_push(&t->specs, f.v[FSTAB_SPEC]);
			strv_push(&t->files, f.v[FSTAB_FILE]);
		}
		strbuf_addf(&t->text, "%s\n", lines.v[i]);
	}
}

static void add_line(struct table *t, const char *const fields[FSTAB_FIELDS])
{
	_autofree_ char *options = xasprintf("%s," FSTAB_MARK, fields[FSTAB_OPTIONS]);
	const char *f[FSTAB_FIELDS];

	memcpy(f, fields, sizeof(f));
	f[FSTAB_OPTIONS] = options;
	if ((*f[FSTAB_SPEC] == '/' && strv_has(&t->specs, f[FSTAB_SPEC])) ||
	    (*f[FSTAB_FILE] == '/' && strv_has(&t->files, f[FSTAB_FILE])))
		status_log("mounts: " FSTAB " has %s already", f[FSTAB_SPEC]);
	else
		fstab_add(&t->text, f);
}

/* "vdb" is "/dev/vdb"; "ephemeral0" and the like mean nothing here. Caller frees; NULL. */
static char *full_spec(const char *spec)
{
	static const char *const disks[] = {"vd", "sd", "xvd", "hd", "nvme", "sr", "mmcblk"};

	if (strncmp(spec, "ephemeral", 9) == 0 || strcmp(spec, "ami") == 0 ||
	    strcmp(spec, "root") == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(disks); i++)
		if (strncmp(spec, disks[i], strlen(disks[i])) == 0 && !strchr(spec, ':'))
			return path_join("/dev", spec);
	return xstrdup(spec);
}

static void take_fields(const char *fields[FSTAB_FIELDS], const struct tree_node *list)
{
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n && i < FSTAB_FIELDS; i++)
		if (tree_text(list->items[i]))
			fields[i] = tree_text(list->items[i]);
}

static void add_mount(struct table *t, const struct context *c, const struct tree_node *item)
{
	const char *fields[FSTAB_FIELDS];
	_autofree_ char *spec = NULL;

	memcpy(fields, usual, sizeof(fields));
	take_fields(fields, tree_get(c->config, "mount_default_fields"));
	fields[FSTAB_SPEC] = fields[FSTAB_FILE] = NULL;
	take_fields(fields, item);
	if (item->kind != TREE_LIST || !fields[FSTAB_SPEC]) {
		status_warn("mounts: line %u: not a list that begins with a device", item->line);
		return;
	}
	/* Without a place it takes back what an image would mount: there is no such thing here. */
	if (!fields[FSTAB_FILE])
		return;
	spec = full_spec(fields[FSTAB_SPEC]);
	if (!spec) {
		status_log("mounts: there is no %s here", fields[FSTAB_SPEC]);
		return;
	}
	fields[FSTAB_SPEC] = spec;
	if (strcmp(fields[FSTAB_FILE], "none") != 0 && !file_path_is_safe(fields[FSTAB_FILE])) {
		status_warn("mounts: line %u: a mount point must be absolute and without \"..\"",
			    item->line);
		return;
	}
	add_line(t, fields);
}

/* 0: none is wanted. */
static uint64_t swap_size(const struct tree_node *own, const char *path)
{
	_autofree_ char *dir = xstrndup(path, (size_t)(path_base(path) - path));
	const struct tree_node *size = tree_get(own, "size"), *most = tree_get(own, "maxsize");
	uint64_t n = 0, max = 0;
	struct statvfs st;
	struct sysinfo si;

	if (most && !swapfile_read_size(tree_text(most), &max))
		status_warn("swap: line %u: maxsize is no size", most->line);
	if (!tree_text(size) || strcmp(tree_text(size), "auto") != 0) {
		if (size && !swapfile_read_size(tree_text(size), &n))
			status_warn("swap: line %u: size is no size", size->line);
		return max && n > max ? max : n;
	}
	if (sysinfo(&si) < 0 || statvfs(dir, &st) < 0) {
		status_warn("swap: neither memory nor free room is known: %s", strerror(errno));
		return 0;
	}
	return swapfile_suggest((uint64_t)si.totalram * si.mem_unit,
				(uint64_t)st.f_frsize * st.f_bavail, max);
}

static void add_swap(struct table *t, const struct tree_node *own)
{
	const char *path = tree_get_text(own, "filename");
	struct err err = ERR_INIT;
	uint64_t size;
	int r;

	if (!own || own->kind != TREE_MAP)
		return;
	path = path ? path : "/swap.img";
	if (!file_path_is_safe(path)) {
		status_warn("swap: line %u: a file must be absolute and without \"..\"", own->line);
		return;
	}
	size = swap_size(own, path);
	if (!size)
		return;
	/* A kernel that cannot would only have its disk filled. */
	r = swapfile_can(&err);
	if (r == 0)
		r = swapfile_make(path, size, &err);
	if (r < 0) {
		status_warn("swap: %s", err.text);
		return;
	}
	status_log("swap: %s, %llu MiB", path, (unsigned long long)size >> 20);
	add_line(t, (const char *[]){path, "none", "swap", "sw", "0", "0"});
}

static void write_table(const struct context *c)
{
	_cleanup_(table_release) struct table t = {.text = STRBUF_INIT(FSTAB_MAX)};
	const struct tree_node *list = tree_get(c->config, "mounts");
	struct err err = ERR_INIT;

	if (!list && !tree_get(c->config, "swap"))
		return;
	read_others(&t);
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->n; i++)
		add_mount(&t, c, list->items[i]);
	add_swap(&t, tree_get(c->config, "swap"));
	if (!file_holds(FSTAB, strbuf_str(&t.text), t.text.len) &&
	    file_put_as_is(FSTAB, strbuf_str(&t.text), t.text.len, &err) < 0)
		status_warn("mounts: %s", err.text);
}

static int carry_out(char *const *f, struct err *err)
{
	_autofree_ char *device = NULL;

	if (strcmp(f[FSTAB_TYPE], "swap") != 0)
		return *f[FSTAB_FILE] == '/' ? mount_line(f, err) : 0;
	device = mount_device(f[FSTAB_SPEC]);
	return device ? swapfile_on(device, err)
		      : err_set(err, ENODEV, "there is no %s", f[FSTAB_SPEC]);
}

static void mount_all(const struct context *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FSTAB_MAX);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;

	(void)c;
	file_read(FSTAB, &sb, NULL);
	strv_split(&lines, strbuf_str(&sb), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		_cleanup_(strv_release) struct strv f = STRV_INIT;
		struct err err = ERR_INIT;
		int r;

		if (!fstab_split(lines.v[i], &f) ||
		    !fstab_has_option(f.v[FSTAB_OPTIONS], FSTAB_MARK) ||
		    fstab_has_option(f.v[FSTAB_OPTIONS], "noauto"))
			continue;
		r = carry_out(f.v, &err);
		if (r == -ENODEV && fstab_has_option(f.v[FSTAB_OPTIONS], "nofail"))
			status_log("mounts: %s", err.text);
		else if (r < 0)
			status_warn("mounts: %s", err.text);
	}
}

const struct module module_fstab = {"mounts", STAGE_INIT, FREQUENCY_INSTANCE, write_table};
const struct module module_mounts = {"mounts_now", STAGE_INIT, FREQUENCY_ALWAYS, mount_all};
