/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

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
#include "base/sha256.h"
#include "base/xalloc.h"
#include "config/scenario.h"
#include "machine/cloud.h"
#include "machine/image.h"
#include "machine/kernel_file.h"
#include "machine/machine.h"
#include "run/durations.h"
#include "run/share.h"
#include "run/suite_disk.h"
#include "step/kinds.h"

#define PROBES_LANE "static"
/*
 * A kernel that is not the reference was seen to take three times the reference's time for the same
 * system calls, and tells of a panic up to two seconds late.
 */
#define OTHER_PACE_PERCENT 400
#define OTHER_SETTLE_MS	   2200
#define PROBE_TAKES	   (50 * MSEC)
#define PROBES_LIMIT_S	   900
#define SCENARIO_LIMIT_S   600
/* What a machine costs before its first case: it is woken, a runner started. Not by the history,
 * where boots and wakes are one case: after a boot no set would be shared any more. */
#define START_TAKES (250 * MSEC)
/* Of a suite: its disk is its own, and seldom was a machine with it saved. */
#define SUITE_START_TAKES (2 * SEC)
#define SET_MAX		  (16u << 20)
/* Of a set that is cut; see set_apart(). */
#define COMMON_EVERY 5

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

int plan_scenario_files(struct strv *ret_files, struct err *err)
{
	_autofree_ char *dir = path_join(paths_data(), "scenarios");

	return dir_files(dir, ".yaml", ret_files, err);
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
	struct suite_plan suite;
	struct strbuf set; /* names of all cases and settings, for the digest */
	size_t n_names;	   /* probes over all shards */
	size_t place;	   /* of the next case */
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

/* A profile that the cell has already stays. */
static int fill_kernel(struct planner *pl, struct cell *c, bool kut, struct err *err)
{
	const struct plan_request *req = pl->req;
	_cleanup_(image_kernel_release) struct image_kernel ref = {0};
	int r;

	c->role = xstrdup(kut ? "kut" : "reference");
	c->accel = xstrdup(req->accel ? req->accel : "auto");
	c->keys_dir = image_keys_dir();
	c->snapshot = !req->no_snapshot;
	c->cpus = req->cpus;
	if (req->boot_limit_s)
		c->boot_limit_s = req->boot_limit_s;
	if (kut) {
		c->kernel = xstrdup(req->kernel);
		if (!c->profile)
			c->profile = dup_or_null(req->profile);
		c->append = dup_or_null(req->append);
		c->initrd = dup_or_null(req->initrd);
		return set_pace(c, req, err);
	}
	if (!c->profile && !req->kernel)
		c->profile = dup_or_null(req->profile);
	r = image_reference(machine_reference_for(c->profile), &ref, err);
	if (r < 0)
		return r;
	c->kernel = xstrdup(ref.kernel);
	c->initrd = xstrdup(ref.initrd);
	/* Without a kernel under test the request is about the reference itself. */
	if (!req->kernel)
		c->append = dup_or_null(req->append);
	return 0;
}

/* What the cell is expected to take, and each of its names (ret_takes: NULL or room for them). */
static void expect_names(struct cell *c, uint64_t *ret_takes)
{
	uint64_t otherwise = PROBE_TAKES * (uint64_t)c->pace_percent / 100;
	_cleanup_(durations_release) struct durations known = {0};

	durations_load(NULL, c, &known);
	c->takes_us = 0;
	c->start_us = START_TAKES;
	for (size_t i = 0; i < c->names.n; i++) {
		uint64_t us = durations_of(&known, c->names.v[i], otherwise);

		us += c->fresh ? c->start_us : 0;
		us *= (uint64_t)c->repeat;
		c->takes_us += us;
		if (ret_takes)
			ret_takes[i] = us;
	}
}

static void expect_scenario(struct cell *c, uint64_t takes_us)
{
	_cleanup_(durations_release) struct durations known = {0};

	durations_load(NULL, c, &known);
	c->takes_us =
		durations_of(&known, DURATIONS_CELL, takes_us * (uint64_t)c->pace_percent / 100);
}

/* The lane that probes and suites run on, and its disk: here a lane that is missing is an error. */
static int probes_disk(struct planner *pl, const char **ret_lane, const char **ret_disk,
		       struct err *err)
{
	int r;

	*ret_lane = pl->req->lane ? pl->req->lane : PROBES_LANE;
	r = lane_disk(pl, *ret_lane, ret_disk, err);
	if (r == 0 && !*ret_disk)
		return err_set(err, ENOENT, "lane %s: %s", *ret_lane,
			       lookup(&pl->missing, *ret_lane));
	return r;
}

static int add_probes(struct planner *pl, bool kut, struct err *err)
{
	const char *lane, *disk;
	struct cell *c;
	int r = probes_disk(pl, &lane, &disk, err);

	if (r < 0)
		return r;
	c = add_cell(pl);
	c->disk = xstrdup(disk);
	c->lane = xstrdup(lane);
	c->scenario = xstrdup("probes");
	c->repeat = pl->req->repeat ? pl->req->repeat : 1;
	c->retries = pl->req->retries;
	c->limit_s = PROBES_LIMIT_S * (c->repeat + (c->retries > 0));
	strv_push_all(&c->names, pl->names.v);
	c->fresh = pl->req->fresh;
	c->planned = (int64_t)pl->names.n + 1; /* and the boot */
	r = fill_kernel(pl, c, kut, err);
	/* Each may have to boot. */
	if (c->fresh)
		c->limit_s += c->boot_limit_s * (int64_t)c->names.n;
	if (r == 0)
		expect_names(c, NULL);
	return r;
}

/* Its cases are known in the worker alone: programs of googletest are asked in the guest. */
static int add_suite(struct planner *pl, bool kut, struct err *err)
{
	const char *lane, *disk;
	struct cell *c;
	int r = probes_disk(pl, &lane, &disk, err);

	if (r < 0)
		return r;
	c = add_cell(pl);
	c->lane = xstrdup(lane);
	c->scenario = xstrdup(pl->suite.name);
	c->repeat = pl->req->repeat ? pl->req->repeat : 1;
	c->retries = pl->req->retries;
	/* Twice, for each that does not end costs a machine as well. */
	c->limit_s = PROBES_LIMIT_S + 2 * pl->suite.limit_s * (c->repeat + c->retries);
	c->takes_us = pl->suite.n * PROBE_TAKES;
	c->start_us = SUITE_START_TAKES;
	c->cases = pl->suite.lists ? 0 : (int64_t)pl->suite.n;
	r = suite_disk_ready(pl->loop, &pl->suite, disk, &c->disk, &c->suite, err);
	return r < 0 ? r : fill_kernel(pl, c, kut, err);
}

static int make_suite(struct planner *pl, struct err *err)
{
	const struct shard *shard = &pl->req->shard;
	int r = suite_plan_make(pl->req->suite, &pl->suite, err);

	if (r < 0)
		return r;
	pl->suite.select.shard = shard->i;
	pl->suite.select.shards = shard->n;
	for (size_t i = 0; i < pl->suite.tree.notes.n; i++)
		strv_push(&pl->plan->notes, pl->suite.tree.notes.v[i]);
	strbuf_addf(&pl->set, "suite %s %s\n", pl->suite.name, pl->suite.text.sha256);
	return 0;
}

static void free_scenario(struct scenario **s)
{
	scenario_free(*s);
}

struct on_lane {
	const struct scenario *scenario;
	const char *path, *lane;
	size_t place;
};

/* Who the machine is, and a disk of its own. */
static int add_seed(struct planner *pl, const struct scenario *s, struct cell *c, struct err *err)
{
	const struct cloud *cloud = machine_cloud(c->profile);
	struct seed *seed = NULL;
	char *disk = NULL;
	int r;

	if (!s->seed)
		return 0;
	if (!cloud)
		return err_usage(err,
				 "%s: the profile \"%s\" is of no cloud: nobody gives it a seed",
				 s->file, c->profile);
	r = seed_load(s->seed, c->keys_dir, &seed, err);
	if (r == 0)
		r = cloud_disk_ready(pl->loop, c->disk, cloud, seed, &disk, err);
	seed_free(seed);
	if (r < 0)
		return r;
	free(c->disk);
	c->disk = disk;
	c->seed = xstrdup(s->seed);
	return 0;
}

static int add_lane(struct planner *pl, const struct on_lane *on, bool kut, struct err *err)
{
	const struct scenario *s = on->scenario;
	const char *disk;
	struct cell *c;
	int r = lane_disk(pl, on->lane, &disk, err);

	if (r < 0 || !disk)
		return r;
	c = add_cell(pl);
	c->disk = xstrdup(disk);
	c->lane = xstrdup(on->lane);
	c->scenario = xstrdup(s->name);
	c->file = xstrdup(on->path);
	c->profile = dup_or_null(s->profile);
	c->repeat = pl->req->repeat ? pl->req->repeat : 1;
	c->retries = pl->req->retries;
	c->limit_s = SCENARIO_LIMIT_S * (c->repeat + c->retries);
	c->place = (int64_t)on->place;
	c->planned = 1;
	for (size_t k = 0; k < s->n_steps; k++)
		c->planned += scenario_step_on(&s->steps[k], on->lane);
	r = fill_kernel(pl, c, kut, err);
	if (r == 0)
		r = add_seed(pl, s, c, err);
	if (r == 0)
		expect_scenario(c, s->takes_us);
	return r;
}

static int add_scenario(struct planner *pl, const char *path, bool kut, struct err *err)
{
	_cleanup_(free_scenario) struct scenario *s = NULL;
	int r = scenario_load(path, step_config_kinds(), &s, err);

	for (size_t i = 0; r == 0 && i < s->lanes.n; i++) {
		const char *lane = s->lanes.v[i];

		if (pl->req->lane && strcmp(pl->req->lane, lane) != 0)
			continue;
		strbuf_addf(&pl->set, "scenario %s %s\n", s->name, lane);
		if (shard_has(&pl->req->shard, pl->place))
			r = add_lane(pl, &(struct on_lane){s, path, lane, pl->place}, kut, err);
		pl->place++;
	}
	return r;
}

static int add_role(struct planner *pl, const struct strv *files, bool kut, struct err *err)
{
	int r = pl->names.n ? add_probes(pl, kut, err) : 0;

	if (r == 0 && pl->req->suite)
		r = add_suite(pl, kut, err);
	pl->place = pl->n_names + pl->suite.n;
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

/* The settings that a verdict may hang on; paths are not among them, hosts differ. */
static void describe_request(struct strbuf *sb, const struct plan_request *req)
{
	strbuf_addf(sb, "kernel %d reference %d initrd %d\n", req->kernel != NULL,
		    !req->kernel || req->with_reference, req->initrd != NULL);
	strbuf_addf(sb, "profile %s\naccel %s\nappend %s\nlane %s\n",
		    req->profile ? req->profile : "", req->accel ? req->accel : "",
		    req->append ? req->append : "", req->lane ? req->lane : "");
	strbuf_addf(sb, "cpus %lld\n", (long long)req->cpus);
	strbuf_addf(sb, "fresh %d repeat %lld retries %lld boot-limit %lld pace %lld\n", req->fresh,
		    (long long)req->repeat, (long long)req->retries, (long long)req->boot_limit_s,
		    (long long)req->pace_percent);
}

/* Names of the probes, of which those of other shards go. */
static int take_names(struct planner *pl, struct err *err)
{
	_cleanup_(strv_release) struct strv all = STRV_INIT;
	int r = plan_probe_names(pl->loop, &pl->req->patterns, &all, err);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		strbuf_addf(&pl->set, "probe %s\n", all.v[i]);
		if (shard_has(&pl->req->shard, i))
			strv_push(&pl->names, all.v[i]);
	}
	pl->n_names = all.n;
	return r;
}

static int add_roles(struct planner *pl, const struct strv *files, struct err *err)
{
	const struct plan_request *req = pl->req;
	int r = req->kernel ? add_role(pl, files, true, err) : 0;
	size_t described = pl->set.len;

	if (r == 0 && (!req->kernel || req->with_reference))
		r = add_role(pl, files, false, err);
	/* Both roles are asked the same. */
	if (req->kernel)
		pl->set.len = described;
	data_sha256(strbuf_str(&pl->set), pl->set.len, pl->plan->set_sha256);
	pl->plan->n_cases = pl->place;
	if (r == 0 && !pl->plan->n && !req->shard.n)
		r = err_set(err, ENOENT, "nothing can be run here: %s",
			    pl->plan->notes.n ? pl->plan->notes.v[0] : "no cell matches");
	return r;
}

/* What is named on the command line is looked at before what may be missing on this host. */
static int check_kernel(const struct plan_request *req, struct err *err)
{
	enum kernel_kind kind;
	int r = req->kernel ? kernel_file_check(req->kernel, &kind, err) : 0;

	return r == 0 && req->initrd ? kernel_file_check_initrd(req->initrd, err) : r;
}

int plan_make(struct loop *loop, const struct plan_request *req, struct plan *ret_plan,
	      struct err *err)
{
	_cleanup_(plan_release) struct plan plan = {0};
	_cleanup_(strv_release) struct strv files = STRV_INIT;
	struct planner pl = {.loop = loop, .req = req, .plan = &plan, .set = STRBUF_INIT(SET_MAX)};
	int r = list_files(req, &files, err);

	describe_request(&pl.set, req);
	if (r == 0)
		r = check_kernel(req, err);
	if (r == 0 && req->probes)
		r = take_names(&pl, err);
	if (r == 0 && req->suite)
		r = make_suite(&pl, err);
	if (r == 0)
		r = add_roles(&pl, &files, err);
	strv_release(&pl.names);
	strv_release(&pl.ready);
	strv_release(&pl.missing);
	strbuf_release(&pl.set);
	suite_plan_release(&pl.suite);
	if (r < 0)
		return r;
	*ret_plan = plan;
	plan = (struct plan){0};
	return 0;
}

static struct budget_need need_of(const struct cell *c)
{
	enum kernel_kind kind = KERNEL_BZIMAGE;
	struct machine_size size;

	kernel_file_check(c->kernel, &kind, NULL);
	size = machine_size(c->profile, kind == KERNEL_PVH && !c->initrd);
	return (struct budget_need){.memory_mib = size.memory_mib,
				    .cpus = c->cpus ? (unsigned int)c->cpus : size.cpus};
}

struct budget_need *plan_needs(const struct plan *p)
{
	struct budget_need *needs = xcalloc(p->n + 1, sizeof(*needs));

	for (size_t i = 0; i < p->n; i++)
		needs[i] = need_of(&p->cells[i]);
	return needs;
}

/* The cases of a suite are dealt out in the workers, by the part. */
static void cut_suite(struct plan *p, size_t k, unsigned int parts)
{
	p->cells = xreallocarray(p->cells, p->n + parts - 1, sizeof(*p->cells));
	p->cells[k].takes_us /= parts;
	p->cells[k].parts = parts;
	for (unsigned int i = 1; i < parts; i++) {
		struct cell *c = &p->cells[p->n++];

		*c = (struct cell)CELL_INIT;
		cell_copy(c, &p->cells[k]);
		c->part = i + 1;
	}
}

/* How a set is dealt out: the part of each name, from 0; parts: all have it in common. */
struct cut {
	unsigned int parts, common;
	unsigned int *part; /* of each name */
	unsigned int *own;  /* names of each part */
	uint64_t *takes;    /* each name */
};

/* A name becomes common, unless its part has given enough (left) or it takes long. */
static void give(struct cut *cut, size_t name, uint64_t mean, unsigned int *left)
{
	unsigned int *part = &cut->part[name];

	if (!left[*part] || cut->takes[name] > mean)
		return;
	left[*part]--;
	cut->own[*part]--;
	*part = cut->parts;
	cut->common++;
}

/* Common is a fifth of each part's cases, none of which takes long: what evens out a part that is a
 * tenth slower than it should be. They are those at the borders of the parts' stretches: at the end
 * of each, and at the front of the last one. */
static void set_apart(const struct cell *whole, struct cut *cut)
{
	_autofree_ unsigned int *left = xcalloc(cut->parts, sizeof(*left));
	uint64_t mean = whole->takes_us / whole->names.n;
	unsigned int last = cut->parts - 1;

	for (size_t i = 0; i < whole->names.n; i++)
		cut->own[cut->part[i]]++;
	for (unsigned int p = 0; p < cut->parts; p++)
		left[p] = cut->own[p] / COMMON_EVERY;
	for (size_t i = whole->names.n; i-- > 0;)
		if (cut->part[i] < last)
			give(cut, i, mean, left);
	for (size_t i = 0; i < whole->names.n; i++)
		if (cut->part[i] == last)
			give(cut, i, mean, left);
}

/* What they take in all. */
static uint64_t push_names(struct cell *c, const struct cell *whole, const struct cut *cut,
			   unsigned int part)
{
	uint64_t takes_us = 0;

	for (size_t n = 0; n < whole->names.n; n++) {
		if (cut->part[n] != part)
			continue;
		strv_push(&c->names, whole->names.v[n]);
		takes_us += cut->takes[n];
	}
	return takes_us;
}

static void fill_part(struct cell *c, unsigned int part, const struct cell *whole,
		      const struct cut *cut, int share)
{
	*c = (struct cell)CELL_INIT;
	cell_copy(c, whole);
	c->part = part + 1;
	c->parts = cut->parts;
	c->common = cut->common;
	if (share >= 0)
		c->share_fd = fcntl(share, F_DUPFD_CLOEXEC, 0);
	c->takes_us = push_names(c, whole, cut, part);
	c->takes_us += push_names(c, whole, cut, cut->parts) / cut->parts;
}

/* Its names dealt out to cells of their own, the first of which is in its old place. */
static void cut_cell(struct plan *p, size_t k, unsigned int parts)
{
	struct cell whole = p->cells[k];
	_autofree_ uint64_t *takes = xcalloc(whole.names.n, sizeof(*takes));
	_autofree_ unsigned int *part = xcalloc(whole.names.n, sizeof(*part));
	_autofree_ unsigned int *own = xcalloc(parts, sizeof(*own));
	struct cut cut = {.parts = parts, .part = part, .own = own, .takes = takes};
	_autoclose_ int share = -1;

	expect_names(&whole, takes);
	shard_cut(takes, whole.names.n, parts, part);
	set_apart(&whole, &cut);
	if (cut.common)
		share = share_new(own, parts, cut.common, NULL);
	if (share < 0) {
		shard_cut(takes, whole.names.n, parts, part);
		cut.common = 0;
	}
	p->cells = xreallocarray(p->cells, p->n + parts - 1, sizeof(*p->cells));
	for (unsigned int i = 0; i < parts; i++) {
		struct cell *c = i ? &p->cells[p->n++] : &p->cells[k];

		fill_part(c, i, &whole, &cut, share);
	}
	cell_release(&whole);
}

static unsigned int parts_of(const struct cell *c, uint64_t share_us, unsigned int jobs,
			     const struct budget *budget)
{
	uint64_t n = c->suite ? (uint64_t)c->cases : c->names.n;
	unsigned int most;

	if (c->file || n < 2)
		return 1;
	most = budget_parts(budget, need_of(c).cpus);
	if (jobs > most)
		jobs = most;
	if (jobs > n)
		jobs = (unsigned int)n;
	return shard_parts(c->takes_us, share_us, c->start_us, jobs);
}

static int by_length(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->takes_us != y->takes_us)
		return x->takes_us < y->takes_us ? 1 : -1;
	return x->id != y->id ? (x->id < y->id ? -1 : 1) : (int)(x->part - y->part);
}

