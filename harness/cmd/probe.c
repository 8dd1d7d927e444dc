/* SPDX-License-Identifier: MIT */
#include "base/cleanup.h"
#include "cmd/args.h"
#include "cmd/bisect.h"
#include "cmd/session.h"

enum { OPT_BISECT = 1000 };

static const struct argp_option options[] = {
	{"bisect", OPT_BISECT, NULL, 0, BISECT_HELP},
	{0},
};
static const struct argp_child children[] = {{&session_argp, 0, "", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct session *s = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = s;
		return 0;
	case OPT_BISECT:
		s->bisect = true;
		return 0;
	case ARGP_KEY_ARG:
		strv_push(&s->request.patterns, arg);
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
		.args_doc = "[PATTERN…]",
		.doc = "Ask the probes whose names match (shell patterns; all without one). With "
		       "--kernel the "
		       "reference answers too and the gaps are listed; --no-reference leaves it "
		       "out.",
		.children = children,
	};
	_cleanup_(session_release) struct session s;

	session_init(&s);
	s.request.probes = true;
	bisect_prepare(argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &s);
	return s.bisect ? bisect_session(&s) : session_run(&s);
}

const struct verb verb_probe = {
	.name = "probe",
	.brief = "ask a kernel the probes that match a pattern",
	.run = run,
};
