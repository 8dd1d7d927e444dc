/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/cleanup.h"
#include "cmd/bisect.h"
#include "cmd/comparison.h"

enum { OPT_BASELINE = 'b', OPT_BISECT = 1000, OPT_EXPECT, OPT_HISTORY };

struct request {
	struct comparison c;
	bool bisect;
};

static const struct argp_option options[] = {
	{"baseline", OPT_BASELINE, "RUN", 0,
	 "what it is held against: a run folder or JSON report"},
	{"expect", OPT_EXPECT, "FILE|none", 0,
	 "known failures of the run (default: those that were in force when it was made)"},
	{"bisect", OPT_BISECT, NULL, 0, BISECT_HELP},
	{"history", OPT_HISTORY, "FOLDER", 0,
	 "earlier runs (may be given again): a case that is flaky there decides nothing"},
	{0},
};
static const struct argp_child children[] = {{&comparison_argp, 0, "", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &r->c;
		return 0;
	case OPT_BASELINE:
		r->c.a = arg;
		return 0;
	case OPT_HISTORY:
		strv_push(&r->c.past, arg);
		return 0;
	case OPT_EXPECT:
		r->c.expect = arg;
		return 0;
	case OPT_BISECT:
		r->bisect = true;
		return 0;
	case ARGP_KEY_ARG:
		if (r->c.b)
			argp_error(state, "one run at a time");
		r->c.b = arg;
		return 0;
	case ARGP_KEY_END:
		if (!r->c.a || !r->c.b)
			argp_error(state, "name the baseline (--baseline) and a run");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* By git's rules: a run that is not there was not made, so that this commit cannot be tested;
 * without its baseline no commit can be judged. */
static int judge(struct request *req)
{
	struct err err = ERR_INIT;
	int r = comparison_load(&req->c, &err);

	if (r < 0 && req->bisect && !req->c.side_b.path)
		err.kind = req->c.side_a.path ? ERR_BROKEN : ERR_USAGE;
	if (r == 0)
		r = comparison_report(&req->c, &err);
	return r < 0 ? verb_fail(&err) : req->c.compare.status;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RUN",
		.doc = "May this merge? Holds a run against a baseline, each a run folder or the "
		       "JSON report of one. Exit status: 0 nothing got worse, 1 a regression, 3 "
		       "unknowable: what had a verdict in the baseline has none now.",
		.children = children,
	};
	struct request req = {0};
	int status;

	comparison_init(&req.c);
	req.c.gate = true;
	bisect_prepare(argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &req);
	status = judge(&req);
	comparison_release(&req.c);
	return req.bisect ? bisect_status(status) : status;
}

const struct verb verb_gate = {
	.name = "gate",
	.brief = "may it merge? exit 1 on a regression against a baseline",
	.run = run,
};
