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
#include "base/sha256.h"
#include "base/xalloc.h"
#include "cmd/args.h"
#include "cmd/image_try.h"
#include "cmd/verb.h"
#include "machine/image.h"
#include "machine/image_inspect.h"
#include "machine/image_make.h"

/* A cold build of one lane compiles four programs. */
#define BUILD_LIMIT (3600 * SEC)

enum { OPT_FOR = 1000, OPT_INITRD, OPT_APPEND, OPT_TABLE, OPT_SIZE, OPT_LIMIT };

struct request {
	const struct action *action;
	bool generic; /* the reference kernel for machines with AHCI */
	struct strv lanes;
	struct image_make make;	   /* its cloud: --for, NULL without */
	const char *file;	   /* to inspect */
	long limit_s;		   /* of a trial, 0: the usual */
	bool format_set, made_set; /* --format; any option that only an image for a cloud has */
};

struct action {
	const char *name;
	int (*run)(struct loop *loop, struct request *req, struct err *err);
	error_t (*take)(struct request *req, const char *arg, struct argp_state *state);
	error_t (*check)(struct request *req, struct argp_state *state);
};

static const struct argp_option options[] = {
	{"for", OPT_FOR, "CLOUD", 0,
	 "build for it, inspect by its rules, or try on a machine like its own: qemu, tencent, "
	 "aliyun, huawei, baidu"},
	{"kernel", 'k', "FILE", 0,
	 "kernel on the image (bzImage, or one with a multiboot2 header; default: the reference)"},
	{"initrd", OPT_INITRD, "FILE", 0, "initial ramdisk for a bzImage"},
	{"append", OPT_APPEND, "WORDS", 0, "more words for the kernel command line"},
	{"format", 'f', "NAME", 0, "raw, qcow2, vhd or vmdk (default: what the cloud likes best)"},
	{"table", OPT_TABLE, "mbr|gpt", 0, "partition table (default mbr)"},
	{"size", OPT_SIZE, "MIB", 0, "size of the disk (default: by cloud)"},
	{"output", 'o', "FILE", 0, "the image (default CLOUD-LANE.FORMAT)"},
	{"limit", OPT_LIMIT, "SECONDS", 0, "try: until DragonConfig is ready (default 900)"},
	{0},
};

static error_t take_for(struct request *r, const char *arg, struct argp_state *state)
{
	r->make.cloud = image_cloud_find(arg);
	if (!r->make.cloud)
		argp_error(state, "no cloud \"%s\": qemu, tencent, aliyun, huawei or baidu", arg);
	return 0;
}

static error_t take_format(struct request *r, const char *arg, struct argp_state *state)
{
	for (int f = 0; disk_format_names[f]; f++) {
		if (strcmp(disk_format_names[f], arg) == 0) {
			r->make.format = (enum disk_format)f;
			r->format_set = true;
			return 0;
		}
	}
	argp_error(state, "no format \"%s\": raw, qcow2, vhd or vmdk", arg);
	return EINVAL;
}

static error_t take_table(struct request *r, const char *arg, struct argp_state *state)
{
	r->make.gpt = strcmp(arg, "gpt") == 0;
	if (!r->make.gpt && strcmp(arg, "mbr") != 0)
		argp_error(state, "--table: mbr or gpt, not \"%s\"", arg);
	return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case OPT_FOR:
		return take_for(r, arg, state);
	case OPT_LIMIT:
		r->limit_s = args_number(arg, 1, 86400, state, "--limit");
		return 0;
	case 'k':
		r->make.kernel = arg;
		break;
	case OPT_INITRD:
		r->make.initrd = arg;
		break;
	case OPT_APPEND:
		r->make.append = arg;
		break;
	case 'f':
		r->made_set = true;
		return take_format(r, arg, state);
	case OPT_TABLE:
		r->made_set = true;
		return take_table(r, arg, state);
	case OPT_SIZE:
		r->make.size_mib = (uint64_t)args_number(arg, 1, 1 << 20, state, "--size");
		break;
	case 'o':
		r->make.out = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	r->made_set = true;
	return 0;
}

