/* SPDX-License-Identifier: MIT */
/* wrk: the load generator of that name for a while, and no error of any kind. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "base/strv.h"
#include "load/child.h"
#include "load/wrkout.h"
#include "step/act.h"
#include "step/web.h"

struct options {
	char *path;
	int64_t port, connections;
	uint64_t duration;
};

static const struct field fields[] = {
	{.name = "path",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct options, path),
	 .required = true,
	 .help = "A served file."},
	WEB_PORT_FIELD(struct options, port),
	{.name = "connections",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, connections),
	 .min = 1,
	 .max = 256,
	 .fallback = "64",
	 .help = "Connections kept open."},
	{.name = "duration",
	 .type = FIELD_DURATION,
	 .offset = offsetof(struct options, duration),
	 .min = 1000000,
	 .max = 60000000,
	 .fallback = "10s",
	 .help = "For how long, in whole seconds."},
	FIELD_END,
};

static int judge(struct guest *g, const struct wrkout *w, struct step_outcome *o)
{
	uint64_t errors = w->err_connect + w->err_read + w->err_write + w->err_timeout;

	store_add_metric(g->store, g->cell, "wrk_requests_per_s", w->requests_per_s, "1/s", NULL);
	store_add_metric(g->store, g->cell, "wrk_latency_avg_us", (double)w->latency_avg_us, "us",
			 NULL);
	if (errors || w->non_2xx || !w->requests)
		return step_fail(
			o,
			"expected answers and no error, saw %llu requests; errors: connect "
			"%llu, read %llu, write %llu, time-out %llu, status %llu",
			(unsigned long long)w->requests, (unsigned long long)w->err_connect,
			(unsigned long long)w->err_read, (unsigned long long)w->err_write,
			(unsigned long long)w->err_timeout, (unsigned long long)w->non_2xx);
	return step_pass_with(o, "%.0f requests/s, %llu in %.1f s", w->requests_per_s,
			      (unsigned long long)w->requests, w->seconds);
}

static int look(struct guest *g, const struct child *c, struct step_outcome *o, struct err *err)
{
	char status[80], said[200];
	struct wrkout w;

	strbuf_add(&o->detail, child_stdout(c)->buf, child_stdout(c)->len);
	strbuf_add(&o->detail, child_stderr(c)->buf, child_stderr(c)->len);
	if (child_timed_out(c))
		return err_set(err, ETIMEDOUT, "wrk did not end within the limit");
	act_excerpt(strbuf_str(child_stdout(c)), child_stdout(c)->len, said, sizeof(said));
	/* It gives up when its very first connection fails. */
	if (strstr(strbuf_str(child_stdout(c)), "unable to connect"))
		return step_fail(o, "expected connections, saw: %s", said);
	if (child_status(c) || wrkout_parse(strbuf_str(child_stdout(c)), &w) < 0)
		return err_set(err, EIO, "wrk: %s; it said: %s",
			       proc_status_text(child_status(c), status, sizeof(status)), said);
	return judge(g, &w, o);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	const struct options *opt = options;
	struct child_spec spec = {.deadline = deadline};
	struct child *c = NULL;
	uint16_t port;
	int r;

	if (act_port_is_down(g, opt->port, o))
		return 0;
	r = act_port(g, opt->port, &port, err);
	if (r < 0)
		return r;
	strv_push(&argv, "wrk");
	strv_pushf(&argv, "-t%d", opt->connections > 1 ? 2 : 1);
	strv_pushf(&argv, "-c%d", (int)opt->connections);
	strv_pushf(&argv, "-d%us", (unsigned int)(opt->duration / SEC));
	/* How long one answer may take on this machine. */
	strv_pushf(&argv, "--timeout=%us", (unsigned int)(10 * g->slowdown));
	strv_pushf(&argv, "http://127.0.0.1:%u%s", port, opt->path);
	spec.argv = argv.v;
	r = child_start(g->loop, &spec, &c, err);
	if (r == 0)
		r = act_wait(g, child_ended, c, (struct deadline){deadline.at + SEC}, "wrk", err);
	if (r == 0)
		r = look(g, c, o, err);
	child_free(c);
	return r;
}

const struct step_ops step_wrk = {
	.name = "wrk",
	.help = "Runs the load generator wrk: every answer must be good.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
