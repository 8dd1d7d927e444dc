/* SPDX-License-Identifier: MIT */
/* bootcmd, runcmd and every kind of script. Each runs to its end; its output goes to a log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "command.h"
#include "files.h"
#include "module.h"

#define SCRIPT_MAX (1u << 20)

static const struct file_owner program = {.mode = 0700};

/* Runs it with its output in the log. What it ends with, if not 0, is told. */
static void run(const struct context *c, const char *what, char *const *argv)
{
	int status = command_run(c->state->id, argv);

	if (status < 0)
		status_warn("%s: cannot be run: %s", what, strerror(-status));
	else if (WIFSIGNALED(status))
		status_warn("%s: ended by signal %d (%s has its output)", what, WTERMSIG(status),
			    COMMAND_LOG);
	else if (WEXITSTATUS(status))
		status_warn("%s: ended with status %d (%s has its output)", what,
			    WEXITSTATUS(status), COMMAND_LOG);
	else
		status_log("%s: done", what);
}

/* 'it'\''s' */
static int add_quoted(struct strbuf *sb, const char *word)
{
	int r = strbuf_addch(sb, '\'');

	for (; r == 0 && *word; word++)
		r = *word == '\'' ? strbuf_addstr(sb, "'\\''") : strbuf_addch(sb, *word);
	return r == 0 ? strbuf_addch(sb, '\'') : r;
}

/* A text is a line of shell, a list is a command and its arguments. */
static int add_command(struct strbuf *sb, const struct tree_node *node)
{
	int r = 0;

	if (node->kind == TREE_NULL)
		return 0;
	if (tree_text(node))
		return strbuf_addf(sb, "%s\n", tree_text(node));
	if (node->kind != TREE_LIST || !node->n)
		return -EINVAL;
	for (size_t i = 0; r == 0 && i < node->n; i++) {
		if (!tree_text(node->items[i]))
			return -EINVAL;
		r = i ? strbuf_addch(sb, ' ') : 0;
		r = r == 0 ? add_quoted(sb, tree_text(node->items[i])) : r;
	}
	return r == 0 ? strbuf_addch(sb, '\n') : r;
}

/* The script that a list of commands makes; false: there is none. */
static bool make_script(const struct context *c, const char *key, struct strbuf *sb)
{
	const struct tree_node *list = tree_get(c->config, key);

	if (!list || list->kind != TREE_LIST)
		return false;
	strbuf_addstr(sb, "#!/bin/sh\n");
	for (size_t i = 0; i < list->n; i++)
		if (add_command(sb, list->items[i]) < 0)
			status_warn("%s: line %u: neither a text nor a list of texts", key,
				    list->items[i]->line);
	return true;
}

static char *script_path(const struct context *c, const char *folder, const char *name)
{
	return xasprintf("%s/%s/%s", c->state->dir, folder, name);
}

static void put_and_run(const struct context *c, const char *path, const void *data, size_t n,
			bool now)
{
	struct err err = ERR_INIT;

	if (file_put_later(path, data, n, &program, &err) < 0)
		status_warn("%s", err.text);
	else if (now)
		run(c, path, (char *[]){(char *)path, NULL});
}

static void bootcmd(const struct context *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(SCRIPT_MAX);
	_autofree_ char *path = script_path(c, "boot", "bootcmd");

	for (size_t i = 0; i < c->user->n; i++) {
		const struct part *p = &c->user->parts[i];
		_autofree_ char *hook = script_path(c, "boothooks", p->name);
		size_t line = strcspn(p->data, "\n");

		/* "#cloud-boothook" stands before the script's own first line. */
		if (p->kind == PART_BOOTHOOK)
			put_and_run(c, hook, p->data + line + (p->data[line] == '\n'),
				    p->n - line - (p->data[line] == '\n'), true);
	}
	if (make_script(c, "bootcmd", &sb))
		put_and_run(c, path, strbuf_str(&sb), sb.len, true);
}

static void runcmd(const struct context *c)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(SCRIPT_MAX);
	_autofree_ char *path = script_path(c, "scripts", "runcmd");

	if (make_script(c, "runcmd", &sb))
		put_and_run(c, path, strbuf_str(&sb), sb.len, false);
}

static void run_parts(const struct context *c, const struct userdata *u, enum part_kind kind,
		      const char *folder)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct part *p = &u->parts[i];
		_autofree_ char *path = script_path(c, folder, p->name);

		if (p->kind == kind)
			put_and_run(c, path, p->data, p->n, true);
	}
}

static void scripts_vendor(const struct context *c)
{
	run_parts(c, c->vendor, PART_SCRIPT, "vendor/scripts");
}

static void scripts_once(const struct context *c)
{
	run_parts(c, c->vendor, PART_SCRIPT_PER_ONCE, "vendor/per-once");
	run_parts(c, c->user, PART_SCRIPT_PER_ONCE, "scripts/per-once");
}

static void scripts_boot(const struct context *c)
{
	run_parts(c, c->vendor, PART_SCRIPT_PER_BOOT, "vendor/per-boot");
	run_parts(c, c->user, PART_SCRIPT_PER_BOOT, "scripts/per-boot");
}

static void scripts_instance(const struct context *c)
{
	run_parts(c, c->vendor, PART_SCRIPT_PER_INSTANCE, "vendor/per-instance");
	run_parts(c, c->user, PART_SCRIPT_PER_INSTANCE, "scripts/per-instance");
}

static void scripts_user(const struct context *c)
{
	_autofree_ char *commands = script_path(c, "scripts", "runcmd");

	if (tree_get(c->config, "runcmd") && file_exists(commands))
		run(c, "runcmd", (char *[]){commands, NULL});
	run_parts(c, c->user, PART_SCRIPT, "scripts");
}

const struct module module_bootcmd = {"bootcmd", STAGE_INIT, FREQUENCY_ALWAYS, bootcmd};
const struct module module_runcmd = {"runcmd", STAGE_CONFIG, FREQUENCY_INSTANCE, runcmd};
const struct module module_scripts_vendor = {"scripts_vendor", STAGE_FINAL, FREQUENCY_INSTANCE,
					     scripts_vendor};
const struct module module_scripts_once = {"scripts_per_once", STAGE_FINAL, FREQUENCY_ONCE,
					   scripts_once};
const struct module module_scripts_boot = {"scripts_per_boot", STAGE_FINAL, FREQUENCY_ALWAYS,
					   scripts_boot};
const struct module module_scripts_instance = {"scripts_per_instance", STAGE_FINAL,
					       FREQUENCY_INSTANCE, scripts_instance};
const struct module module_scripts_user = {"scripts_user", STAGE_FINAL, FREQUENCY_INSTANCE,
					   scripts_user};
