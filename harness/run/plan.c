/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "config/scenario.h"
#include "machine/image.h"
#include "machine/kernel_file.h"
#include "machine/machine.h"
#include "step/kinds.h"

#define PROBES_LANE "static"
/*
 * A kernel that is not the reference was seen to take three times the reference's time for the same
 * system calls, and tells of a panic up to two seconds late.
 */
#define OTHER_PACE_PERCENT 400
#define OTHER_SETTLE_MS	   2200
#define PROBES_A_SECOND	   20
#define PROBES_LIMIT_S	   900
#define SCENARIO_LIMIT_S   600

void plan_release(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		cell_release(&p->cells[i]);
	free(p->cells);
	strv_release(&p->notes);
	*p = (struct plan){0};
}

int plan_probe_names(struct loop *loop, const struct strv *patterns, struct strv *ret_names,
		     struct err *err)
{
	_autofree_ char *probes = path_join(paths_guest(), "probes");
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(1u << 20);
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(4096);
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int status, r;

	strv_push(&argv, probes);
	strv_push(&argv, "--list");
	strv_push_all(&argv, patterns->v);
	spec.argv = argv.v;
	r = proc_run(loop, &spec, deadline_in(10 * SEC), &out, &said, &status, err);
	if (r < 0)
		return err_wrap(err, "the probes (`make guest` builds them)");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return err_usage(err, "%.*s", (int)strcspn(strbuf_str(&said), "\n"),
				 strbuf_str(&said));
	if (status != 0)
		return err_set(err, EIO, "%s --list failed: %s", probes, strbuf_str(&said));
	strv_split(ret_names, strbuf_str(&out), "\n");
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int plan_scenario_files(struct strv *ret_files, struct err *err)
{
	_autofree_ char *dir = path_join(paths_data(), "scenarios");
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return err_errno(err, errno, "cannot read %s", dir);
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n > 5 && strcmp(e->d_name + n - 5, ".yaml") == 0)
			strv_take(ret_files, path_join(dir, e->d_name));
	}
	closedir(d);
	if (ret_files->n)
		qsort(ret_files->v, ret_files->n, sizeof(*ret_files->v), by_name);
	return 0;
}

/* A path as it is; a bare name from scenarios/. */
static char *scenario_path(const char *word)
{
	if (strchr(word, '/') || strstr(word, ".yaml"))
		return xstrdup(word);
	return xasprintf("%s/scenarios/%s.yaml", paths_data(), word);
}

struct planner {
	struct loop *loop;
	const struct plan_request *req;
	struct plan *plan;
	struct strv names;   /* probes */
	struct strv ready;   /* lane, disk, lane, disk, … */
	struct strv missing; /* lane, problem, … */
};

static struct cell *add_cell(struct planner *pl)
{
	struct plan *p = pl->plan;

	p->cells = xreallocarray(p->cells, p->n + 1, sizeof(*p->cells));
	p->cells[p->n] = (struct cell)CELL_INIT;
	return &p->cells[p->n++];
}

static const char *lookup(const struct strv *pairs, const char *key)
{
	for (size_t i = 0; i + 1 < pairs->n; i += 2)
		if (strcmp(pairs->v[i], key) == 0)
			return pairs->v[i + 1];
	return NULL;
}

/* Disk of a lane; *ret_disk NULL when the lane cannot be used here, which the plan then notes once.
 */
static int lane_disk(struct planner *pl, const char *lane, const char **ret_disk, struct err *err)
{
	_autofree_ char *problem = NULL;
	char *disk;
	int r;

	*ret_disk = lookup(&pl->ready, lane);
	if (*ret_disk || lookup(&pl->missing, lane))
		return 0;
	problem = image_lane_problem(lane);
	if (problem) {
		strv_push(&pl->missing, lane);
		strv_push(&pl->missing, problem);
		strv_pushf(&pl->plan->notes, "lane %s is left out: %s", lane, problem);
		return 0;
	}
	r = image_ready(pl->loop, lane, &disk, err);
	if (r < 0)
		return r;
	strv_push(&pl->ready, lane);
	strv_take(&pl->ready, disk);
	*ret_disk = disk;
	return 0;
}

