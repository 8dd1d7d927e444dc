/* SPDX-License-Identifier: MIT */
#include "cmd/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "base/usage.h"
#include "base/xalloc.h"
#include "cmd/args.h"
#include "cmd/sweep.h"
#include "report/report.h"
#include "report/report_bisect.h"
#include "run/budget.h"
#include "run/durations.h"
#include "run/expectation.h"
#include "run/sched.h"
#include "run/view.h"

enum {
	OPT_JOBS = 'j',
	OPT_QUIET = 'q',
	OPT_JSON = 512,
	OPT_NO_GATE,
	OPT_NO_REFERENCE,
	OPT_REPEAT,
	OPT_RETRIES,
	OPT_EXPECT,
	OPT_SHARD,
	OPT_NO_SNAPSHOT,
	OPT_FRESH
};

static const struct argp_option options[] = {
	{"no-reference", OPT_NO_REFERENCE, NULL, 0, "do not run the reference kernel beside it"},
	{"repeat", OPT_REPEAT, "N", 0,
	 "ask everything N times, each scenario in a machine of its own; every attempt is told"},
	{"retries", OPT_RETRIES, "N", 0,
	 "ask again in a fresh machine, N times at most, what failed, hung or was lost (1)"},
	{"expect", OPT_EXPECT, "FILE|none", 0,
	 "known failures (default: the file below scenarios/expect/ that names the kernel)"},
	{"jobs", OPT_JOBS, "N|auto", 0,
	 "machines at once, as far as cores and memory go (auto: as many as that)"},
	{"shard", OPT_SHARD, "I/N", 0,
	 "only the I-th of N parts of all cases; harness merge joins the runs"},
	{"no-snapshot", OPT_NO_SNAPSHOT, NULL, 0,
	 "boot each machine instead of waking one that was saved after its boot"},
	{"fresh", OPT_FRESH, NULL, 0, "each probe on a machine of its own"},
	{"json", OPT_JSON, NULL, 0, "progress as JSON, an object a line, and the report as JSON"},
	{"quiet", OPT_QUIET, NULL, 0, "no progress"},
	{"no-gate", OPT_NO_GATE, NULL, 0, "report and exit 0 whatever the verdicts are"},
	{0},
};
static const struct argp_child children[] = {{&args_boot, 0, "", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct session *s = state->input;
	struct err err = ERR_INIT;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = s;
		return 0;
	case OPT_NO_REFERENCE:
		s->request.with_reference = false;
		return 0;
	case OPT_REPEAT:
		s->request.repeat = args_number(arg, 1, 10000, state, "--repeat");
		return 0;
	case OPT_RETRIES:
		s->request.retries = args_number(arg, 0, 100, state, "--retries");
		return 0;
	case OPT_EXPECT:
		s->expect = arg;
		return 0;
	case OPT_JOBS:
		s->jobs = strcmp(arg, "auto") == 0
				  ? 0
				  : (unsigned int)args_number(arg, 1, 64, state, "--jobs");
		return 0;
	case OPT_SHARD:
		if (shard_parse(arg, &s->request.shard, &err) < 0)
			argp_error(state, "--shard: %s", err.text);
		return 0;
	case OPT_NO_SNAPSHOT:
		s->request.no_snapshot = true;
		return 0;
	case OPT_FRESH:
		s->request.fresh = true;
		return 0;
	case OPT_JSON:
		s->json = true;
		return 0;
	case OPT_QUIET:
		s->quiet = true;
		return 0;
	case OPT_NO_GATE:
		s->no_gate = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp session_argp = {.options = options, .parser = parse, .children = children};

void session_init(struct session *s)
{
	*s = (struct session){.request = {.with_reference = true, .accel = "auto", .retries = 1}};
}

void session_release(struct session *s)
{
	strv_release(&s->request.patterns);
	strv_release(&s->request.scenarios);
	expect_free(s->known);
}

/* runs/2026-01-31T12.00.00-4711: sorts by time, unique by process. */
char *session_new_run_dir(void)
{
	char stamp[40];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H.%M.%S", &tm);
	return xasprintf("%s/%s-%d", paths_runs(), stamp, (int)getpid());
}

int session_set_facts(struct store *store, const struct session *s, struct err *err)
{
	char host[100] = "?", cpus[20];
	int r;

	gethostname(host, sizeof(host) - 1);
	snprintf(cpus, sizeof(cpus), "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	r = store_set_fact(store, "version", HARNESS_VERSION, err);
	if (r == 0)
		r = store_set_fact(store, "host.name", host, err);
	if (r == 0)
		r = store_set_fact(store, "host.cpus", cpus, err);
	if (r == 0)
		r = store_set_fact(store, "state", "running", err);
	if (r == 0 && s->request.kernel)
		r = store_set_fact(store, "kernel", s->request.kernel, err);
	if (r == 0 && s->request.kernel) {
		char hex[65];

		r = file_sha256(s->request.kernel, hex, err);
		if (r == 0)
			r = store_set_fact(store, "kernel.sha256", hex, err);
	}
	return r;
}

static int set_digest(struct store *store, const char *key, const char *path, struct err *err)
{
	char hex[65];
	int r = file_sha256(path, hex, err);

	return r < 0 ? r : store_set_fact(store, key, hex, err);
}

/* What harness merge compares: shards of one set are about the same cases, programs and kernels. */
static int set_shard_facts(struct store *store, const struct session *s, const struct plan *plan,
			   struct err *err)
{
	const struct shard *shard = &s->request.shard;
	_autofree_ char *probes = path_join(paths_guest(), "probes");
	_autofree_ char *text = xasprintf("%u/%u", shard->i, shard->n);
	_autofree_ char *cases = xasprintf("%zu", plan->n_cases);
	int r = store_set_fact(store, "set.sha256", plan->set_sha256, err);

	if (r == 0)
		r = store_set_fact(store, "set.cases", cases, err);
	if (r < 0 || !shard->n)
		return r;
	r = store_set_fact(store, "shard", text, err);
	if (r == 0)
		r = set_digest(store, "probes.sha256", probes, err);
	for (size_t i = 0; r == 0 && i < plan->n; i++)
		if (strcmp(plan->cells[i].role, "reference") == 0)
			return set_digest(store, "reference.sha256", plan->cells[i].kernel, err);
	return r;
}

/* The page is a part of the run folder: a person opens it, nobody has to ask for it. */
static int write_html(const struct report *r, const char *dir, struct err *err)
{
	_autofree_ char *path = path_join(dir, "report.html");
	_autofclose_ FILE *f = fopen(path, "we");

	if (!f)
		return err_errno(err, errno, "cannot write %s", path);
	return report_tell(r, "html", f, NULL, err);
}

int session_report(const struct session *s, const char *dir, int *ret_status, struct err *err)
{
	const struct report_options opts = {.color = args_color(NULL)};
	_cleanup_(report_closep) struct report *report = NULL;
	int r = report_open(dir, &report, err);

	if (r == 0)
		r = write_html(report, dir, err);
	if (r == 0)
		r = report_tell(report, s->json ? "json" : "text", stdout, &opts, err);
	fflush(stdout);
	if (r < 0)
		return r;
	if (!s->json)
		log_info("run folder %s, page %s/report.html", dir, dir);
	*ret_status = report_status(report);
	return 0;
}

static void keep_peak(struct store *store)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)usage_peak_kib());
	store_set_fact(store, "host.peak_kib", text, NULL);
}

