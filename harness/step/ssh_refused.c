/* SPDX-License-Identifier: MIT */
/* ssh_refused: a login that the server must turn away, after having looked at it. */
#include <errno.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "step/act.h"
#include "step/ssh.h"

struct options {
	struct ssh_who who;
	char *password;
};

static const struct field fields[] = {
	SSH_WHO_FIELDS(struct options, who),
	{.name = "password",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, password),
	 .help = "Used instead of the right one."},
	FIELD_END,
};

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
	if (opt->password) {
		a.spec.key_file = NULL;
		a.spec.password = opt->password;
	}
	r = ssh_run(g, &a.spec, &l, err);
	if (r < 0)
		return r;
	if (!login_error(l))
		r = step_fail(o, "expected the login of %s to be refused, but it was let in",
			      opt->who.user);
	else if (login_error(l) == -EACCES && login_stage(l) == LOGIN_AUTH)
		r = step_pass(o);
	else
		r = ssh_explain(l, "a refusal of the credentials", o, err);
	login_free(l);
	return r;
}

const struct step_ops step_ssh_refused = {
	.name = "ssh_refused",
	.help = "Tries to log in with what must not open the account.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
