/* SPDX-License-Identifier: MIT */
#include "run/expectation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "config/scenario.h"
#include "step/kinds.h"

static const char *const lanes[] = {"static", "debian"};

static void free_expect(struct expect **e)
{
	expect_free(*e);
}

static void free_scenario(struct scenario **s)
{
	scenario_free(*s);
}

/* None is no error: an installation may come without. */
static int list_files(struct strv *ret_files, struct err *err)
{
	_autofree_ char *dir = path_join(paths_data(), "scenarios/expect");

	return file_exists(dir) ? dir_files(dir, ".yaml", ret_files, err) : 0;
}

/* The kernel's digest is taken once, and only when a file asks for one. */
static int is_for(const struct expect *e, const char *kernel, char hex[65], struct err *err)
{
	int r = 0;

	if (!*hex && expect_needs_sha256(e))
		r = file_sha256(kernel, hex, err);
	return r < 0 ? r : expect_is_for(e, kernel, *hex ? hex : NULL);
}

static int pick(const char *kernel, struct expect **ret_expect, struct err *err)
{
	_cleanup_(strv_release) struct strv files = STRV_INIT;
	_cleanup_(free_expect) struct expect *picked = NULL;
	char hex[65] = "";
	int r = list_files(&files, err);

	for (size_t i = 0; r == 0 && i < files.n; i++) {
		_cleanup_(free_expect) struct expect *e = NULL;

		r = expect_load(files.v[i], &e, err);
		if (r == 0)
			r = is_for(e, kernel, hex, err);
		if (r <= 0)
			continue;
		r = 0;
		if (picked)
			return err_usage(err, "%s and %s both name this kernel: take --expect=FILE",
					 picked->file, e->file);
		picked = TAKE(e);
	}
	if (r == 0)
		*ret_expect = TAKE(picked);
	return r;
}

int expectation_find(const char *named, const char *kernel, struct expect **ret_expect,
		     struct err *err)
{
	if (named && strcmp(named, EXPECTATION_NONE) == 0) {
		*ret_expect = NULL;
		return 0;
	}
	if (named)
		return expect_load(named, ret_expect, err);
	*ret_expect = NULL;
	return kernel ? pick(kernel, ret_expect, err) : 0;
}

/* Which entries were seen to speak of some case. */
struct check {
	const struct expect *expect;
	bool *seen;
	size_t n_seen;
};

static void see(struct check *c, const char *scenario, const char *lane, const char *name)
{
	for (size_t i = 0; i < c->expect->n; i++) {
		if (c->seen[i] || !expect_matches(&c->expect->known[i], scenario, lane, name))
			continue;
		c->seen[i] = true;
		c->n_seen++;
	}
}

static int see_scenario(struct check *c, const char *path, struct err *err)
{
	_cleanup_(free_scenario) struct scenario *s = NULL;
	int r = scenario_load(path, step_config_kinds(), &s, err);

	for (size_t i = 0; r == 0 && i < s->lanes.n; i++) {
		for (size_t k = 0; k < s->n_steps; k++)
			if (scenario_step_on(&s->steps[k], s->lanes.v[i]))
				see(c, s->name, s->lanes.v[i], s->steps[k].name);
		for (size_t k = 0; verdict_own_names[k]; k++)
			see(c, s->name, s->lanes.v[i], verdict_own_names[k]);
	}
	return r;
}

/* What a suite's cases are called is known in the guest alone: entries of its own are believed. */
static void see_suite(struct check *c, const struct cell *cell)
{
	for (size_t i = 0; i < c->expect->n; i++) {
		const struct expect_known *k = &c->expect->known[i];

		if (k->scenario && expect_matches(k, cell->scenario, cell->lane, k->name))
			see(c, cell->scenario, cell->lane, k->name);
	}
}

/* Of what this run asks. */
static int see_plan(struct check *c, const struct plan *plan, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->n; i++) {
		const struct cell *cell = &plan->cells[i];

		for (size_t k = 0; k < cell->names.n; k++)
			see(c, cell->scenario, cell->lane, cell->names.v[k]);
		for (size_t k = 0; verdict_own_names[k]; k++)
			see(c, cell->scenario, cell->lane, verdict_own_names[k]);
		if (cell->file)
			r = see_scenario(c, cell->file, err);
		if (cell->suite)
			see_suite(c, cell);
	}
	return r;
}

/* Of all that could be asked. */
static int see_all(struct check *c, struct loop *loop, struct err *err)
{
	_cleanup_(strv_release) struct strv none = STRV_INIT, names = STRV_INIT, files = STRV_INIT;
	int r = plan_probe_names(loop, &none, &names, err);

	for (size_t l = 0; r == 0 && l < ARRAY_SIZE(lanes); l++) {
		for (size_t i = 0; i < names.n; i++)
			see(c, "probes", lanes[l], names.v[i]);
		for (size_t i = 0; verdict_own_names[i]; i++)
			see(c, "probes", lanes[l], verdict_own_names[i]);
	}
	if (r == 0)
		r = plan_scenario_files(&files, err);
	for (size_t i = 0; r == 0 && i < files.n; i++)
		r = see_scenario(c, files.v[i], err);
	return r;
}

static int complain(const struct check *c, struct err *err)
{
	for (size_t i = 0; i < c->expect->n; i++) {
		const struct expect_known *k = &c->expect->known[i];

		if (!c->seen[i])
			return err_usage(err, "%s:%u:%u: no case is called \"%s\"%s%s%s%s",
					 c->expect->file, k->line, k->column, k->name,
					 k->scenario ? " in scenario " : "",
					 k->scenario ? k->scenario : "", k->lane ? " on lane " : "",
					 k->lane ? k->lane : "");
	}
	return 0;
}

int expectation_check(const struct expect *e, struct loop *loop, const struct plan *plan,
		      struct err *err)
{
	_autofree_ bool *seen = xcalloc(e->n + 1, sizeof(*seen));
	struct check c = {.expect = e, .seen = seen};
	int r = plan ? see_plan(&c, plan, err) : 0;

	if (r == 0 && c.n_seen < e->n)
		r = see_all(&c, loop, err);
	return r < 0 ? r : complain(&c, err);
}

static char *join(const struct strv *words)
{
	struct strbuf sb = STRBUF_INIT(400);

	for (size_t i = 0; i < words->n; i++)
		strbuf_addf(&sb, "%s%s", i ? "," : "", words->v[i]);
	return strbuf_detach(&sb, NULL);
}

int expectation_each(const struct expect *e, const char *role,
		     int (*fn)(void *arg, const struct store_expected *row), void *arg)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < e->n; i++) {
		const struct expect_known *k = &e->known[i];
		_autofree_ char *verdicts = join(&k->verdicts);
		const struct store_expected row = {.role = role,
						   .file = e->file,
						   .line = k->line,
						   .name = k->name,
						   .scenario = k->scenario,
						   .lane = k->lane,
						   .verdicts = verdicts,
						   .owner = k->owner,
						   .reason = k->reason,
						   .issue = k->issue,
						   .expires = k->expires};

		r = fn(arg, &row);
	}
	return r;
}

struct keeping {
	struct store *store;
	struct err *err;
};

static int keep(void *arg, const struct store_expected *row)
{
	const struct keeping *k = arg;

	return store_add_expected(k->store, row, k->err);
}

int expectation_keep(const struct expect *e, struct store *s, const char *role, struct err *err)
{
	int r = store_set_fact(s, "expect", e->file, err);

	return r < 0 ? r : expectation_each(e, role, keep, &(struct keeping){s, err});
}
