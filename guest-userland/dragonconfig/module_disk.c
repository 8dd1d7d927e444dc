/* SPDX-License-Identifier: MIT */
/* growpart, resize_rootfs: the image's last partition grows to the disk that it was put on. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "blockdev.h"
#include "growpart.h"
#include "module.h"

#define DISABLED "/etc/growroot-disabled"

/* Nobody asked for what is done by default: that it does not apply, or that nobody knows whether
 * there is room, is no news then. That a kernel cannot use the room there is, is. */
static void told(const char *what, bool asked, int rc, const struct err *err)
{
	if (asked || (rc != -ENOENT && rc != -ENOTSUP && rc != -EMEDIUMTYPE))
		status_warn("%s: %s", what, err->text);
	else
		status_log("%s: %s", what, err->text);
}

static void grew(const char *what, const char *device, const struct growth *g)
{
	if (g->to != g->from)
		status_log("%s: %s grown from %llu to %llu MiB", what, device,
			   (unsigned long long)g->from >> 20, (unsigned long long)g->to >> 20);
}

static void grow_one(const char *path, bool asked)
{
	_autofree_ char *device = blockdev_under(path);
	struct err err = ERR_INIT;
	struct growth g;
	int rc;

	if (!device)
		rc = err_set(&err, ENOENT, "it lies on no disk in /dev");
	else
		rc = growpart(device, &g, &err);
	if (rc == 0) {
		grew("growpart", device, &g);
		return;
	}
	err_wrap(&err, "%s", device ? device : path);
	told("growpart", asked, rc, &err);
}

static bool is_off(const struct tree_node *mode)
{
	const char *text = tree_text(mode);
	bool on = true;

	return (tree_bool(mode, &on) && !on) || (text && strcmp(text, "off") == 0);
}

static void grow(const struct context *c)
{
	const struct tree_node *own = tree_get(c->config, "growpart");
	const struct tree_node *devices = tree_get(own, "devices");
	bool anyway = false;

	tree_bool(tree_get(own, "ignore_growroot_disabled"), &anyway);
	if (is_off(tree_get(own, "mode")))
		return;
	if (!anyway && file_exists(DISABLED)) {
		status_log("growpart: " DISABLED " is there");
		return;
	}
	if (!devices || devices->kind != TREE_LIST)
		grow_one("/", own != NULL);
	for (size_t i = 0; devices && devices->kind == TREE_LIST && i < devices->n; i++)
		if (tree_text(devices->items[i]))
			grow_one(tree_text(devices->items[i]), true);
}

static void resize_root(bool asked)
{
	_autofree_ char *device = blockdev_under("/");
	struct err err = ERR_INIT;
	struct growth g;
	int rc;

	if (!device)
		rc = err_set(&err, ENOENT, "/ lies on no disk in /dev");
	else
		rc = growpart_ext4(device, "/", &g, &err);
	if (rc == 0)
		grew("resize_rootfs", device, &g);
	else
		told("resize_rootfs", asked, rc, &err);
}

static void resize(const struct context *c)
{
	const struct tree_node *own = tree_get(c->config, "resize_rootfs");
	const char *text = tree_text(own);
	bool on = true;
	pid_t pid;

	tree_bool(own, &on);
	if (!on)
		return;
	if (!text || strcmp(text, "noblock") != 0) {
		resize_root(own != NULL);
		return;
	}
	pid = fork();
	/* What goes wrong there only the log has. */
	if (pid <= 0)
		resize_root(true);
	if (pid == 0)
		_exit(0);
}

const struct module module_growpart = {"growpart", STAGE_INIT, FREQUENCY_ALWAYS, grow};
const struct module module_resize = {"resizefs", STAGE_INIT, FREQUENCY_ALWAYS, resize};
