/* SPDX-License-Identifier: MIT */
/* exec: a program in the guest, its exit status and output. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "step/act.h"

struct options {
	struct strv argv;
	char *input, *expect_stdout, *stdout_has, *stdout_sha256_of;
	int64_t status, port;
};

static const struct field fields[] = {
	{.name = "argv",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct options, argv),
	 .required = true,
	 .help = "The program and its arguments."},
	{.name = "input",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, input),
	 .help = "Its standard input; without it /dev/null."},
	{.name = "status",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, status),
	 .min = 0,
	 .max = 255,
	 .fallback = "0",
	 .help = "Exit status that is right."},
	{.name = "port",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, port),
	 .min = 1,
	 .max = 65535,
	 .help = "The guest's port of a service that it needs: skipped when that is not there."},
	{.name = "stdout",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, expect_stdout),
	 .help = "Its whole standard output, but for a newline at the end."},
	{.name = "stdout_has",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, stdout_has),
	 .help = "A text that must stand in its standard output."},
	{.name = "stdout_sha256_of",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, stdout_sha256_of),
	 .help = "A served file, such as 1m.bin, whose SHA-256 must stand in its output."},
	FIELD_END,
};

static size_t chomped(const struct strbuf *sb)
{
	return sb->len && sb->buf[sb->len - 1] == '\n' ? sb->len - 1 : sb->len;
}

static bool same_text(const struct strbuf *sb, const char *text)
{
	size_t n = strlen(text);

	if (n && text[n - 1] == '\n')
		n--;
	return chomped(sb) == n && !memcmp(strbuf_str(sb), text, n);
}

static int judge(const struct options *opt, const char *hash, const struct act_result *res,
		 struct step_outcome *o)
{
	const char *out = strbuf_str(&res->out), *prog = opt->argv.v[0];
	char seen[200], status[80];

	act_excerpt(out, res->out.len, seen, sizeof(seen));
	if (!WIFEXITED(res->status) || WEXITSTATUS(res->status) != opt->status) {
		char said[200];

		act_excerpt(strbuf_str(&res->err_out), res->err_out.len, said, sizeof(said));
		return step_fail(o, "%s: expected exit status %d, saw %s%s%s", prog,
				 (int)opt->status,
				 proc_status_text(res->status, status, sizeof(status)),
				 *said ? "; it said: " : "", said);
	}
	if (opt->expect_stdout && !same_text(&res->out, opt->expect_stdout))
		return step_fail(o, "%s: expected output \"%s\", saw \"%s\"", prog,
				 opt->expect_stdout, seen);
	if (opt->stdout_has && !strstr(out, opt->stdout_has))
		return step_fail(o, "%s: expected \"%s\" in the output, saw \"%s\"", prog,
				 opt->stdout_has, seen);
	if (hash && !strstr(out, hash))
		return step_fail(o, "%s: expected the SHA-256 of %s, saw \"%s\"", prog,
				 opt->stdout_sha256_of, seen);
	return step_pass(o);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	_cleanup_(act_result_release) struct act_result res = ACT_RESULT_INIT;
	const struct options *opt = options;
	struct err why = ERR_INIT;
	char hash[65];
	int r = 0;

	if (opt->port && act_port_is_down(g, opt->port, o))
		return 0;
	if (!opt->argv.n)
		return err_set(err, EINVAL, "argv is empty");
	if (opt->stdout_sha256_of)
		r = act_www_sha256(g, opt->stdout_sha256_of, hash, err);
	if (r < 0)
		return r;
	r = act_run(g, opt->argv.v, opt->input, &res, deadline, &why);
	if (act_kernel_refused(r, &why))
		return step_fail(o, "%s could not be started: %s", opt->argv.v[0], why.text);
	if (r < 0) {
		if (err)
			*err = why;
		return r;
	}
	strbuf_add(&o->detail, res.out.buf, res.out.len);
	strbuf_add(&o->detail, res.err_out.buf, res.err_out.len);
	return judge(opt, opt->stdout_sha256_of ? hash : NULL, &res, o);
}

const struct step_ops step_exec = {
	.name = "exec",
	.help = "Runs a program in the guest.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
