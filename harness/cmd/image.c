/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "cmd/verb.h"
#include "machine/image.h"

/* A cold build of one lane compiles four programs. */
#define BUILD_LIMIT (3600 * SEC)

struct request {
	bool build;
	bool generic; /* the reference kernel for machines with AHCI */
	struct strv lanes;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (state->arg_num == 0) {
		r->build = strcmp(arg, "build") == 0;
		if (!r->build && strcmp(arg, "list") != 0)
			argp_error(state, "\"list\" or \"build [LANE…]\", not \"%s\"", arg);
		return 0;
	}
	if (strcmp(arg, "generic") == 0) {
		r->generic = true;
		return 0;
	}
	for (size_t i = 0; image_lanes[i]; i++) {
		if (strcmp(image_lanes[i], arg) == 0) {
			strv_push(&r->lanes, arg);
			return 0;
		}
	}
	argp_error(state, "no lane \"%s\"", arg);
	return EINVAL;
}

static int list(struct loop *loop, struct err *err)
{
	_cleanup_(image_kernel_release) struct image_kernel k = {0};
	struct err why = ERR_INIT;

	if (image_reference("cloud", &k, &why) == 0)
		printf("%-10s %s\n", "reference", k.kernel);
	else
		printf("%-10s %s\n", "reference", why.text);
	for (size_t i = 0; image_lanes[i]; i++) {
		_autofree_ char *problem = image_lane_problem(image_lanes[i]);
		_autofree_ char *ready = NULL;
		struct err bad = ERR_INIT;

		if (!problem && image_ready(loop, image_lanes[i], &ready, &bad) < 0)
			problem = xstrdup(bad.text);
		printf("%-10s %s\n", image_lanes[i], problem ? problem : ready);
	}
	return 0;
}

/* guest-userland/ knows how; its words go to the terminal as they come. */
static int run_script(struct loop *loop, const char *script, const char *arg, struct err *err)
{
	_autofree_ char *path = xasprintf("%s/guest-userland/%s", paths_data(), script);
	_autofree_ char *cache = xasprintf("CACHE=%s", paths_cache());
	_cleanup_(strv_release) struct strv env = STRV_INIT;
	_cleanup_(proc_release) struct proc p = {0};
	struct proc_spec spec = PROC_SPEC_INIT;
	char text[64];
	int r;

	strv_push_all(&env, environ);
	strv_push(&env, cache);
	spec.argv = (char *[]){path, (char *)arg, NULL};
	spec.env = env.v;
	spec.stdout_fd = STDOUT_FILENO;
	spec.stderr_fd = STDERR_FILENO;
	r = proc_spawn(&p, loop, &spec, err);
	if (r == 0) {
		r = proc_wait(&p, deadline_in(BUILD_LIMIT));
		if (r < 0)
			return err_errno(err, -r, "%s", script);
	}
	/* 77: cannot be made here, and it said why; the lane is then a named skip. */
	if (r == 0 && p.status != 0 && p.status != 77 << 8)
		return err_set(err, EIO, "%s: %s", script,
			       proc_status_text(p.status, text, sizeof(text)));
	return r;
}

static int build(struct loop *loop, struct request *req, struct err *err)
{
	int r = run_script(loop, "reference.sh", req->generic ? "generic" : "cloud", err);

	if (!req->lanes.n && !req->generic)
		strv_push_all(&req->lanes, (char *const *)image_lanes);
	for (size_t i = 0; r == 0 && i < req->lanes.n; i++)
		r = run_script(loop, "image.sh", req->lanes.v[i], err);
	return r;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.args_doc = "[list | build [LANE… | generic]]",
		.doc = "Show what boots, or make it: the reference kernel and the lanes' disks; "
		       "generic is the "
		       "reference kernel for machines with AHCI.",
	};
	struct request req = {0};
	struct loop *loop = NULL;
	struct err err = ERR_INIT;
	int r;

	argp_parse(&argp, argc, argv, 0, NULL, &req);
	r = loop_new(&loop, &err);
	if (r == 0)
		r = loop_catch_signals(loop, &err);
	if (r == 0)
		r = req.build ? build(loop, &req, &err) : list(loop, &err);
	strv_release(&req.lanes);
	loop_free(loop);
	return r < 0 ? verb_fail(&err) : 0;
}

const struct verb verb_image = {
	.name = "image",
	.brief = "the disks and the reference kernel: show them, build them",
	.run = run,
};
