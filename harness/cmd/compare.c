/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/cleanup.h"
#include "cmd/comparison.h"

static const struct argp_child children[] = {{&comparison_argp, 0, NULL, 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct comparison *c = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = c;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			argp_error(state, "two runs at a time");
		*(state->arg_num ? &c->b : &c->a) = arg;
		return 0;
	case ARGP_KEY_END:
		if (state->arg_num < 2)
			argp_error(state, "name two runs: the baseline and the new one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.args_doc = "BASELINE RUN",
		.doc = "Tell what changed between two runs, case by case. Each is a run folder or "
		       "the JSON report of one. Reads only; exits 0 whatever changed (see harness "
		       "gate).",
		.children = children,
	};
	_cleanup_(comparison_release) struct comparison c;
	struct err err = ERR_INIT;
	int r;

	comparison_init(&c);
	argp_parse(&argp, argc, argv, 0, NULL, &c);
	r = comparison_load(&c, &err);
	if (r == 0)
		r = comparison_report(&c, &err);
	return r < 0 ? verb_fail(&err) : 0;
}

const struct verb verb_compare = {
	.name = "compare",
	.brief = "tell what changed between two runs",
	.run = run,
};