static error_t take_lane(struct request *r, const char *arg, struct argp_state *state)
{
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

static error_t check_build(struct request *r, struct argp_state *state)
{
	if (r->limit_s)
		argp_error(state, "--limit belongs to try");
	if (!r->make.cloud && r->made_set)
		argp_error(state, "this option belongs to build --for=CLOUD");
	if (r->make.cloud && (r->generic || r->lanes.n > 1))
		argp_error(state, "an image has one lane");
	return 0;
}

static error_t check_list(struct request *r, struct argp_state *state)
{
	if (r->make.cloud || r->made_set || r->limit_s)
		argp_error(state, "list takes no option");
	return 0;
}

static int list(struct loop *loop, struct request *req, struct err *err)
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

static int sum_up(const struct image_make *m, const struct strbuf *notes, struct err *err)
{
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	char hash[65];
	int r = file_sha256(m->out, hash, err);

	if (r < 0)
		return r;
	printf("%s  %s\n", hash, m->out);
	strv_split(&lines, strbuf_str(notes), "\n");
	for (size_t i = 0; i < lines.n; i++)
		printf("note: %s\n", lines.v[i]);
	return 0;
}

static int build_for(struct loop *loop, struct request *req, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf notes = STRBUF_INIT(16384);
	struct image_make *m = &req->make;
	_autofree_ char *name = NULL;
	int r = 0;

	m->lane = req->lanes.n ? req->lanes.v[0] : "static";
	if (!req->format_set)
		m->format = m->cloud->format;
	if (!m->size_mib)
		m->size_mib = m->cloud->size_mib;
	if (!m->out)
		m->out = name = xasprintf("%s-%s.%s", m->cloud->name, m->lane,
					  disk_format_names[m->format]);
	if (!m->kernel)
		r = run_script(loop, "reference.sh", "cloud", err);
	if (r == 0)
		r = run_script(loop, "image.sh", m->lane, err);
	if (r == 0)
		r = image_make(loop, m, &notes, err);
	return r < 0 ? r : sum_up(m, &notes, err);
}

static int build(struct loop *loop, struct request *req, struct err *err)
{
	int r;

	if (req->make.cloud)
		return build_for(loop, req, err);
	r = run_script(loop, "reference.sh", req->generic ? "generic" : "cloud", err);

	if (!req->lanes.n && !req->generic)
		strv_push_all(&req->lanes, (char *const *)image_lanes);
	for (size_t i = 0; r == 0 && i < req->lanes.n; i++)
		r = run_script(loop, "image.sh", req->lanes.v[i], err);
	return r;
}

static error_t take_file(struct request *r, const char *arg, struct argp_state *state)
{
	if (r->file)
		argp_error(state, "one image at a time");
	r->file = arg;
	return 0;
}

static error_t check_file(struct request *r, struct argp_state *state)
{
	if (!r->file)
		argp_error(state, "name an image");
	if (r->made_set)
		argp_error(state, "this option belongs to build --for=CLOUD");
	return 0;
}

static error_t check_inspect(struct request *r, struct argp_state *state)
{
	if (r->limit_s)
		argp_error(state, "--limit belongs to try");
	return check_file(r, state);
}

static int inspect(struct loop *loop, struct request *req, struct err *err)
{
	static const char *const words[] = {
		[IMAGE_FINE] = "ok", [IMAGE_DOUBT] = "doubt", [IMAGE_REFUSED] = "refused"};
	_cleanup_(image_report_release) struct image_report report = {0};
	const struct image_cloud *cloud =
		req->make.cloud ? req->make.cloud : image_cloud_find("qemu");
	int r = image_inspect(loop, req->file, cloud, &report, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < report.n; i++)
		printf("%-8s %-10s %s\n", words[report.v[i].say], report.v[i].topic,
		       report.v[i].text);
	if (cloud->note)
		printf("%-8s %-10s %s\n", "note", "", cloud->note);
	return image_report_worst(&report) == IMAGE_REFUSED;
}

/* As the scenarios' machines are told. */
static int try(struct loop *loop, struct request *req, struct err *err)
{
	_autofree_ char *file = path_join(paths_data(), "scenarios/seeds/web.yaml");
	_autofree_ char *keys = path_join(paths_cache(), "image/keys");
	struct image_try what = {.file = req->file,
				 .cloud = req->make.cloud ? req->make.cloud
							  : image_cloud_find("qemu"),
				 .keys_dir = keys,
				 .limit_s = (unsigned int)req->limit_s};
	struct seed *seed = NULL;
	int r = run_script(loop, "secrets.sh", NULL, err);

	if (r == 0)
		r = seed_load(file, keys, &seed, err);
	what.seed = seed;
	if (r == 0)
		r = image_try(loop, &what, err);
	seed_free(seed);
	return r;
}

static const struct action actions[] = {
	{"list", list, take_lane, check_list},
	{"build", build, take_lane, check_build},
	{"inspect", inspect, take_file, check_inspect},
	{"try", try, take_file, check_file},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *r = state->input;

	if (key == ARGP_KEY_END)
		return r->action->check(r, state);
	if (key != ARGP_KEY_ARG)
		return parse_option(key, arg, state);
	if (state->arg_num > 0)
		return r->action->take(r, arg, state);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(actions[i].name, arg) == 0) {
			r->action = &actions[i];
			return 0;
		}
	}
	argp_error(state, "\"list\", \"build\", \"inspect\" or \"try\", not \"%s\"", arg);
	return EINVAL;
}

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[list | build [LANE… | generic] | build --for=CLOUD [LANE] | "
			    "inspect FILE | try FILE]",
		.doc = "Show what boots, or make it: the reference kernel and the lanes' disks; "
		       "generic is the "
		       "reference kernel for machines with AHCI. With --for, a disk image that "
		       "boots by itself on a cloud and configures itself at its first boot. "
		       "inspect says what a cloud would "
		       "refuse of an image, and exits 1 then. try boots it on a machine like that "
		       "cloud's, logs in and gets a page.",
	};
	struct request req = {.action = &actions[0]};
	struct loop *loop = NULL;
	struct err err = ERR_INIT;
	int r;

	argp_parse(&argp, argc, argv, 0, NULL, &req);
	r = loop_new(&loop, &err);
	if (r == 0)
		r = loop_catch_signals(loop, &err);
	if (r == 0)
		r = req.action->run(loop, &req, &err);
	strv_release(&req.lanes);
	loop_free(loop);
	return r < 0 ? verb_fail(&err) : r;
}

const struct verb verb_image = {
	.name = "image",
	.brief = "the disks and the reference kernel: show them, build them",
	.run = run,
};
