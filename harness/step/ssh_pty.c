/* SPDX-License-Identifier: MIT */
/* ssh_pty: a shell on a terminal, driven by a person's tools: expect and OpenSSH's client. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "load/child.h"
#include "step/act.h"
#include "step/ssh.h"

struct options {
	char *user;
	int64_t port;
	int script;
};

static const char *const scripts[] = {"tty", "size", "winch", "interrupt", "jobs", NULL};

static const struct field fields[] = {
	{.name = "script",
	 .type = FIELD_ENUM,
	 .offset = offsetof(struct options, script),
	 .words = scripts,
	 .required = true,
	 .help = "Which of scenarios/expect/ is played."},
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
	FIELD_END,
};

/* The last line, its end cut off. */
static const char *last_line(struct strbuf *copy, const struct strbuf *out)
{
	char *nl;

	strbuf_add(copy, out->buf, out->len);
	if (!copy->len)
		return "";
	while (copy->len && copy->buf[copy->len - 1] == '\n')
		copy->buf[--copy->len] = 0;
	nl = strrchr(copy->buf, '\n');
	return nl ? nl + 1 : copy->buf;
}

/* The script's own words; anything else means that it did not get to its end. */
static int judge(const struct child *c, struct step_outcome *o, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf copy = STRBUF_INIT(CHILD_OUTPUT_MAX);
	const char *line = last_line(&copy, child_stdout(c));
	int status = child_status(c);
	char text[80];

	if (child_timed_out(c))
		return err_set(err, ETIMEDOUT, "the terminal script did not end within the limit");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !strcmp(line, "pass"))
		return step_pass(o);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1 && !strncmp(line, "fail: ", 6))
		return step_fail(o, "%s", line + 6);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 4 && !strncmp(line, "timeout: ", 9))
		return err_set(err, ETIMEDOUT, "%s", line + 9);
	return err_set(err, EIO, "expect: %s; it said: %.200s %.200s",
		       proc_status_text(status, text, sizeof(text)), line,
		       strbuf_str(child_stderr(c)));
}

static int play(struct guest *g, const struct options *opt, uint16_t port, struct deadline d,
		struct step_outcome *o, struct err *err)
{
	_autofree_ char *script =
		xasprintf("%s/scenarios/expect/%s.exp", paths_data(), scripts[opt->script]);
	_autofree_ char *key = act_key_path(g, "id_ed25519"), *known_hosts = NULL;
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct child_spec spec = {.deadline = {d.at + SEC}};
	struct child *c = NULL;
	int r = ssh_known_hosts(g, port, &known_hosts, err);

	if (r < 0)
		return r;
	strv_push(&argv, "expect");
	strv_push(&argv, "-f");
	strv_push(&argv, script);
	strv_pushf(&argv, "%u", port);
	strv_push(&argv, opt->user);
	strv_push(&argv, key);
	strv_push(&argv, known_hosts);
	strv_pushf(&argv, "%.3f", (double)deadline_left(d) / 1e6);
	spec.argv = argv.v;
	r = child_start(g->loop, &spec, &c, err);
	if (r == 0)
		r = act_wait(g, child_ended, c, (struct deadline){d.at + 2 * SEC}, "expect", err);
	if (r == 0)
		r = judge(c, o, err);
	child_free(c);
	return r;
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	const struct options *opt = options;
	uint16_t port;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = act_port(g, opt->port, &port, err);
	return r < 0 ? r : play(g, opt, port, deadline, o, err);
}

const struct step_ops step_ssh_pty = {
	.name = "ssh_pty",
	.help = "Plays a script on a terminal session: expect with OpenSSH's client.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
