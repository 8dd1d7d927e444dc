/* SPDX-License-Identifier: MIT */
#include "step/step.h"

#include <stdarg.h>
#include <stddef.h>

/* Adding a kind: a file with a const struct step_ops, a line here, and one in the list below. */
extern const struct step_ops step_exec, step_service, step_service_stop, step_host_key,
	step_ssh_exec, step_ssh_echo, step_ssh_refused, step_ssh_burst, step_ssh_compare,
	step_ssh_pty, step_sftp, step_http_get, step_http_bodies, step_http_conditional,
	step_http_keepalive, step_http_pipeline, step_http_parallel, step_http_reload,
	step_http_quit, step_wrk;

const struct step_ops *const step_kinds[] = {
	&step_exec,
	&step_service,
	&step_service_stop,
	&step_host_key,
	&step_ssh_exec,
	&step_ssh_echo,
	&step_ssh_refused,
	&step_ssh_burst,
	&step_ssh_compare,
	&step_ssh_pty,
	&step_sftp,
	&step_http_get,
	&step_http_bodies,
	&step_http_conditional,
	&step_http_keepalive,
	&step_http_pipeline,
	&step_http_parallel,
	&step_http_reload,
	&step_http_quit,
	&step_wrk,
	NULL,
};

static int say(struct step_outcome *o, enum verdict v, const char *fmt, va_list ap)
{
	o->verdict = v;
	strbuf_reset(&o->reason);
	strbuf_vaddf(&o->reason, fmt, ap);
	return 0;
}

int step_pass(struct step_outcome *o)
{
	o->verdict = VERDICT_PASS;
	return 0;
}

int step_pass_with(struct step_outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(o, VERDICT_PASS, fmt, ap);
	va_end(ap);
	return 0;
}

int step_fail(struct step_outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(o, VERDICT_FAIL, fmt, ap);
	va_end(ap);
	return 0;
}

int step_skip(struct step_outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(o, VERDICT_SKIP, fmt, ap);
	va_end(ap);
	return 0;
}
