/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/paths.h"
#include "cmd/args.h"
#include "cmd/verb.h"
#include "report/history_report.h"

enum { OPT_FORMAT = 'f', OPT_LAST = 'n', OPT_OUTPUT = 'o', OPT_VERBOSE = 'v', OPT_ONLY = 256 };

struct request {
	struct strv paths, only;
	const char *format, *output;
	size_t last;
	bool verbose;
};

static const struct argp_option options[] = {
	{"format", OPT_FORMAT, "NAME", 0, "text (default), json, markdown"},
	{"output", OPT_OUTPUT, "FILE", 0, "write there instead of standard output"},
	{"last", OPT_LAST, "N", 0, "only the newest N runs"},
	{"only", OPT_ONLY, "PATTERN", 0, "only cases whose names match (may be given again)"},
	{"verbose", OPT_VERBOSE, NULL, 0, "every run, and stable cases too"},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case OPT_FORMAT:
		r->format = arg;
		return 0;
	case OPT_OUTPUT:
		r->output = arg;
		return 0;
	case OPT_LAST:
		r->last = (size_t)args_number(arg, 1, 1000000, state, "--last");
		return 0;
	case OPT_ONLY:
		strv_push(&r->only, arg);
		return 0;
	case OPT_VERBOSE:
		r->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		strv_push(&r->paths, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int tell(const struct request *req, const struct history *h, struct err *err)
{
	_autofclose_ FILE *file = NULL;
	const struct history_report_options opts = {
		.color = args_color(req->output),
		.verbose = req->verbose,
		.only = &req->only,
	};

	int r = args_output(req->output, &file, err);

	if (r < 0)
		return r;
	return history_report(h, req->format, file ? file : stdout, &opts, err);
}

static int gather(const struct request *req, struct history *h, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < req->paths.n; i++)
		r = history_add(h, req->paths.v[i], err);
	if (r == 0 && !h->n_runs && !h->damaged.n)
		r = err_usage(err, "there is no run in %s%s", req->paths.v[0],
			      req->paths.n > 1 ? " or the others" : "");
	if (r == 0)
		history_finish(h, req->last);
	return r;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[FOLDER…]",
		.doc = "Tell many runs, case by case: trend, flake rate, and the runs between "
		       "which "
		       "a case went bad. A FOLDER is a run, the JSON report of one, or holds runs; "
		       "without one the folder where runs go. Damaged runs are named and passed "
		       "over; the exit status is then 3.",
	};
	_cleanup_(history_release) struct history h;
	struct request req = {.format = "text"};
	struct err err = ERR_INIT;
	size_t damaged;
	int r;

	argp_parse(&argp, argc, argv, 0, NULL, &req);
	if (!req.paths.n)
		strv_push(&req.paths, paths_runs());
	history_init(&h);
	r = gather(&req, &h, &err);
	if (r == 0)
		r = tell(&req, &h, &err);
	damaged = h.damaged.n;
	strv_release(&req.paths);
	strv_release(&req.only);
	if (r < 0)
		return verb_fail(&err);
	if (damaged)
		log_warn("%zu damaged run%s passed over", damaged, damaged == 1 ? "" : "s");
	return damaged ? 3 : 0;
}

const struct verb verb_history = {
	.name = "history",
	.brief = "tell many runs: trend, flake rate, first bad run",
	.run = run,
};
