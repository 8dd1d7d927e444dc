/* SPDX-License-Identifier: MIT */
#include "step/ssh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "step/act.h"
#include "step/context.h"

const char *const ssh_auth_words[] = {"key", "password", NULL};

int ssh_access_make(struct guest *g, const struct ssh_who *who, struct deadline d,
		    struct ssh_access *ret, struct err *err)
{
	struct step_context *c = context_of(g);
	struct ssh_access a = {.spec = {.user = who->user, .deadline = d}};
	int r = act_port(g, who->port, &a.spec.port, err);

	if (r < 0)
		return r;
	if (!c->n_host_keys)
		return err_set(err, ENOKEY,
			       "no host key is known: a host_key step must come first");
	a.spec.host_keys = (const char *const *)c->host_keys;
	a.spec.n_host_keys = c->n_host_keys;
	if (who->auth == SSH_AUTH_KEY)
		a.key_file = act_key_path(g, "id_ed25519");
	else
		r = act_read_key(g, "password", &a.password, err);
	if (r < 0)
		return r;
	a.spec.key_file = a.key_file;
	a.spec.password = a.password;
	*ret = a;
	return 0;
}

void ssh_access_release(struct ssh_access *a)
{
	free(a->key_file);
	free(a->password);
	*a = (struct ssh_access){0};
}

int ssh_run(struct guest *g, const struct login_spec *spec, struct login **ret_login,
	    struct err *err)
{
	struct login *l = NULL;
	int r = login_start(g->loop, spec, &l, err);

	if (r == 0)
		/* The login keeps its own limit; ours is only the guest's death and a belt. */
		r = act_wait(g, login_ended, l, (struct deadline){spec->deadline.at + SEC},
			     "ssh login", err);
	if (r < 0) {
		login_free(l);
		return r;
	}
	*ret_login = l;
	return 0;
}

int ssh_explain(const struct login *l, const char *expected, struct step_outcome *o,
		struct err *err)
{
	char seen[200];

	act_excerpt(strbuf_str(login_stderr(l)), login_stderr(l)->len, seen, sizeof(seen));
	if (login_error(l) == -ETIMEDOUT)
		return err_set(err, ETIMEDOUT, "expected %s, saw none: %s", expected,
			       login_error_text(l));
	return step_fail(o, "expected %s, saw: %s%s%s", expected, login_error_text(l),
			 *seen ? "; it said: " : "", seen);
}

int ssh_known_hosts(struct guest *g, uint16_t host_port, char **ret_path, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(16384);
	_autofree_ char *path = path_join(g->tmp_dir, "known_hosts");
	struct step_context *c = context_of(g);
	int r;

	if (!c->n_host_keys)
		return err_set(err, ENOKEY,
			       "no host key is known: a host_key step must come first");
	for (size_t i = 0; i < c->n_host_keys; i++)
		strbuf_addf(&sb, "[127.0.0.1]:%u %s\n", host_port, c->host_keys[i]);
	r = file_write_atomic(path, strbuf_str(&sb), sb.len, 0600, err);
	if (r == 0)
		*ret_path = TAKE(path);
	return r;
}

int ssh_client_options(struct guest *g, uint16_t host_port, struct strv *argv, struct err *err)
{
	static const char *const fixed[] = {
		"GlobalKnownHostsFile=/dev/null",
		"StrictHostKeyChecking=yes",
		"UpdateHostKeys=no",
		"IdentitiesOnly=yes",
		"IdentityAgent=none",
		"PreferredAuthentications=publickey",
		"BatchMode=yes",
		"LogLevel=ERROR",
	};
	_autofree_ char *key = act_key_path(g, "id_ed25519"), *known_hosts = NULL;
	int r = ssh_known_hosts(g, host_port, &known_hosts, err);

	if (r < 0)
		return r;
	strv_push(argv, "-F");
	strv_push(argv, "none");
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		strv_push(argv, "-o");
		strv_push(argv, fixed[i]);
	}
	strv_push(argv, "-o");
	strv_pushf(argv, "UserKnownHostsFile=%s", known_hosts);
	strv_push(argv, "-o");
	strv_pushf(argv, "IdentityFile=%s", key);
	return 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double ssh_median(double *values, size_t n)
{
	if (!n)
		return 0;
	qsort(values, n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