void plan_cut(struct plan *p, unsigned int jobs, const struct budget *budget)
{
	uint64_t total_us = 0;
	size_t n = p->n;

	for (size_t i = 0; i < n; i++)
		total_us += p->cells[i].takes_us;
	for (size_t i = 0; jobs > 1 && i < n; i++) {
		unsigned int parts = parts_of(&p->cells[i], total_us / jobs, jobs, budget);

		if (parts > 1 && p->cells[i].suite)
			cut_suite(p, i, parts);
		else if (parts > 1)
			cut_cell(p, i, parts);
	}
	/* So that no core is idle at the end. */
	if (p->n)
		qsort(p->cells, p->n, sizeof(*p->cells), by_length);
}

int plan_one(struct loop *loop, const struct plan_request *req, bool kut, const char *scenario,
	     struct plan *ret_plan, struct err *err)
{
	_cleanup_(plan_release) struct plan plan = {0};
	struct planner pl = {.loop = loop, .req = req, .plan = &plan};
	int r = check_kernel(req, err);

	if (r == 0)
		r = add_probes(&pl, kut, err);
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

static int set_number(struct store *s, const struct cell *c, const char *key, int64_t n,
		      struct err *err)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	return store_set_cell_fact(s, c->id, key, text, err);
}

int plan_enter(struct plan *p, struct store *s, struct err *err)
{
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
		if (r == 0 && c->planned)
			r = set_number(s, c, "planned", c->planned, err);
		if (r == 0)
			r = set_number(s, c, "place", c->place, err);
		if (r == 0 && c->cpus)
			r = set_number(s, c, "cpus", c->cpus, err);
	}
	return r;
}
