/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "cmd/bisect.h"
#include "cmd/session.h"
#include "config/scenario.h"
#include "step/kinds.h"

enum { OPT_SCHEMA = 1000, OPT_BISECT };

static const struct argp_option options[] = {
	{"schema", OPT_SCHEMA, NULL, 0, "print what a scenario file may hold, and exit"},
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
	case OPT_SCHEMA:
		scenario_print_schema(stdout, step_config_kinds());
		exit(0);
	case OPT_BISECT:
		s->bisect = true;
		return 0;
	case ARGP_KEY_ARG:
		strv_push(&s->request.scenarios, arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a scenario, a file, or \"all\" (harness list shows them)");
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
		.args_doc = "SCENARIO…",
		.doc = "Run scenarios: names from scenarios/, paths of YAML files, or \"all\".",
		.children = children,
	};
	_cleanup_(session_release) struct session s;

	session_init(&s);
	bisect_prepare(argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &s);
	return s.bisect ? bisect_session(&s) : session_run(&s);
}

const struct verb verb_run = {
	.name = "run",
	.brief = "run scenarios (ssh logins, web pages) against a kernel",
	.run = run,
};
