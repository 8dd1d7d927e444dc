/* SPDX-License-Identifier: MIT */
/* The disk of a fresh machine with a seed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/sha256.h"
#include "base/strv.h"
#include "base/xalloc.h"
#include "machine/cloud.h"

#define INJECT_LIMIT (120 * SEC)

static int make_key(const char *disk, const struct cloud_tree *tree, const char *agent,
		    char ret_key[65], struct err *err)
{
	struct sha256 *h = sha256_begin();
	char hex[65];
	int r = file_sha256(agent, hex, err);

	if (r == 0)
		sha256_add(h, hex, 64);
	sha256_add(h, disk, strlen(disk) + 1);
	for (size_t i = 0; i < tree->n; i++) {
		sha256_add(h, tree->files[i].path, strlen(tree->files[i].path) + 1);
		sha256_add(h, tree->files[i].data, tree->files[i].n + 1);
	}
	sha256_end(h, ret_key);
	return r;
}

/* FILE:GUESTPATH:MODE for each of the tree, with what makes its folder. */
static int stage(const struct cloud_tree *tree, const char *dir, struct strv *argv, struct err *err)
{
	_autofree_ char *empty = path_join(dir, "empty");
	int r = file_write_atomic(empty, "", 0, 0600, err);

	/* Whoever logs in with a key was told of it by the seed. */
	strv_pushf(argv, "%s:/root/.ssh/authorized_keys:0600", empty);
	strv_pushf(argv, "%s:/home/tester/.ssh/authorized_keys:0600", empty);
	for (size_t i = 0; r == 0 && i < tree->n; i++) {
		const struct cloud_file *f = &tree->files[i];
		_autofree_ char *file = xasprintf("%s/%zu", dir, i);

		strv_pushf(argv, ":/%.*s", (int)(path_base(f->path) - f->path - 1), f->path);
		strv_pushf(argv, "%s:/%s:0600", file, f->path);
		r = file_write_atomic(file, f->data, f->n, 0600, err);
	}
	return r;
}

static int inject(struct loop *loop, char *const *argv, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(16384);
	struct proc_spec spec = PROC_SPEC_INIT;
	int status, r;

	spec.argv = argv;
	r = proc_run(loop, &spec, deadline_in(INJECT_LIMIT), NULL, &said, &status, err);
	if (r == 0 && status != 0)
		r = err_set(err, EIO, "cannot make the disk of a machine with a seed: %.600s",
			    strbuf_str(&said));
	return r;
}

static int make(struct loop *loop, const char *disk, const struct cloud_tree *tree,
		const char *agent, const char *out, struct err *err)
{
	_autofree_ char *script = path_join(paths_data(), "guest-userland/inject.sh");
	_autofree_ char *dir = xasprintf("%s-%d", out, (int)getpid());
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	int r = mkdir_p(dir, err);

	strv_push(&argv, script);
	strv_push(&argv, disk);
	strv_push(&argv, out);
	strv_pushf(&argv, "%s:/usr/sbin/dragonconfig", agent);
	if (r == 0)
		r = stage(tree, dir, &argv, err);
	if (r == 0)
		r = inject(loop, argv.v, err);
	rm_rf(dir, NULL);
	return r;
}

int cloud_disk_ready(struct loop *loop, const char *disk, const struct cloud *c,
		     const struct seed *s, char **ret_path, struct err *err)
{
	_autofree_ char *ready = path_join(paths_cache(), "ready");
	_autofree_ char *agent = path_join(paths_guest(), "dragonconfig");
	_autofree_ char *out = NULL;
	struct cloud_tree tree = {0};
	char key[65];
	int r = mkdir_p(ready, err);

	if (c && c->disk)
		c->disk(&tree, c, s);
	if (r == 0)
		r = make_key(disk, &tree, agent, key, err);
	if (r == 0) {
		out = xasprintf("%s/seed-%.16s.img", ready, key);
		if (!file_exists(out))
			r = make(loop, disk, &tree, agent, out, err);
	}
	cloud_tree_release(&tree);
	if (r == 0)
		*ret_path = TAKE(out);
	return r;
}
