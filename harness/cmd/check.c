/* SPDX-License-Identifier: MIT */
#include "base/cleanup.h"
#include "cmd/session.h"

static const struct argp_child children[] = {{&session_argp, 0, "", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_INIT) {
		state->child_inputs[0] = state->input;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.doc = "The main job: boot the kernel, ask it every probe, run every scenario, and "
		       "list the gaps: "
		       "what passes on the reference kernel and not on yours.",
		.children = children,
	};
	_cleanup_(session_release) struct session s;

	session_init(&s);
	s.request.probes = true;
	strv_push(&s.request.scenarios, "all");
	argp_parse(&argp, argc, argv, 0, NULL, &s);
	return session_run(&s);
}

const struct verb verb_check = {
	.name = "check",
	.brief = "the main job: boot, all probes, all scenarios, gaps against the reference",
	.run = run,
};
