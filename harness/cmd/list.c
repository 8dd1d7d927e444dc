/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "cmd/verb.h"
#include "config/expect.h"
#include "config/scenario.h"
#include "machine/image.h"
#include "machine/machine.h"
#include "report/report.h"
#include "run/plan.h"
#include "step/kinds.h"

static int list_probes(struct loop *loop, struct err *err)
{
	_cleanup_(strv_release) struct strv names = STRV_INIT;
	struct strv none = STRV_INIT;
	int r = plan_probe_names(loop, &none, &names, err);

	for (size_t i = 0; r == 0 && i < names.n; i++)
		puts(names.v[i]);
	return r;
}

static int list_scenarios(struct loop *loop, struct err *err)
{
	_cleanup_(strv_release) struct strv files = STRV_INIT;
	int r = plan_scenario_files(&files, err);

	for (size_t i = 0; r == 0 && i < files.n; i++) {
		struct scenario *s = NULL;

		r = scenario_load(files.v[i], step_config_kinds(), &s, err);
		if (r == 0)
			printf("%-24s %s\n", s->name, s->title);
		scenario_free(s);
	}
	return r;
}

static int list_steps(struct loop *loop, struct err *err)
{
	for (size_t i = 0; step_kinds[i]; i++)
		printf("%-16s %s\n", step_kinds[i]->name, step_kinds[i]->help);
	return 0;
}

static int list_profiles(struct loop *loop, struct err *err)
{
	const struct machine_profile_info *infos;
	size_t n = machine_profiles(&infos);

	for (size_t i = 0; i < n; i++)
		printf("%-14s %s%s%s%s%s\n", infos[i].name, infos[i].help,
		       infos[i].cannot_wake ? " — cannot wake: " : "",
		       infos[i].cannot_wake ? infos[i].cannot_wake : "",
		       infos[i].unavailable ? " — not here: " : "",
		       infos[i].unavailable ? infos[i].unavailable : "");
	return 0;
}

static int list_lanes(struct loop *loop, struct err *err)
{
	for (size_t i = 0; image_lanes[i]; i++) {
		_autofree_ char *problem = image_lane_problem(image_lanes[i]);

		printf("%-10s %s\n", image_lanes[i], problem ? problem : "ready");
	}
	return 0;
}

static int list_formats(struct loop *loop, struct err *err)
{
	for (size_t i = 0; report_formats[i]; i++)
		printf("%-10s %s\n", report_formats[i]->name, report_formats[i]->help);
	return 0;
}

/* What a file of known failures may hold. */
static int list_expect(struct loop *loop, struct err *err)
{
	expect_print_schema(stdout);
	return 0;
}

static const struct {
	const char *name;
	int (*list)(struct loop *loop, struct err *err);
} lists[] = {
	{"probes", list_probes},     {"scenarios", list_scenarios}, {"steps", list_steps},
	{"profiles", list_profiles}, {"lanes", list_lanes},	    {"formats", list_formats},
	{"expect", list_expect},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **what = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (strcmp(lists[i].name, arg) == 0) {
			*what = arg;
			return 0;
		}
	}
	argp_error(state, "no list \"%s\"", arg);
	return EINVAL;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.args_doc = "[probes|scenarios|steps|profiles|lanes|formats|expect]",
		.doc = "List what there is; all but the probes without an argument.",
	};
	const char *what = NULL;
	struct err err = ERR_INIT;
	struct loop *loop = NULL;
	int r;

	argp_parse(&argp, argc, argv, 0, NULL, &what);
	r = loop_new(&loop, &err);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(lists); i++) {
		if (what ? strcmp(what, lists[i].name) != 0 : i == 0)
			continue;
		if (!what)
			printf("%s%s\n", i > 1 ? "\n" : "", lists[i].name);
		r = lists[i].list(loop, &err);
	}
	loop_free(loop);
	return r < 0 ? verb_fail(&err) : 0;
}

const struct verb verb_list = {
	.name = "list",
	.brief = "probes, scenarios, step kinds, machine profiles, lanes, report formats, keys of "
		 "files of known failures",
	.run = run,
};