static int set_notes(struct store *store, const struct plan *plan, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->notes.n; i++) {
		_autofree_ char *key = xasprintf("note.%zu", i);

		r = store_set_fact(store, key, plan->notes.v[i], err);
		log_warn("%s", plan->notes.v[i]);
	}
	return r;
}

/* -j does nothing for a set whose machines have more virtual CPUs than there are cores for. */
static void note_uncut(const struct session *s, struct plan *plan, const struct budget_need *needs,
		       const struct budget *budget, unsigned int jobs)
{
	for (size_t i = 0; i < plan->n; i++) {
		unsigned int parts = budget_parts(budget, needs[i].cpus);

		if (plan->cells[i].file || s->jobs < 2 || parts >= jobs)
			continue;
		strv_pushf(&plan->notes,
			   "-j %u: a set is shared by %u machine%s at most, which have %u virtual "
			   "CPUs each on %u cores (--cpus 1 makes them smaller)",
			   s->jobs, parts, parts == 1 ? "" : "s", needs[i].cpus, budget->cores);
		return;
	}
}

/* Machines at once; asking for more than there is room for is noted. */
static unsigned int choose_jobs(const struct session *s, struct plan *plan,
				const struct budget *budget)
{
	_autofree_ struct budget_need *needs = plan_needs(plan);
	unsigned int jobs;
	char *why;

	jobs = budget_jobs(budget, needs, plan->n, s->jobs, &why);
	if (why)
		strv_take(&plan->notes, why);
	note_uncut(s, plan, needs, budget, jobs);
	if (s->request.cpus > budget->cores)
		strv_pushf(&plan->notes,
			   "--cpus %lld is more than the %u core%s of this host: "
			   "they take turns",
			   (long long)s->request.cpus, budget->cores,
			   budget->cores == 1 ? "" : "s");
	if (!plan->n)
		log_info("shard %u/%u has no case: there are %zu in all", s->request.shard.i,
			 s->request.shard.n, plan->n_cases);
	return jobs;
}

