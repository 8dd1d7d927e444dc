/* SPDX-License-Identifier: MIT */
/*
 * init: what happens at boot. Find a source, read what it says, make it true, stage by stage.
 *
 * Whatever goes wrong, the boot goes on: the worst is a status of error and a login prompt.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/xalloc.h"
#include "include.h"
#include "instance_data.h"
#include "module.h"
#include "schema.h"
#include "search.h"
#include "tree_merge.h"
#include "verb.h"

/* In the order in which they run. */
static const struct module *const modules[] = {
	/* local */
	&module_network,
	/* init */
	&module_seed,
	&module_bootcmd,
	&module_resolv,
	&module_files,
	&module_growpart,
	&module_resize,
	&module_fstab,
	&module_mounts,
	&module_hostname,
	&module_hosts,
	&module_users,
	&module_hostkeys,
	&module_ssh,
	&module_password,
	&module_password_file,
	&module_passwords,
	/* config */
	&module_locale,
	&module_ntp,
	&module_timezone,
	&module_runcmd,
	/* final */
	&module_files_late,
	&module_scripts_vendor,
	&module_scripts_once,
	&module_scripts_boot,
	&module_scripts_instance,
	&module_scripts_user,
	&module_keys_console,
	&module_phone,
	&module_power,
};

#define DOCS_MAX 200

/* The cloud-config documents of user data or of vendor data. */
struct docs {
	struct tree *trees[DOCS_MAX];
	const struct part *parts[DOCS_MAX];
	size_t n;
};

/* What they are merged to; the documents must live as long. */
struct config {
	struct tree *merged[2 * DOCS_MAX + 1];
	size_t n;
	const struct tree_node *root;
};

static void docs_release(struct docs *d)
{
	while (d->n)
		tree_free(d->trees[--d->n]);
}

static void config_release(struct config *c)
{
	while (c->n)
		tree_free(c->merged[--c->n]);
}

static void docs_read(struct docs *d, const struct userdata *u)
{
	for (size_t i = 0; i < u->n; i++) {
		_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
		const struct part *p = &u->parts[i];

		if (p->kind != PART_CONFIG)
			continue;
		if (d->n == DOCS_MAX) {
			status_warn("more than %d cloud-config documents: %s does not count",
				    DOCS_MAX, p->name);
			return;
		}
		d->trees[d->n] = tree_parse(p->data, p->n, &problems);
		schema_check(tree_root(d->trees[d->n]), &problems);
		d->parts[d->n++] = p;
		status_problems(p->name, &problems);
	}
}

static void config_merge(struct config *c, const struct docs *d)
{
	for (size_t i = 0; i < d->n; i++) {
		_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;

		c->merged[c->n] =
			tree_merge(c->root, tree_root(d->trees[i]), d->parts[i]->merge, &problems);
		c->root = tree_root(c->merged[c->n++]);
		status_problems(d->parts[i]->name, &problems);
	}
}

/* "vendor_data: {enabled: false}" in the user's own words switches the vendor's off. */
static bool vendor_is_wanted(const struct docs *user)
{
	bool wanted = true;

	for (size_t i = 0; i < user->n; i++)
		tree_bool(tree_get(tree_get(tree_root(user->trees[i]), "vendor_data"), "enabled"),
			  &wanted);
	return wanted;
}

static void take_apart(struct userdata *u, const char *file, const char *data, size_t n)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;

	if (data)
		userdata_add(u, data, n, &problems);
	status_problems(file, &problems);
}

static void run_module(const struct module *m, const struct context *c)
{
	struct err err = ERR_INIT;

	if (state_done(c->state, m->name, m->frequency))
		return;
	m->run(c);
	if (c->is_partial)
		return;
	if (state_mark(c->state, m->name, m->frequency, &err) < 0)
		status_warn("%s", err.text);
}

static void run_stage(enum stage stage, const struct context *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		if (modules[i]->stage == stage)
			run_module(modules[i], c);
	status_end();
}

