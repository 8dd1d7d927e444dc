/* SPDX-License-Identifier: MIT */
#include "base/cleanup.h"
#include "cmd/args.h"
#include "cmd/session.h"
#include "run/suite_plan.h"

enum {
	OPT_FORMAT = 1000,
	OPT_ALLOW,
	OPT_BLOCK,
	OPT_RUNTEST,
	OPT_FILTER,
	OPT_LIMIT,
	OPT_PER_BINARY,
	OPT_ENV,
};

static const struct argp_option options[] = {
	{"format", OPT_FORMAT, "NAME", 0,
	 "how the programs tell their results: auto, ltp, gtest, ktap, kselftest, exit (auto)"},
	{"allow", OPT_ALLOW, "FILE", 0,
	 "run only what the file names, one a line; a folder holds a file for each program"},
	{"block", OPT_BLOCK, "FILE", 0, "skip what the file names"},
	{"runtest", OPT_RUNTEST, "FILE", 0, "run the commands of an LTP runtest file"},
	{"env", OPT_ENV, "NAME=VALUE", 0,
	 "a variable for the programs, again for more; TMPDIR=/var/tmp is on the disk"},
	{"filter", OPT_FILTER, "PATTERN", 0, "run only programs or tests that match"},
	{"limit", OPT_LIMIT, "SECONDS", 0,
	 "limit of each case, also where the suite has one of its own (60)"},
	{"per-binary", OPT_PER_BINARY, NULL, 0,
	 "googletest: one case a program instead of one a test"},
	{0},
};
static const struct argp_child children[] = {{&session_argp, 0, "", 0}, {0}};

struct input {
	struct session session;
	struct suite_request suite;
};

static error_t parse_argument(struct input *in, char *arg, struct argp_state *state)
{
	if (in->suite.dir)
		argp_error(state, "one folder, not two");
	in->suite.dir = arg;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->session;
		return 0;
	case OPT_FORMAT:
		if (!suite_format_find(arg))
			argp_error(state, "no format \"%s\"", arg);
		in->suite.format = arg;
		return 0;
	case OPT_ALLOW:
		strv_push(&in->suite.allow, arg);
		return 0;
	case OPT_BLOCK:
		strv_push(&in->suite.block, arg);
		return 0;
	case OPT_ENV:
		strv_push(&in->suite.env, arg);
		return 0;
	case OPT_RUNTEST:
		in->suite.runtest = arg;
		return 0;
	case OPT_FILTER:
		in->suite.filter = arg;
		return 0;
	case OPT_LIMIT:
		in->suite.limit_s = args_number(arg, 1, 24L * 3600, state, "--limit");
		return 0;
	case OPT_PER_BINARY:
		in->suite.per_binary = true;
		return 0;
	case ARGP_KEY_ARG:
		return parse_argument(in, arg, state);
	case ARGP_KEY_END:
		if (!in->suite.dir)
			argp_error(state, "name the folder of the suite");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "DIR",
		.doc = "Run a folder of test programs of another project in the guest, each by "
		       "itself, and turn what they print and how they end into verdicts. With "
		       "--kernel the reference runs them too and the gaps are listed.",
		.children = children,
	};
	struct input in = {.suite = {.format = "auto"}};
	int status;

	session_init(&in.session);
	in.session.request.suite = &in.suite;
	argp_parse(&argp, argc, argv, 0, NULL, &in);
	status = session_run(&in.session);
	session_release(&in.session);
	strv_release(&in.suite.allow);
	strv_release(&in.suite.block);
	strv_release(&in.suite.env);
	return status;
}

const struct verb verb_suite = {
	.name = "suite",
	.brief = "run other people's test programs",
	.run = run,
};
