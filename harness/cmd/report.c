/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "cmd/args.h"
#include "cmd/verb.h"
#include "report/report.h"

enum { OPT_FORMAT = 'f', OPT_OUTPUT = 'o', OPT_VERBOSE = 'v' };

struct request {
	const char *dir, *format, *output;
	bool verbose;
};

static const struct argp_option options[] = {
	{"format", OPT_FORMAT, "NAME", 0,
	 "text (default), json, ktap, junit, markdown, html, expect"},
	{"output", OPT_OUTPUT, "FILE", 0, "write there instead of standard output"},
	{"verbose", OPT_VERBOSE, NULL, 0, "passes too, and every diagnostic"},
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
	case OPT_VERBOSE:
		r->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		if (r->dir)
			argp_error(state, "one run folder at a time");
		r->dir = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a run folder");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RUN-FOLDER",
		.doc = "Tell what a run found. Reads only the run folder.",
	};
	struct request req = {.format = "text"};
	_autofclose_ FILE *file = NULL;
	struct report_options opts = {0};
	struct err err = ERR_INIT;

	argp_parse(&argp, argc, argv, 0, NULL, &req);
	opts.verbose = req.verbose;
	opts.color = args_color(req.output);
	if (args_output(req.output, &file, &err) < 0)
		return verb_fail(&err);
	if (report_write(req.dir, req.format, file ? file : stdout, &opts, &err) < 0)
		return verb_fail(&err);
	if (fflush(file ? file : stdout) != 0) {
		err_errno(&err, errno, "cannot write the report");
		return verb_fail(&err);
	}
	return 0;
}

const struct verb verb_report = {
	.name = "report",
	.brief = "tell what a run found, in text, JSON, KTAP, JUnit, Markdown or HTML",
	.run = run,
};
