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
#include "module.h"
#include "schema.h"
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
	// P
	&module_power,
};

#define DOCS_MAX 200

/* The documents that a merged configuration is made of: they live as long as it does. */
struct config {
	struct tree *docs[2 * DOCS_MAX];
	size_t n;
	const struct tree_node *root;
};

static void config_release(struct config *c)
{
	while (c->n)
		tree_free(c->docs[--c->n]);
}

static void config_add(struct config *c, const struct part *p)
{
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	struct tree *doc;

	if (c->n + 2 > 2 * DOCS_MAX) {
		status_warn("more than %d cloud-config documents: %s does not count", DOCS_MAX,
			    p->name);
		return;
	}
	doc = tree_parse(p->data, p->n, &problems);
	schema_check(tree_root(doc), &problems);
	c->docs[c->n++] = doc;
	c->docs[c->n] = tree_merge(c->root, tree_root(doc), p->merge, &problems);
	c->root = tree_root(c->docs[c->n++]);
	status_problems(p->name, &problems);
}

static void config_add_all(struct config *c, const struct userdata *u)
{
	for (size_t i = 0; i < u->n; i++) {
		if (u->parts[i].kind == PART_CONFIG)
			config_add(c, &u->parts[i]);
		else if (u->parts[i].kind == PART_INCLUDE || u->parts[i].kind == PART_INCLUDE_ONCE)
			status_error("%s: what it includes is not fetched", u->parts[i].name);
	}
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
	if (state_mark(c->state, m->name, m->frequency, &err) < 0)
		status_warn("%s", err.text);
}

static void run_stages(const struct context *c)
{
	/* The first stage began when the source was looked for. */
	for (int stage = STAGE_LOCAL; stage < STAGES; stage++) {
		if (stage != STAGE_LOCAL)
			status_begin((enum stage)stage);
		for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
			if (modules[i]->stage == (enum stage)stage)
				run_module(modules[i], c);
		status_end();
	}
}

/* "vendor_data: {enabled: false}" in the user's own words switches the vendor's off. */
static bool vendor_is_wanted(const struct userdata *user)
{
	_cleanup_(config_release) struct config own = {0};
	struct tree *none = tree_new();
	bool wanted = true;

	own.root = tree_root(none);
	for (size_t i = 0; i < user->n; i++) {
		_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
		struct tree *doc;

		if (user->parts[i].kind != PART_CONFIG)
			continue;
		doc = tree_parse(user->parts[i].data, user->parts[i].n, &problems);
		tree_bool(tree_get(tree_get(tree_root(doc), "vendor_data"), "enabled"), &wanted);
		tree_free(doc);
	}
	tree_free(none);
	return wanted;
}

static void configure(const struct instance *instance, const struct state *state, uint64_t began)
{
	_cleanup_(userdata_release) struct userdata user = USERDATA_INIT, vendor = USERDATA_INIT;
	_cleanup_(config_release) struct config config = {0};
	struct tree *none = tree_new();
	struct context c = {
		.instance = instance,
		.state = state,
		.user = &user,
		.vendor = &vendor,
		.began_us = began,
	};

	config.root = tree_root(none);
	take_apart(&user, "user-data", instance->user_data, instance->user_size);
	if (vendor_is_wanted(&user))
		take_apart(&vendor, "vendor-data", instance->vendor_data, instance->vendor_size);
	config_add_all(&config, &vendor);
	config_add_all(&config, &user);
	c.config = config.root;
	run_stages(&c);
	status_finish();
	module_final.run(&c);
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

static int run(int argc, char **argv)
{
	_cleanup_(instance_release) struct instance instance = {0};
	_cleanup_(problems_release) struct problems problems = PROBLEMS_INIT;
	_cleanup_(state_release) struct state state = {0};
	uint64_t began = now_us();
	int code;

	if (argc != 1)
		return EXIT_BAD_USAGE;
	umask(022);
	status_open();
	status_begin(STAGE_LOCAL);
	if (!instance_find(&instance, &problems)) {
		status_warn("no source of configuration: no seed of NoCloud, no volume cidata or "
			    "config-2, no os.conf");
		status_problems("volumes", &problems);
		module_network.run(&(struct context){.instance = &instance});
		status_end();
		status_finish();
	} else {
		status_source(instance.source);
		status_log("why: %s", instance.why);
		status_problems("meta-data", &problems);
		remember(&state, &instance);
		if (state.id) {
			configure(&instance, &state, began);
		} else {
			status_end();
			status_finish();
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
