/* SPDX-License-Identifier: MIT */
#include "machine/suite_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/sha256.h"
#include "base/xalloc.h"

#define PACK_LIMIT (900 * SEC)
/* Beside the files themselves: room for what tests write. */
#define SPARE_MIB 448

/* Stages a file by its number: names in the folder never reach a command line. */
static char *staged(const char *dir, size_t i)
{
	return xasprintf("%s/%zu", dir, i);
}

static int hash_entry(const struct suite_tree *t, struct suite_entry *e, struct err *err)
{
	_autoclose_ int fd = suite_tree_open(t, e->path);
	struct sha256 *h;
	char buf[65536];
	ssize_t n;

	if (fd < 0)
		return err_usage(err, "%s/%s changed while it was read", t->dir, e->path);
	h = sha256_begin();
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sha256_add(h, buf, (size_t)n);
	sha256_end(h, e->sha256);
	return n < 0 ? err_errno(err, errno, "cannot read %s/%s", t->dir, e->path) : 0;
}

static int make_key(const char *disk, struct suite_tree *t, const char *runner,
		    const struct suite_text *plan, char ret_key[65], struct err *err)
{
	struct sha256 *h = sha256_begin();
	char hex[65];
	int r = file_sha256(runner, hex, err);

	sha256_add(h, disk, strlen(disk));
	if (r == 0)
		sha256_add(h, hex, 64);
	for (size_t i = 0; r == 0 && i < t->n; i++) {
		struct suite_entry *e = &t->entries[i];
		_autofree_ char *line = NULL;

		if (e->kind == SUITE_FILE)
			r = hash_entry(t, e, err);
		line = xasprintf("%d %d %s %s\n", e->kind, e->executable,
				 e->kind == SUITE_FILE ? e->sha256 : "",
				 e->kind == SUITE_LINK ? e->target : "");
		sha256_add(h, line, strlen(line));
		sha256_add(h, e->path, strlen(e->path) + 1);
	}
	sha256_add(h, plan->sha256, 64);
	sha256_end(h, ret_key);
	return r;
}

static int stage_file(const struct suite_tree *t, size_t i, const char *dir, struct err *err)
{
	const struct suite_entry *e = &t->entries[i];
	_autofree_ char *path = staged(dir, i);
	_autoclose_ int in = suite_tree_open(t, e->path);
	_autoclose_ int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r;

	if (in < 0 || out < 0)
		return err_errno(err, errno, "cannot copy %s/%s", t->dir, e->path);
	r = fd_copy(in, out);
	if (r == 0 && fchmod(out, e->executable ? 0755 : 0644) < 0)
		r = -errno;
	return r < 0 ? err_errno(err, -r, "cannot copy %s/%s", t->dir, e->path) : 0;
}

/* debugfs takes a word in quotes, a quote inside it twice. */
static void add_word(struct strbuf *sb, const char *word)
{
	strbuf_addstr(sb, " \"");
	for (; *word; word++) {
		if (*word == '"')
			strbuf_addch(sb, '"');
		strbuf_addch(sb, *word);
	}
	strbuf_addch(sb, '"');
}

static void add_place(struct strbuf *sb, const struct suite_entry *e)
{
	_autofree_ char *path = xasprintf(SUITE_IMAGE_ROOT "/%s", e->path);

	strbuf_addstr(sb, "cd");
	path[path_base(path) - path - 1] = '\0';
	add_word(sb, path);
	strbuf_addch(sb, '\n');
}

static void add_entry(struct strbuf *sb, const struct suite_entry *e, const char *file)
{
	static const char *const verbs[] = {
		[SUITE_DIR] = "mkdir", [SUITE_FILE] = "write", [SUITE_LINK] = "symlink"};

	add_place(sb, e);
	strbuf_addstr(sb, verbs[e->kind]);
	if (e->kind == SUITE_FILE)
		add_word(sb, file);
	add_word(sb, path_base(e->path));
	if (e->kind == SUITE_LINK)
		add_word(sb, e->target);
	strbuf_addch(sb, '\n');
}

/* Everything in dir: the files by their numbers, and the commands that put them in their places. */
static int stage(const struct suite_tree *t, const struct suite_text *plan, const char *runner,
		 const char *dir, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(64u << 20);
	_cleanup_(strbuf_release) struct strbuf program = STRBUF_INIT(8u << 20);
	_autofree_ char *commands = path_join(dir, "commands");
	_autofree_ char *plan_file = path_join(dir, "plan");
	_autofree_ char *run_file = path_join(dir, "run");
	int r = file_read(runner, &program, err);

	if (r == 0)
		r = file_write_atomic(run_file, program.buf, program.len, 0755, err);
	if (r == 0)
		r = file_copy_atomic(plan_file, plan->file, 0644, err);
	strbuf_addstr(&sb, "mkdir /suite\ncd /suite\nwrite run run\nwrite plan plan\nmkdir root\n");
	for (size_t i = 0; r == 0 && i < t->n; i++) {
		char number[24];

		snprintf(number, sizeof(number), "%zu", i);
		if (t->entries[i].kind == SUITE_FILE)
			r = stage_file(t, i, dir, err);
		add_entry(&sb, &t->entries[i], number);
	}
	if (r == 0)
		r = file_write_atomic(commands, sb.buf, sb.len, 0644, err);
	return r;
}

static int pack(struct loop *loop, const char *disk, const char *dir, const char *out, uint64_t mib,
		struct err *err)
{
	_autofree_ char *script = path_join(paths_data(), "guest-userland/suite-image.sh");
	_autofree_ char *more = xasprintf("%llu", (unsigned long long)mib);
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(16384);
	struct proc_spec spec = PROC_SPEC_INIT;
	int status, r;

	spec.argv = (char *[]){script, (char *)disk, (char *)dir, (char *)out, more, NULL};
	r = proc_run(loop, &spec, deadline_in(PACK_LIMIT), NULL, &said, &status, err);
	if (r < 0)
		return r;
	if (status != 0)
		return err_set(err, EIO, "cannot put the suite on a disk: %.800s",
			       strbuf_str(&said));
	return 0;
}

int suite_image_ready(struct loop *loop, const char *disk, struct suite_tree *tree,
		      const struct suite_text *plan, char **ret_path, struct err *err)
{
	_autofree_ char *ready = path_join(paths_cache(), "ready");
	_autofree_ char *runner = path_join(paths_guest(), "suite");
	_autofree_ char *out = NULL, *dir = NULL;
	uint64_t mib = SPARE_MIB + ((tree->bytes + tree->n * 8192 + plan->n) >> 20) * 11 / 10;
	char key[65];
	int r = mkdir_p(ready, err);

	if (r == 0)
		r = make_key(disk, tree, runner, plan, key, err);
	if (r < 0)
		return r;
	out = xasprintf("%s/suite-%.16s.img", ready, key);
	if (!file_exists(out)) {
		dir = xasprintf("%s/suite-%.16s-%d", ready, key, (int)getpid());
		r = mkdir_p(dir, err);
		if (r == 0)
			r = stage(tree, plan, runner, dir, err);
		if (r == 0)
			r = pack(loop, disk, dir, out, mib, err);
		rm_rf(dir, NULL);
	}
	if (r < 0)
		return r;
	*ret_path = TAKE(out);
	return 0;
}