static int run_cells(struct session *s, struct loop *loop, struct store *store, struct plan *plan,
		     struct err *err)
{
	enum view_mode mode = s->json ? VIEW_JSON : s->quiet ? VIEW_QUIET : view_default();
	struct budget budget;
	unsigned int jobs;
	struct view view;
	int r;

	budget_read("", budget_online(), &budget);
	jobs = choose_jobs(s, plan, &budget);
	r = set_notes(store, plan, err);
	if (r == 0)
		r = plan_enter(plan, store, err);
	if (r < 0)
		return r;
	plan_cut(plan, jobs, &budget);
	view_init(&view, mode, plan->cells, plan->n);
	r = sched_run(loop, store, plan->cells, plan->n, jobs, &view, err);
	view_release(&view);
	for (size_t i = 0; r == 0 && i < plan->n; i++)
		if (plan->cells[i].part == 1 && !plan->cells[i].suite)
			durations_learn(NULL, store, &plan->cells[i]);
	keep_peak(store);
	store_set_fact(store, "state", r == 0 ? "finished" : "interrupted", NULL);
	return r;
}

static int execute(struct session *s, struct loop *loop, struct plan *plan, const char *dir,
		   struct err *err)
{
	struct store *store = NULL;
	int r = store_create(dir, &store, err);

	if (r < 0)
		return r;
	r = session_set_facts(store, s, err);
	if (r == 0)
		r = set_shard_facts(store, s, plan, err);
	if (r == 0 && s->known)
		r = expectation_keep(s->known, store, s->request.kernel ? "kut" : "reference", err);
	if (r == 0)
		r = run_cells(s, loop, store, plan, err);
	store_close(store);
	return r;
}

static int bisect_status(const char *dir, int *ret_status, struct err *err)
{
	static const int statuses[] = {
		[REPORT_BISECT_GOOD] = 0, [REPORT_BISECT_BAD] = 1, [REPORT_BISECT_UNKNOWN] = 3};
	_cleanup_(strbuf_release) struct strbuf why = STRBUF_INIT(64 << 10);
	enum report_bisect answer;
	int r = report_bisect(dir, &answer, &why, err);

	if (r < 0)
		return r;
	log_info("bisect: %s", strbuf_str(&why));
	*ret_status = statuses[answer];
	return 0;
}

/* Plan, and the known failures that speak of it: all files are read before anything boots. */
static int prepare(struct session *s, struct loop *loop, struct plan *plan, struct err *err)
{
	int r = s->expect ? expectation_find(s->expect, NULL, &s->known, err) : 0;

	if (r == 0)
		r = plan_make(loop, &s->request, plan, err);
	if (r == 0 && !s->expect)
		r = expectation_find(NULL, s->request.kernel, &s->known, err);
	if (r == 0 && s->known)
		r = expectation_check(s->known, loop, plan, err);
	return r;
}

int session_run(struct session *s)
{
	_autofree_ char *dir = s->run_dir ? xstrdup(s->run_dir) : session_new_run_dir();
	_cleanup_(plan_release) struct plan plan = {0};
	struct err err = ERR_INIT;
	struct loop *loop = NULL;
	int status = 3, r;

	sweep_beside(dir);
	r = loop_new(&loop, &err);
	if (r == 0)
		r = loop_catch_signals(loop, &err);
	if (r == 0)
		r = prepare(s, loop, &plan, &err);
	if (r == 0) {
		for (size_t i = 0; i < plan.n; i++)
			plan.cells[i].run_dir = xstrdup(dir);
		r = execute(s, loop, &plan, dir, &err);
		if (r == -EINTR)
			log_warn("interrupted: what was run so far is in %s", dir);
	}
	if (r == 0)
		r = session_report(s, dir, &status, &err);
	if (r == 0 && s->bisect)
		r = bisect_status(dir, &status, &err);
	loop_free(loop);
	if (r < 0)
		return verb_fail(&err);
	return s->no_gate ? 0 : status;
}
