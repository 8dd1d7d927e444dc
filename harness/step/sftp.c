/* SPDX-License-Identifier: MIT */
/*
 * sftp: a file there and back, and a listing, with OpenSSH's own client.
 *
 * A child rather than libssh: its sftp functions of this version only block, and a blocked process
 * would see neither the guest's console nor its death.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/proc.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "load/child.h"
#include "step/act.h"
#include "step/ssh.h"

struct options {
	char *user, *dir;
	int64_t port;
	uint64_t size;
};

static const struct field fields[] = {
	{.name = "user",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, user),
	 .fallback = "tester",
	 .help = "Who logs in, with the key."},
	{.name = "port",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, port),
	 .min = 1,
	 .max = 65535,
	 .fallback = "22",
	 .help = "The guest's TCP port."},
	{.name = "size",
	 .type = FIELD_SIZE,
	 .offset = offsetof(struct options, size),
	 .min = 1,
	 .max = 64 << 20,
	 .fallback = "5MiB",
	 .help = "Size of the file."},
	{.name = "dir",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, dir),
	 .fallback = "/tmp",
	 .help = "Where it is put in the guest."},
	FIELD_END,
};

/* The job's files on the host. */
struct files {
	char *up, *down, *batch;
};

static void release_files(struct files *f)
{
	char *all[] = {f->up, f->down, f->batch};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i])
			unlink(all[i]);
		free(all[i]);
	}
}

static int write_files(struct guest *g, const struct options *opt, struct files *f, struct err *err)
{
	_autofree_ unsigned char *data = xmalloc(opt->size);
	_autofree_ char *batch = NULL;
	uint64_t x = 1;
	int r;

	for (size_t i = 0; i < opt->size; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		data[i] = (unsigned char)(x >> 56);
	}
	f->up = path_join(g->tmp_dir, "sftp-up");
	f->down = path_join(g->tmp_dir, "sftp-down");
	f->batch = path_join(g->tmp_dir, "sftp-batch");
	batch = xasprintf("put %s %s/harness.bin\nls -ln %s\nget %s/harness.bin %s\n"
			  "rename %s/harness.bin %s/harness.2\nrm %s/harness.2\n",
			  f->up, opt->dir, opt->dir, opt->dir, f->down, opt->dir, opt->dir,
			  opt->dir);
	r = file_write_atomic(f->up, data, opt->size, 0600, err);
	return r < 0 ? r : file_write_atomic(f->batch, batch, strlen(batch), 0600, err);
}

static int make_argv(struct guest *g, const struct options *opt, const struct files *f,
		     struct strv *argv, struct err *err)
{
	uint16_t port;
	int r = act_port(g, opt->port, &port, err);

	if (r < 0)
		return r;
	strv_push(argv, "sftp");
	strv_push(argv, "-q");
	strv_push(argv, "-b");
	strv_push(argv, f->batch);
	strv_push(argv, "-P");
	strv_pushf(argv, "%u", port);
	r = ssh_client_options(g, port, argv, err);
	strv_pushf(argv, "%s@127.0.0.1", opt->user);
	return r;
}

/* The line of ls -ln with the file has its size. */
static bool is_listed(const struct strbuf *out, uint64_t size)
{
	_autofree_ char *word = xasprintf(" %llu ", (unsigned long long)size);

	for (const char *p = strbuf_str(out); p && *p; p = strchr(p, '\n'), p = p ? p + 1 : p) {
		_autofree_ char *line = xstrndup(p, strcspn(p, "\n"));

		if (strstr(line, "harness.bin") && strstr(line, word) && line[0] == '-')
			return true;
	}
	return false;
}

static int judge(const struct options *opt, const struct files *f, const struct child *c,
		 struct step_outcome *o, struct err *err)
{
	char up[65], down[65], said[300], status[80];

	act_excerpt(strbuf_str(child_stderr(c)), child_stderr(c)->len, said, sizeof(said));
	if (child_timed_out(c))
		return err_set(err, ETIMEDOUT, "sftp did not end within the limit; it said: %s",
			       said);
	if (child_status(c))
		return step_fail(o, "sftp: expected exit status 0, saw %s; it said: %s",
				 proc_status_text(child_status(c), status, sizeof(status)), said);
	if (!is_listed(child_stdout(c), opt->size))
		return step_fail(o, "expected the file with its size in the listing, saw it not");
	if (file_sha256(f->up, up, err) < 0 || file_sha256(f->down, down, err) < 0)
		return -EIO;
	if (strcmp(up, down))
		return step_fail(o, "expected the file back with SHA-256 %.16s…, saw %.16s…", up,
				 down);
	return step_pass(o);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	_cleanup_(release_files) struct files f = {0};
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	const struct options *opt = options;
	struct child_spec spec = {.deadline = deadline};
	struct child *c = NULL;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = write_files(g, opt, &f, err);
	if (r == 0)
		r = make_argv(g, opt, &f, &argv, err);
	if (r < 0)
		return r;
	spec.argv = argv.v;
	r = child_start(g->loop, &spec, &c, err);
	if (r == 0)
		r = act_wait(g, child_ended, c, (struct deadline){deadline.at + SEC}, "sftp", err);
	if (r == 0) {
		strbuf_add(&o->detail, child_stdout(c)->buf, child_stdout(c)->len);
		r = judge(opt, &f, c, o, err);
	}
	child_free(c);
	return r;
}

const struct step_ops step_sftp = {
	.name = "sftp",
	.help = "Puts, lists, gets, renames and removes a file with OpenSSH's sftp client.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
