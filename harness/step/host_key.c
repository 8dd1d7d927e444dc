/* SPDX-License-Identifier: MIT */
/* host_key: makes a server's key in the guest and learns its public half through the channel, so
 * that no login has to trust what it sees first. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "step/act.h"
#include "step/context.h"

enum server { OPENSSH, DROPBEAR };

struct options {
	int server;
	char *path;
	bool there;
};

static const char *const servers[] = {"openssh", "dropbear", NULL};
static const char *const paths[] = {"/etc/ssh/ssh_host_ed25519_key",
				    "/etc/dropbear/dropbear_ed25519_host_key"};

static const struct field fields[] = {
	{.name = "server",
	 .type = FIELD_ENUM,
	 .offset = offsetof(struct options, server),
	 .words = servers,
	 .required = true,
	 .help = "Whose key: made with ssh-keygen or dropbearkey."},
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, path),
	 .help = "Where it goes; without it where the server looks by default."},
	{.name = "there",
	 .type = FIELD_BOOL,
	 .offset = offsetof(struct options, there),
	 .help = "It was made already, by whoever sets the machine up: learn it only."},
	FIELD_END,
};

static int command_failed(const char *prog, const struct act_result *res, struct step_outcome *o)
{
	char status[80], said[200];

	return step_fail(
		o, "%s: expected exit status 0, saw %s; it said: %s", prog,
		proc_status_text(res->status, status, sizeof(status)),
		act_excerpt(strbuf_str(&res->err_out), res->err_out.len, said, sizeof(said)));
}

static int remember(struct guest *g, const char *text, struct step_outcome *o, struct err *err)
{
	const char *from = strstr(text, "ssh-ed25519 ");
	char *key;

	if (!from)
		return step_fail(o, "expected a public key, saw \"%.100s\"", text);
	key = xstrndup(from, strcspn(from, "\r\n"));
	strbuf_addstr(&o->detail, key);
	if (context_add_host_key(context_of(g), key) < 0)
		return err_set(err, ENOSPC, "too many host keys in one scenario");
	return step_pass(o);
}

/* Runs a key tool; *ret_ok: it ended well, else *o is filled. */
static int tool(struct guest *g, const char *const *argv, struct act_result *res, struct deadline d,
		struct step_outcome *o, bool *ret_ok, struct err *err)
{
	struct err why = ERR_INIT;
	int r = act_run(g, (char *const *)argv, NULL, res, d, &why);

	*ret_ok = r == 0 && res->status == 0;
	if (act_kernel_refused(r, &why))
		return step_fail(o, "%s could not be started: %s", argv[0], why.text);
	if (r < 0) {
		if (err)
			*err = why;
		return r;
	}
	return *ret_ok ? 0 : command_failed(argv[0], res, o);
}

static int run_openssh(struct guest *g, const char *path, bool there, struct deadline d,
		       struct step_outcome *o, struct err *err)
{
	const char *const argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N",
				    "",		  "-f", path, NULL};
	_cleanup_(act_result_release) struct act_result res = ACT_RESULT_INIT;
	_cleanup_(strbuf_release) struct strbuf key = STRBUF_INIT(4096);
	_autofree_ char *public = xasprintf("%s.pub", path);
	bool ok = true;
	int r = there ? 0 : tool(g, argv, &res, d, o, &ok, err);

	if (r < 0 || !ok)
		return r;
	r = chan_get(g->chan, public, &key, d, err);
	return r < 0 ? r : remember(g, strbuf_str(&key), o, err);
}

static int run_dropbear(struct guest *g, const char *path, bool there, struct deadline d,
			struct step_outcome *o, struct err *err)
{
	const char *const make[] = {"dropbearkey", "-t", "ed25519", "-f", path, NULL};
	const char *const show[] = {"dropbearkey", "-y", "-f", path, NULL};
	_cleanup_(act_result_release) struct act_result res = ACT_RESULT_INIT;
	bool ok;
	int r = tool(g, there ? show : make, &res, d, o, &ok, err);

	return r < 0 || !ok ? r : remember(g, strbuf_str(&res.out), o, err);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	const struct options *opt = options;
	const char *path = opt->path ? opt->path : paths[opt->server];

	return opt->server == OPENSSH ? run_openssh(g, path, opt->there, deadline, o, err)
				      : run_dropbear(g, path, opt->there, deadline, o, err);
}

const struct step_ops step_host_key = {
	.name = "host_key",
	.help = "Makes an ssh server's key and learns its public half through the channel.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