/* What includes are had for: the network is up. */
static void read_all(struct context *c, struct userdata *user, struct userdata *vendor,
		     struct docs docs[2])
{
	struct include include = {.state = c->state};

	user->includer = vendor->includer = (struct includer){include_fetch, &include};
	take_apart(user, "user-data", c->instance->user_data, c->instance->user_size);
	docs_read(&docs[1], user);
	if (vendor_is_wanted(&docs[1]))
		take_apart(vendor, "vendor-data", c->instance->vendor_data,
			   c->instance->vendor_size);
	docs_read(&docs[0], vendor);
	c->is_partial |= include.has_failed;
}

static void configure(const struct instance *instance, const struct state *state, uint64_t began)
{
	_cleanup_(userdata_release) struct userdata user = USERDATA_INIT, vendor = USERDATA_INIT;
	struct docs *docs = xcalloc(2, sizeof(*docs));
	struct tree *none = tree_new();
	struct config *config = xcalloc(1, sizeof(*config));
	struct context c = {
		.instance = instance,
		.state = state,
		.config = tree_root(none),
		.user = &user,
		.vendor = &vendor,
		.began_us = began,
		.is_partial = instance->is_partial,
	};

	/* It began when the source was looked for. */
	run_stage(STAGE_LOCAL, &c);
	status_begin(STAGE_INIT);
	read_all(&c, &user, &vendor, docs);
	config->root = tree_root(none);
	config_merge(config, &docs[0]);
	config_merge(config, &docs[1]);
	c.config = config->root;
	if (c.is_partial)
		status_log(
			"not all could be had: all that was done is done again at the next boot");
	instance_data_put(&c);
	run_stage(STAGE_INIT, &c);
	for (int stage = STAGE_CONFIG; stage < STAGES; stage++) {
		status_begin((enum stage)stage);
		run_stage((enum stage)stage, &c);
	}
	status_finish();
	module_final.run(&c);
	config_release(config);
	docs_release(&docs[0]);
	docs_release(&docs[1]);
	free(config);
	free(docs);
	tree_free(none);
}

/* A disk that cannot be written to is no reason to do less than the rest allows. */
static void remember(struct state *s, const struct instance *i)
{
	struct err err = ERR_INIT;
	int r = state_open(s, i->id, &err);

	if (r < 0)
		status_error("%s", err.text);
	else if (r > 0)
		status_warn("what is done is not remembered, the next boot does it again: %s",
			    err.text);
}

static void without_source(const struct problems *problems, uint64_t began)
{
	const struct instance none = {0};
	const struct context c = {.instance = &none, .began_us = began};

	status_warn("no source of configuration: no seed or volume of NoCloud, no ConfigDrive, no "
		    "os.conf, and no metadata service answers; the log has why");
	status_problems("search", problems);
	module_network.run(&c);
	status_end();
	status_finish();
	say_ready(&c);
}

static int run(int argc, char **argv)
{
	_cleanup_(instance_release) struct instance instance = {0};
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(state_release) struct state state = {0};
	uint64_t began = now_us();
	int code;

	if (argc != 1)
		return EXIT_BAD_USAGE;
	if (status_is_disabled())
		return 0;
	umask(022);
	status_open();
	status_begin(STAGE_LOCAL);
	if (!search_run(&instance, &problems)) {
		without_source(&problems, began);
	} else {
		status_source(instance.source);
		status_problems("meta-data", &problems);
		remember(&state, &instance);
		if (state.id) {
			configure(&instance, &state, began);
		} else {
			status_end();
			status_finish();
			say_ready(&(struct context){.instance = &instance, .began_us = began});
		}
	}
	code = status_code();
	status_close();
	return code;
}

const struct verb verb_init = {
	.name = "init",
	.usage = "init",
	.brief = "configure this machine, at boot: find a source and do what it says",
	.run = run,
};
