/* SPDX-License-Identifier: MIT */
/* ssh_compare: what our own login costs beside OpenSSH's client on the same server, in turns. */
#include <errno.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "load/child.h"
#include "step/act.h"
#include "step/ssh.h"

#define COUNT_MAX 200

struct options {
	struct ssh_who who;
	int64_t count;
};

static const struct field fields[] = {
	SSH_WHO_FIELDS(struct options, who),
	{.name = "count",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, count),
	 .min = 1,
	 .max = COUNT_MAX,
	 .fallback = "15",
	 .help = "Pairs of logins."},
	FIELD_END,
};

/* One login each, in ms. *ret_bad: it did not go well, *o says how. */
static int time_ours(struct guest *g, const struct login_spec *spec, double *ret_ms, bool *ret_bad,
		     struct step_outcome *o, struct err *err)
{
	struct login *l = NULL;
	int r = ssh_run(g, spec, &l, err);

	if (r < 0)
		return r;
	*ret_ms = (double)login_time(l) / 1000;
	*ret_bad = login_error(l) || login_exit_status(l) != 0;
	if (login_error(l))
		r = ssh_explain(l, "a login", o, err);
	else if (*ret_bad)
		r = step_fail(o, "expected exit status 0, saw %d", login_exit_status(l));
	login_free(l);
	return r;
}

static int time_theirs(struct guest *g, const struct strv *argv, struct deadline d, double *ret_ms,
		       bool *ret_bad, struct step_outcome *o, struct err *err)
{
	struct child_spec spec = {.argv = argv->v, .deadline = d};
	char status[80], said[200];
	struct child *c = NULL;
	uint64_t from = now_us();
	int r = child_start(g->loop, &spec, &c, err);

	if (r == 0)
		r = act_wait(g, child_ended, c, (struct deadline){d.at + SEC}, "ssh", err);
	if (r == 0) {
		*ret_ms = (double)(now_us() - from) / 1000;
		*ret_bad = child_status(c) != 0;
		if (child_timed_out(c))
			r = err_set(err, ETIMEDOUT, "ssh did not end within the limit");
		else if (*ret_bad)
			r = step_fail(o, "ssh: expected exit status 0, saw %s; it said: %s",
				      proc_status_text(child_status(c), status, sizeof(status)),
				      act_excerpt(strbuf_str(child_stderr(c)), child_stderr(c)->len,
						  said, sizeof(said)));
	}
	child_free(c);
	return r;
}

static int make_argv(struct guest *g, const struct ssh_who *who, uint16_t port, struct strv *argv,
		     struct err *err)
{
	int r;

	strv_push(argv, "ssh");
	strv_push(argv, "-n");
	strv_push(argv, "-p");
	strv_pushf(argv, "%u", port);
	r = ssh_client_options(g, port, argv, err);
	strv_pushf(argv, "%s@127.0.0.1", who->user);
	strv_push(argv, "true");
	return r;
}

static int report(struct guest *g, double *ours, double *theirs, size_t n, struct step_outcome *o)
{
	double a, b;

	for (size_t i = 0; i < n; i++)
		strbuf_addf(&o->detail, "%.2f %.2f\n", ours[i], theirs[i]);
	a = ssh_median(ours, n);
	b = ssh_median(theirs, n);
	store_add_metric(g->store, g->cell, "ssh_ours_ms", a, "ms", NULL);
	store_add_metric(g->store, g->cell, "ssh_client_ms", b, "ms", NULL);
	store_add_metric(g->store, g->cell, "ssh_login_ratio", a / b, "", NULL);
	return step_pass_with(o, "medians of %zu: ours %.1f ms, ssh %.1f ms, ratio %.2f", n, a, b,
			      a / b);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	_cleanup_(ssh_access_release) struct ssh_access a = {0};
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	const struct options *opt = options;
	double ours[COUNT_MAX], theirs[COUNT_MAX];
	bool bad = false;
	int r;

	if (act_port_is_down(g, opt->who.port, o))
		return 0;
	if (opt->who.auth != SSH_AUTH_KEY)
		return err_set(err, EINVAL,
			       "ssh's client is given no password here: auth must be key");
	r = ssh_access_make(g, &opt->who, deadline, &a, err);
	a.spec.command = "true";
	if (r == 0)
		r = make_argv(g, &opt->who, a.spec.port, &argv, err);
	for (int64_t i = 0; r == 0 && !bad && i < opt->count; i++) {
		r = time_ours(g, &a.spec, &ours[i], &bad, o, err);
		if (r == 0 && !bad)
			r = time_theirs(g, &argv, deadline, &theirs[i], &bad, o, err);
	}
	if (r < 0 || bad)
		return r;
	return report(g, ours, theirs, (size_t)opt->count, o);
}

const struct step_ops step_ssh_compare = {
	.name = "ssh_compare",
	.help = "Times our logins and those of OpenSSH's client in turns.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
