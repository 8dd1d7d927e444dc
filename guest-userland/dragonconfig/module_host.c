/* SPDX-License-Identifier: MIT */
/* hostname, fqdn, manage_etc_hosts, locale, timezone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "files.h"
#include "module.h"

#define ZONES	 "/usr/share/zoneinfo"
#define HOSTNAME "/etc/hostname"

static bool get_flag(const struct context *c, const char *key, bool fallback)
{
	tree_bool(tree_get(c->config, key), &fallback);
	return fallback;
}

static bool is_host_name(const char *s)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

	return s && *s && *s != '-' && *s != '.' && strlen(s) <= 253 &&
	       strspn(s, good) == strlen(s);
}

char *host_full_name(const struct context *c)
{
	const char *fqdn = tree_get_text(c->config, "fqdn");
	const char *name = fqdn ? fqdn : tree_get_text(c->config, "hostname");

	if (!name)
		name = c->instance->hostname;
	return name ? xstrdup(name) : NULL;
}

char *host_short_name(const struct context *c)
{
	const char *name = tree_get_text(c->config, "hostname");
	_autofree_ char *full = host_full_name(c);

	if (get_flag(c, "prefer_fqdn_over_hostname", false))
		return TAKE(full);
	if (!name)
		name = full;
	return name ? xstrndup(name, strcspn(name, ".")) : NULL;
}

/* A line of that file, or NULL. */
static char *read_line(const char *path)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);

	if (file_read(path, &sb, NULL) < 0)
		return NULL;
	return xstrndup(strbuf_str(&sb), strcspn(strbuf_str(&sb), "\n"));
}

/* What this instance was called by us is remembered: another name was given by somebody since. */
static void write_hostname(const struct context *c, char **name)
{
	_autofree_ char *mark = path_join(c->state->dir, "hostname"), *line = NULL;
	_autofree_ char *ours = read_line(mark), *there = read_line(HOSTNAME);
	struct err err = ERR_INIT;

	if (ours && is_host_name(there) && strcmp(ours, there) != 0 && strcmp(*name, there) != 0) {
		status_log("hostname: it was changed by hand, and stays");
		free(*name);
		*name = TAKE(there);
		return;
	}
	line = xasprintf("%s\n", *name);
	if (!file_holds(HOSTNAME, line, strlen(line)) &&
	    file_put_as_is(HOSTNAME, line, strlen(line), &err) < 0)
		status_warn("hostname: %s", err.text);
	else if (!file_holds(mark, line, strlen(line)))
		file_put_as_is(mark, line, strlen(line), NULL);
}

static void set_hostname(const struct context *c)
{
	_autofree_ char *name = host_short_name(c);

	if (!name || get_flag(c, "preserve_hostname", false))
		return;
	if (!is_host_name(name)) {
		status_warn("hostname: not a name of a host");
		return;
	}
	if (get_flag(c, "create_hostname_file", true))
		write_hostname(c, &name);
	if (sethostname(name, strlen(name)) < 0)
		status_warn("hostname: the kernel does not take it: %s", strerror(errno));
	else
		status_log("hostname %s", name);
}

static bool is_ours(const char *line, const char *address)
{
	size_t n = strlen(address);

	return strncmp(line, address, n) == 0 && (line[n] == ' ' || line[n] == '\t');
}

/* The line of 127.0.1.1 is ours, all others stay; a file of ours altogether has the usual ones. */
static void write_hosts(const char *full, const char *name, bool whole)
{
	_cleanup_(strbuf_release) struct strbuf old = STRBUF_INIT(1u << 20);
	_cleanup_(strbuf_release) struct strbuf new = STRBUF_INIT(1u << 20);
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	struct err err = ERR_INIT;

	if (whole)
		strbuf_addstr(&old,
			      "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
	else
		file_read("/etc/hosts", &old, NULL);
	strbuf_addf(&new, "127.0.1.1 %s %s\n", full, name);
	strv_split(&lines, strbuf_str(&old), "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!is_ours(lines.v[i], "127.0.1.1"))
			strbuf_addf(&new, "%s\n", lines.v[i]);
	if (!file_holds("/etc/hosts", strbuf_str(&new), new.len) &&
	    file_put_as_is("/etc/hosts", strbuf_str(&new), new.len, &err) < 0)
		status_warn("manage_etc_hosts: %s", err.text);
}

static void update_hosts(const struct context *c)
{
	const struct tree_node *node = tree_get(c->config, "manage_etc_hosts");
	_autofree_ char *full = host_full_name(c), *name = host_short_name(c);
	const char *word = tree_text(node);
	bool manage = false, local = word && strcmp(word, "localhost") == 0;

	if (word && strcmp(word, "template") == 0)
		manage = true;
	else if (word && !local && !tree_bool(node, &manage))
		status_warn("manage_etc_hosts: line %u: neither true nor false nor \"localhost\"",
			    node->line);
	if (!manage && !local)
		return;
	if (is_host_name(full) && is_host_name(name))
		write_hosts(full, name, manage);
	else
		status_warn("manage_etc_hosts: nobody has told this host's name");
}

/* A locale that is not installed is no fault: programs take C then. */
static void set_locale(const struct context *c)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@-";
	const char *file = tree_get_text(c->config, "locale_configfile");
	const struct tree_node *node = tree_get(c->config, "locale");
	const char *locale = tree_text(node);
	_autofree_ char *line = NULL;
	struct err err = ERR_INIT;
	bool wanted = true;

	if (!locale || (tree_bool(node, &wanted) && !wanted))
		return;
	if (!*locale || strspn(locale, good) != strlen(locale)) {
		status_warn("locale: line %u: not a name of a locale", node->line);
		return;
	}
	line = xasprintf("LANG=\"%s\"\n", locale);
	if (file_put_as_is(file && *file == '/' ? file : "/etc/default/locale", line, strlen(line),
			   &err) < 0)
		status_warn("locale: %s", err.text);
}

/* A folder of zones is none, nor is another file. */
static bool is_zone(const char *path)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1u << 20);

	return file_read(path, &sb, NULL) == 0 && strncmp(strbuf_str(&sb), "TZif", 4) == 0;
}

static void set_timezone(const struct context *c)
{
	const char *zone = tree_get_text(c->config, "timezone");
	_autofree_ char *path = zone ? path_join(ZONES, zone) : NULL, *line = NULL;
	static const struct file_owner owner = {.mode = 0644};
	struct err err = ERR_INIT;

	if (!zone)
		return;
	if (strstr(zone, "..") || !is_zone(path)) {
		status_warn("timezone: there is no such zone in " ZONES);
		return;
	}
	line = xasprintf("%s\n", zone);
	if (file_put("/etc/timezone", line, strlen(line), &owner, &err) < 0 ||
	    link_put("/etc/localtime", path, &err) < 0)
		status_warn("timezone: %s", err.text);
}

const struct module module_hostname = {"set_hostname", STAGE_INIT, FREQUENCY_ALWAYS, set_hostname};
const struct module module_hosts = {"update_etc_hosts", STAGE_INIT, FREQUENCY_ALWAYS, update_hosts};
const struct module module_locale = {"locale", STAGE_CONFIG, FREQUENCY_INSTANCE, set_locale};
const struct module module_timezone = {"timezone", STAGE_CONFIG, FREQUENCY_INSTANCE, set_timezone};
