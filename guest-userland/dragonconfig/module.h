/* SPDX-License-Identifier: MIT */
/*
 * module: one thing that the configuration can say and that is then made true.
 *
 * A module reads the merged cloud-config and acts; what goes wrong it tells status. Adding one is a
 * file and a line in init.c's table, and its keys in schema.c. Doing its work again must change
 * nothing: it is done again when it was cut.
 */
#ifndef DRAGONCONFIG_MODULE_H
#define DRAGONCONFIG_MODULE_H

#include "instance.h"
#include "state.h"
#include "status.h"
#include "tree.h"
#include "userdata.h"

struct context {
	const struct instance *instance;
	const struct state *state;
	const struct tree_node *config;	      /* a map */
	const struct userdata *user, *vendor; /* vendor: nothing when it is switched off */
	uint64_t began_us;		      /* monotonic */
	/* Some of what there is could not be had: no module is marked as done. */
	bool is_partial;
};

struct module {
	const char *name;
	enum stage stage;
	enum frequency frequency;
	void (*run)(const struct context *c);
};

extern const struct module module_ntp, module_phone;
extern const struct module module_growpart, module_resize, module_power, module_fstab,
	module_mounts;
extern const struct module module_bootcmd, module_files, module_files_late, module_hostname,
	module_hosts, module_hostkeys, module_seed, module_users, module_ssh, module_password,
	module_password_file, module_passwords, module_locale, module_timezone, module_runcmd,
	module_scripts_vendor, module_scripts_once, module_scripts_boot, module_scripts_instance,
	module_scripts_user, module_keys_console, module_final, module_network, module_resolv;

/* The line on the console that a program waits for: how it went. state NULL: there is no instance.
 */
void say_ready(const struct context *c);

/* The configuration's words, else the source's. Caller frees; NULL: nobody told one. */
char *host_full_name(const struct context *c);
char *host_short_name(const struct context *c);

/* The user that "default", keys of the source and a password without a name mean: "user", or root.
 */
const char *default_user(const struct context *c);
bool default_user_is_root(const struct context *c);

#endif