static char *dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

/* A Linux kernel (bzImage) is as quick as the reference and tells of a panic at once. */
static int set_pace(struct cell *c, const struct plan_request *req, struct err *err)
{
	enum kernel_kind kind;
	int r = kernel_file_check(req->kernel, &kind, err);

	if (r < 0)
		return r;
	if (kind == KERNEL_PVH) {
		c->pace_percent = OTHER_PACE_PERCENT;
		c->settle_ms = OTHER_SETTLE_MS;
	}
	if (req->pace_percent)
		c->pace_percent = req->pace_percent;
	c->limit_s = c->limit_s * c->pace_percent / 100;
	return 0;
}

static int fill_kernel(struct planner *pl, struct cell *c, bool kut, struct err *err)
{
	const struct plan_request *req = pl->req;
	_cleanup_(image_kernel_release) struct image_kernel ref = {0};
	int r;

	c->role = xstrdup(kut ? "kut" : "reference");
	c->accel = xstrdup(req->accel ? req->accel : "auto");
	c->keys_dir = image_keys_dir();
	if (req->boot_limit_s)
		c->boot_limit_s = req->boot_limit_s;
	if (kut) {
		c->kernel = xstrdup(req->kernel);
		c->profile = dup_or_null(req->profile);
		c->append = dup_or_null(req->append);
		c->initrd = dup_or_null(req->initrd);
		return set_pace(c, req, err);
	}
	r = image_reference(machine_reference_for(req->kernel ? NULL : req->profile), &ref, err);
	if (r < 0)
		return r;
	c->kernel = xstrdup(ref.kernel);
	c->initrd = xstrdup(ref.initrd);
	/* Without a kernel under test the request is about the reference itself. */
	if (!req->kernel) {
		c->profile = dup_or_null(req->profile);
		c->append = dup_or_null(req->append);
	}
	return 0;
}

static int add_probes(struct planner *pl, bool kut, struct err *err)
{
	const char *lane = pl->req->lane ? pl->req->lane : PROBES_LANE;
	const char *disk;
	struct cell *c;
	int r = lane_disk(pl, lane, &disk, err);

	if (r < 0)
		return r;
	if (!disk)
		return err_set(err, ENOENT, "lane %s: %s", lane, lookup(&pl->missing, lane));
	c = add_cell(pl);
	c->disk = xstrdup(disk);
	c->lane = xstrdup(lane);
	c->scenario = xstrdup("probes");
	c->repeat = pl->req->repeat ? pl->req->repeat : 1;
	c->retries = pl->req->retries;
	c->limit_s = PROBES_LIMIT_S * (c->repeat + (c->retries > 0));
	strv_push_all(&c->names, pl->names.v);
	c->takes_s = (int64_t)pl->names.n / PROBES_A_SECOND;
	c->planned = (int64_t)pl->names.n + 1; /* and the boot */
	return fill_kernel(pl, c, kut, err);
}

static void free_scenario(struct scenario **s)
{
	scenario_free(*s);
}

static int add_scenario(struct planner *pl, const char *path, bool kut, struct err *err)
{
	_cleanup_(free_scenario) struct scenario *s = NULL;
	int r = scenario_load(path, step_config_kinds(), &s, err);

	for (size_t i = 0; r == 0 && i < s->lanes.n; i++) {
		const char *lane = s->lanes.v[i];
		const char *disk;
		struct cell *c;

		if (pl->req->lane && strcmp(pl->req->lane, lane) != 0)
			continue;
		r = lane_disk(pl, lane, &disk, err);
		if (r < 0 || !disk)
			continue;
		c = add_cell(pl);
		c->disk = xstrdup(disk);
		c->lane = xstrdup(lane);
		c->scenario = xstrdup(s->name);
		c->file = xstrdup(path);
		c->retries = pl->req->retries;
		c->limit_s = SCENARIO_LIMIT_S * (1 + c->retries);
		c->takes_s = (int64_t)(s->takes_us / SEC);
		c->planned = 1;
		for (size_t k = 0; k < s->n_steps; k++)
			c->planned += scenario_step_on(&s->steps[k], lane);
		r = fill_kernel(pl, c, kut, err);
	}
	return r;
}

