/* SPDX-License-Identifier: MIT */
/* ssh_burst: many logins, so many of them inside at the same time. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "step/act.h"
#include "step/ssh.h"

#define PARALLEL_MAX 64
#define COUNT_MAX    1000

struct options {
	struct ssh_who who;
	int64_t count, parallel, starting;
};

static const struct field fields[] = {
	SSH_WHO_FIELDS(struct options, who),
	{.name = "count",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, count),
	 .min = 1,
	 .max = COUNT_MAX,
	 .fallback = "20",
	 .help = "Logins in all."},
	{.name = "parallel",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, parallel),
	 .min = 1,
	 .max = PARALLEL_MAX,
	 .fallback = "1",
	 .help = "So many are logged in at the same time, with a command running."},
	{.name = "starting",
	 .type = FIELD_INT,
	 .offset = offsetof(struct options, starting),
	 .min = 1,
	 .max = PARALLEL_MAX,
	 .fallback = "4",
	 .help = "At most so many that have not yet proved who they are (dropbear allows 5)."},
	FIELD_END,
};

/* Logins that are inside together; each command waits for the end of its input. */
struct wave {
	struct guest *g;
	const struct login_spec *spec;
	struct login *logins[PARALLEL_MAX];
	size_t want, n, starting;
};

static bool is_inside(const struct login *l)
{
	return login_stage(l) >= LOGIN_TALK && login_stdout(l)->len > 0;
}

static size_t count_waiting(const struct wave *w)
{
	size_t waiting = 0;

	for (size_t i = 0; i < w->n; i++)
		waiting += !login_ended(w->logins[i]) && !is_inside(w->logins[i]);
	return waiting;
}

static bool may_start(void *arg)
{
	struct wave *w = arg;

	return count_waiting(w) < w->starting;
}

static bool all_inside(void *arg)
{
	return count_waiting(arg) == 0;
}

static bool all_ended(void *arg)
{
	struct wave *w = arg;

	for (size_t i = 0; i < w->n; i++)
		if (!login_ended(w->logins[i]))
			return false;
	return true;
}

static void free_wave(struct wave *w)
{
	for (size_t i = 0; i < w->n; i++)
		login_free(w->logins[i]);
	w->n = 0;
}

static int run_wave(struct wave *w, struct err *err)
{
	struct deadline d = {w->spec->deadline.at + SEC};
	int r = 0;

	while (r == 0 && w->n < w->want) {
		r = act_wait(w->g, may_start, w, d, "ssh logins", err);
		if (r == 0)
			r = login_start(w->g->loop, w->spec, &w->logins[w->n], err);
		if (r == 0)
			w->n++;
	}
	if (r == 0)
		r = act_wait(w->g, all_inside, w, d, "ssh logins", err);
	for (size_t i = 0; i < w->n; i++)
		login_let_go(w->logins[i]);
	return r < 0 ? r : act_wait(w->g, all_ended, w, d, "end of the ssh logins", err);
}

struct tally {
	size_t good, n_times;
	double times[COUNT_MAX]; /* ms */
};

/* The first login that went wrong, NULL: none. */
static const struct login *count_good(const struct wave *w, struct tally *t)
{
	const struct login *bad = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const struct login *l = w->logins[i];

		if (!login_error(l) && login_exit_status(l) == 0) {
			t->good++;
			t->times[t->n_times++] = (double)login_time(l) / 1000;
		} else if (!bad) {
			bad = l;
		}
	}
	return bad;
}

static int explain(const struct options *opt, const struct tally *t, const struct login *bad,
		   struct step_outcome *o, struct err *err)
{
	char expected[120];

	if (login_error(bad)) {
		snprintf(expected, sizeof(expected), "%d logins, %d at a time (%zu were good)",
			 (int)opt->count, (int)opt->parallel, t->good);
		return ssh_explain(bad, expected, o, err);
	}
	return step_fail(o, "expected exit status 0 from each command, saw %d after %zu good ones",
			 login_exit_status(bad), t->good);
}

static int run(struct guest *g, const void *options, struct deadline deadline,
	       struct step_outcome *o, struct err *err)
{
	_cleanup_(ssh_access_release) struct ssh_access a = {0};
	_autofree_ struct tally *t = calloc(1, sizeof(*t));
	const struct options *opt = options;
	double middle;
	int r;

	if (act_port_is_down(g, opt->who.port, o))
		return 0;
	r = t ? ssh_access_make(g, &opt->who, deadline, &a, err) : -ENOMEM;
	a.spec.command = "echo in; cat";
	a.spec.hold = true;
	while (r == 0 && t->good < (size_t)opt->count) {
		struct wave w = {.g = g, .spec = &a.spec, .starting = (size_t)opt->starting};
		const struct login *bad;

		w.want = (size_t)opt->count - t->good;
		if (w.want > (size_t)opt->parallel)
			w.want = (size_t)opt->parallel;
		r = run_wave(&w, err);
		bad = r == 0 ? count_good(&w, t) : NULL;
		if (bad) {
			r = explain(opt, t, bad, o, err);
			free_wave(&w);
			return r;
		}
		free_wave(&w);
	}
	if (r < 0)
		return r;
	middle = ssh_median(t->times, t->n_times);
	store_add_metric(g->store, g->cell, "ssh_login_ms", middle, "ms", NULL);
	return step_pass_with(o, "%zu logins, median %.0f ms", t->good, middle);
}

const struct step_ops step_ssh_burst = {
	.name = "ssh_burst",
	.help = "Logs in many times, one after the other or several at a time.",
	.fields = fields,
	.options_size = sizeof(struct options),
	.run = run,
};
