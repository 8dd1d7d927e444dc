/* SPDX-License-Identifier: MIT */
/* ssh_exec: one login and one command, its exit status, output and errors kept apart. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "step/act.h"
#include "step/ssh.h"

struct options {
	struct ssh_who who;
	char *command, *input, *expect_stdout, *expect_stderr, *stdout_has, *signal;
	int64_t status;
	bool pty;
};

static const struct field fields[] = {
	SSH_WHO_FIELDS(struct options, who),
	{.name = "command",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, command),
	 .required = true,
	 .help = "For the user's shell in the guest."},
	{.name = "input",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, input),
	 .help = "Its standard input, then end of file."},
	{.name = "status",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, status),
	 .min = 0,
	 .max = 255,
	 .fallback = "0",
	 .help = "Exit status that is right."},
	{.name = "signal",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, signal),
	 .help = "Instead: the signal that must end it, such as TERM."},
	{.name = "stdout",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, expect_stdout),
	 .help = "Its whole standard output."},
	{.name = "stderr",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, expect_stderr),
	 .help = "Its whole standard error."},
	{.name = "stdout_has",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, stdout_has),
	 .help = "A text that must stand in its standard output."},
	{.name = "pty",
	 .type = FIELD_BOOL,
	 .offset = offsetof(struct options, pty),
	 .help = "Ask for a terminal of 80 columns and 24 rows."},
	FIELD_END,
};

static int wrong_end(const struct options *opt, const struct login *l, struct step_outcome *o)
{
	char seen[100];

	if (*login_exit_signal(l))
		snprintf(seen, sizeof(seen), "signal %s", login_exit_signal(l));
	else if (login_exit_status(l) >= 0)
		snprintf(seen, sizeof(seen), "exit status %d", login_exit_status(l));
	else
		snprintf(seen, sizeof(seen), "no status at all");
	if (opt->signal)
		return step_fail(o, "expected signal %s, saw %s", opt->signal, seen);
	return step_fail(o, "expected exit status %d, saw %s", (int)opt->status, seen);
}

static bool right_end(const struct options *opt, const struct login *l)
{
	if (opt->signal)
		return !strcmp(login_exit_signal(l), opt->signal);
	return login_exit_status(l) == opt->status;
}

static int wrong_text(const char *what, const char *expected, const struct strbuf *seen,
		      struct step_outcome *o)
{
	char want[200], got[200];

	return step_fail(o, "expected %s \"%s\", saw \"%s\"", what,
			 act_excerpt(expected, strlen(expected), want, sizeof(want)),
			 act_excerpt(strbuf_str(seen), seen->len, got, sizeof(got)));
}

static int judge(const struct options *opt, const struct login *l, struct step_outcome *o)
{
	const struct strbuf *out = login_stdout(l), *err_out = login_stderr(l);

	if (!right_end(opt, l))
		return wrong_end(opt, l, o);
	if (opt->expect_stdout && strcmp(strbuf_str(out), opt->expect_stdout))
		return wrong_text("output", opt->expect_stdout, out, o);
	if (opt->expect_stderr && strcmp(strbuf_str(err_out), opt->expect_stderr))
		return wrong_text("error output", opt->expect_stderr, err_out, o);
	if (opt->stdout_has && !strstr(strbuf_str(out), opt->stdout_has))
		return wrong_text("in the output", opt->stdout_has, out, o);
	return step_pass_with(o, "login and command took %.0f ms", (double)login_time(l) / 1000);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	_cleanup_(ssh_access_release) struct ssh_access a = {0};
	const struct options *opt = options;
	struct login *l = NULL;
	int r;

	if (act_port_is_down(g, opt->who.port, o))
		return 0;
	r = ssh_access_make(g, &opt->who, deadline, &a, err);
	if (r < 0)
		return r;
	a.spec.command = opt->command;
	a.spec.input = opt->input;
	a.spec.input_len = opt->input ? strlen(opt->input) : 0;
	a.spec.pty = opt->pty;
	r = ssh_run(g, &a.spec, &l, err);
	if (r < 0)
		return r;
	strbuf_add(&o->detail, login_stdout(l)->buf, login_stdout(l)->len);
	strbuf_add(&o->detail, login_stderr(l)->buf, login_stderr(l)->len);
	r = login_error(l) ? ssh_explain(l, "a login and a command", o, err) : judge(opt, l, o);
	login_free(l);
	return r;
}

const struct step_ops step_ssh_exec = {
	.name = "ssh_exec",
	.help = "Logs in and runs a command.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