static int add_role(struct planner *pl, const struct strv *files, bool kut, struct err *err)
{
	int r = pl->req->probes ? add_probes(pl, kut, err) : 0;

	for (size_t i = 0; r == 0 && i < files->n; i++)
		r = add_scenario(pl, files->v[i], kut, err);
	return r;
}

static int list_files(const struct plan_request *req, struct strv *files, struct err *err)
{
	if (req->scenarios.n == 1 && strcmp(req->scenarios.v[0], "all") == 0)
		return plan_scenario_files(files, err);
	for (size_t i = 0; i < req->scenarios.n; i++) {
		strv_take(files, scenario_path(req->scenarios.v[i]));
		if (!file_exists(files->v[i]))
			return err_usage(
				err,
				"no scenario \"%s\" (%s is not there; `harness list` shows them)",
				req->scenarios.v[i], files->v[i]);
	}
	return 0;
}

static int by_length(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->takes_s != y->takes_s)
		return x->takes_s < y->takes_s ? 1 : -1;
	return strcmp(x->lane, y->lane);
}

/* Longest first, so that no core is idle at the end; a kernel that is not the reference takes
 * longer. */
static void sort_cells(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		p->cells[i].takes_s = p->cells[i].takes_s * p->cells[i].pace_percent / 100;
	if (p->n)
		qsort(p->cells, p->n, sizeof(*p->cells), by_length);
}

int plan_make(struct loop *loop, const struct plan_request *req, struct plan *ret_plan,
	      struct err *err)
{
	_cleanup_(plan_release) struct plan plan = {0};
	_cleanup_(strv_release) struct strv files = STRV_INIT;
	struct planner pl = {.loop = loop, .req = req, .plan = &plan};
	enum kernel_kind kind = KERNEL_BZIMAGE;
	int r = list_files(req, &files, err);

	if (r == 0 && req->kernel)
		r = kernel_file_check(req->kernel, &kind, err);
	if (r == 0 && req->probes)
		r = plan_probe_names(loop, &req->patterns, &pl.names, err);
	if (r == 0 && req->kernel)
		r = add_role(&pl, &files, true, err);
	if (r == 0 && (!req->kernel || req->with_reference))
		r = add_role(&pl, &files, false, err);
	sort_cells(&plan);
	if (r == 0 && !plan.n)
		r = err_set(err, ENOENT, "nothing can be run here: %s",
			    plan.notes.n ? plan.notes.v[0] : "no cell matches");
	strv_release(&pl.names);
	strv_release(&pl.ready);
	strv_release(&pl.missing);
	if (r < 0)
		return r;
	*ret_plan = plan;
	plan = (struct plan){0};
	return 0;
}

int plan_one(struct loop *loop, const struct plan_request *req, bool kut, const char *scenario,
	     struct plan *ret_plan, struct err *err)
{
	_cleanup_(plan_release) struct plan plan = {0};
	struct planner pl = {.loop = loop, .req = req, .plan = &plan};
	int r = add_probes(&pl, kut, err);

	strv_release(&pl.ready);
	strv_release(&pl.missing);
	if (r < 0)
		return r;
	free(plan.cells[0].scenario);
	plan.cells[0].scenario = xstrdup(scenario);
	*ret_plan = plan;
	plan = (struct plan){0};
	return 0;
}

int plan_enter(struct plan *p, struct store *s, struct err *err)
{
	char text[32];
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		struct cell *c = &p->cells[i];
		struct store_cell row = {.role = c->role,
					 .kernel = c->kernel,
					 .target = "qemu",
					 .profile = c->profile ? c->profile : "",
					 .lane = c->lane,
					 .scenario = c->scenario};

		r = store_add_cell(s, &row, err);
		c->id = row.id;
		if (r == 0 && c->planned) {
			snprintf(text, sizeof(text), "%lld", (long long)c->planned);
			r = store_set_cell_fact(s, c->id, "planned", text, err);
		}
	}
	return r;
}
