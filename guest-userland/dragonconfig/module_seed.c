/* SPDX-License-Identifier: MIT */
/* random_seed, and the source's: what the machine's secrets are made from besides the kernel's
 * random numbers. Each time, since an earlier boot may have been cut after this. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "codec.h"
#include "entropy.h"
#include "files.h"
#include "module.h"

#define KERNEL_POOL "/dev/urandom"

/* A device takes it as it comes, a file holds all of it. */
static int store(const char *path, const struct strbuf *sb, struct err *err)
{
	static const struct file_owner owner = {.mode = 0600};
	_autoclose_ int fd = -1;
	int r;

	if (strncmp(path, "/dev/", 5) != 0)
		return file_put(path, strbuf_str(sb), sb->len, &owner, err);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	r = fd < 0 ? -errno : fd_write_all(fd, strbuf_str(sb), sb->len);
	return r < 0 ? err_errno(err, -r, "cannot write %s", path) : 0;
}

static void seed(const struct context *c)
{
	_cleanup_(strbuf_wipe) struct strbuf sb = STRBUF_INIT(2 * USERDATA_MAX);
	const struct tree_node *s = tree_get(c->config, "random_seed"), *data = tree_get(s, "data");
	const char *path = tree_get_text(s, "file");
	struct err err = ERR_INIT;

	if (data && data->kind == TREE_SCALAR &&
	    codec_decode(tree_get_text(s, "encoding"), data->text, data->len, &sb) < 0)
		status_warn("random_seed: its data cannot be decoded");
	if (c->instance->random_seed)
		strbuf_addstr(&sb, c->instance->random_seed);
	if (!sb.len)
		return;
	entropy_add(strbuf_str(&sb), sb.len);
	if (!path)
		path = KERNEL_POOL;
	if (store(path, &sb, &err) < 0)
		status_warn("random_seed: %s", err.text);
	else
		status_log("%zu bytes of seed written to %s", sb.len, path);
}

const struct module module_seed = {"seed_random", STAGE_INIT, FREQUENCY_ALWAYS, seed};
