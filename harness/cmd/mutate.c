/* SPDX-License-Identifier: MIT */
#include "run/mutate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "cmd/single.h"
#include "report/report.h"

#define LEAST_SCORE   0.90
#define MUTANTS_A_CPU 4
#define TELL_EVERY    (5 * SEC)

enum { OPT_JSON = 1000, OPT_ACCEL, OPT_MIN_SCORE, OPT_SURVIVORS, OPT_SIDE_BY_SIDE };

struct request {
	struct session session;
	double min_score;
	const char *survivors; /* NULL: the file that comes with the probes */
	unsigned int side_by_side;
	uint64_t told; /* when progress was */
};

static const struct argp_option options[] = {
	{"min-score", OPT_MIN_SCORE, "S", 0, "least share of lies noticed, 0 to 1 (0.90)"},
	{"survivors", OPT_SURVIVORS, "FILE", 0,
	 "lies that need not be noticed, with reasons (scenarios/mutation/survivors.yaml)"},
	{"side-by-side", OPT_SIDE_BY_SIDE, "N", 0, "mutants at once in the guest (4)"},
	{"accel", OPT_ACCEL, "auto|kvm|tcg", 0, "accelerator"},
	{"run-dir", 'o', "DIR", 0, "write the run there (must not exist)"},
	{"json", OPT_JSON, NULL, 0, "the report as JSON"},
	{"quiet", 'q', NULL, 0, "no progress"},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;
	char *end;

	switch (key) {
	case OPT_MIN_SCORE:
		r->min_score = strtod(arg, &end);
		if (*end || end == arg || !(r->min_score >= 0 && r->min_score <= 1))
			argp_error(state, "--min-score must be a number from 0 to 1");
		return 0;
	case OPT_SURVIVORS:
		r->survivors = arg;
		return 0;
	case OPT_SIDE_BY_SIDE:
		r->side_by_side = (unsigned int)strtoul(arg, &end, 10);
		if (*end || r->side_by_side < 1 || r->side_by_side > 64)
			argp_error(state, "--side-by-side must be a number from 1 to 64");
		return 0;
	case OPT_ACCEL:
		if (strcmp(arg, "auto") && strcmp(arg, "kvm") && strcmp(arg, "tcg"))
			argp_error(state, "no accelerator \"%s\"", arg);
		r->session.request.accel = arg;
		return 0;
	case 'o':
		r->session.run_dir = arg;
		return 0;
	case OPT_JSON:
		r->session.json = true;
		return 0;
	case 'q':
		r->session.quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		strv_push(&r->session.request.patterns, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void tell_progress(void *arg, unsigned int done, unsigned int planned)
{
	struct request *req = arg;

	if (req->session.quiet || req->session.json || now_us() < req->told + TELL_EVERY)
		return;
	req->told = now_us();
	log_info("%u of %u mutants", done, planned);
}

static int load_survivors(const struct request *req, struct survivors *ret, struct err *err)
{
	_autofree_ char *file = path_join(paths_data(), "scenarios/mutation/survivors.yaml");

	return survivors_load(req->survivors ? req->survivors : file, ret, err);
}

static int on_guest(struct single *s, struct store *store, struct mutate_request *what,
		    struct mutate_score *ret_score, struct err *err)
{
	int r = single_boot(s, store, err);

	if (r == -ENODEV)
		return err_set(err, ENODEV, "the reference did not boot: %s: %s",
			       verdict_name(s->verdict), strbuf_str(&s->reason));
	return r < 0 ? r : mutate_run(&s->worker, s->guest, what, ret_score, err);
}

static int execute(struct request *req, struct single *s, struct store *store,
		   struct mutate_request *what, struct mutate_score *ret_score, struct err *err)
{
	int r = session_set_facts(store, &req->session, err);

	if (r == 0)
		r = on_guest(s, store, what, ret_score, err);
	store_set_fact(store, "state", r == 0 ? "finished" : "interrupted", NULL);
	return r;
}

static int conclude(const struct request *req, const char *dir, const struct mutate_score *score,
		    struct err *err)
{
	bool enough = mutate_ratio(score) >= req->min_score;
	int status = 3;
	int r = session_report(&req->session, dir, &status, err);

	if (r < 0)
		return r;
	if (!enough)
		log_warn("the score is below %.2f", req->min_score);
	return status == 0 && !enough ? 1 : status;
}

static int in_run_folder(struct request *req, struct loop *loop, struct mutate_request *what,
			 struct err *err)
{
	struct mutate_score score = {0};
	struct store *store = NULL;
	_autofree_ char *dir = NULL;
	struct single s = {0};
	int r = single_plan(&s, loop, &req->session, false, "mutation", err);

	if (r == 0)
		r = single_open(&req->session, &store, err);
	if (r == 0) {
		dir = xstrdup(store_dir(store));
		r = execute(req, &s, store, what, &score, err);
	}
	single_release(&s);
	store_close(store);
	return r < 0 ? r : conclude(req, dir, &score, err);
}

static int mutate(struct request *req, struct err *err)
{
	_cleanup_(survivors_release) struct survivors known = {0};
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	struct mutate_request what = {.probes = &names,
				      .jobs = req->side_by_side,
				      .known = &known,
				      .progress = tell_progress,
				      .arg = req};
	struct loop *loop = NULL;
	int r = single_loop(&loop, err);

	if (r == 0)
		r = load_survivors(req, &known, err);
	if (r == 0)
		r = plan_probe_names(loop, &req->session.request.patterns, &names, err);
	if (r == 0)
		r = in_run_folder(req, loop, &what, err);
	loop_free(loop);
	return r;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[PATTERN…]",
		.doc = "Make each system call lie that a probe was seen to make after its set-up, "
		       "on the reference kernel: ENOSYS, success without effect, a wrong error, a "
		       "short count, a wrong descriptor. A probe that passes all the same looks "
		       "away: it fails here, by the name of the lie.",
	};
	struct request req = {.min_score = LEAST_SCORE, .side_by_side = MUTANTS_A_CPU};
	struct err err = ERR_INIT;
	int r;

	session_init(&req.session);
	argp_parse(&argp, argc, argv, 0, NULL, &req);
	r = mutate(&req, &err);
	session_release(&req.session);
	return r < 0 ? verb_fail(&err) : r;
}

const struct verb verb_mutate = {
	.name = "mutate",
	.brief = "make the calls of probes lie, and count the lies that they notice",
	.run = run,
};
