/* SPDX-License-Identifier: MIT */
#include "cmd/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/session.h"
#include "machine/machine.h"

enum {
	OPT_KERNEL = 'k',
	OPT_RUN_DIR = 'o',
	OPT_LANE = 'l',
	OPT_PROFILE = 256,
	OPT_ACCEL,
	OPT_APPEND,
	OPT_CPUS,
	OPT_PACE,
	OPT_INITRD,
	OPT_BOOT_LIMIT
};

static const struct argp_option options[] = {
	{"kernel", OPT_KERNEL, "FILE", 0,
	 "kernel under test (x86-64 ELF with a PVH note, or bzImage)"},
	{"initrd", OPT_INITRD, "FILE", 0, "initial ramdisk for a kernel under test that takes one"},
	{"profile", OPT_PROFILE, "NAME", 0,
	 "machine profile of the kernel under test (see harness list)"},
	{"accel", OPT_ACCEL, "auto|kvm|tcg", 0,
	 "accelerator; auto takes kvm only after a health check"},
	{"cpus", OPT_CPUS, "N", 0, "virtual CPUs of each guest (default: the machine profile's)"},
	{"append", OPT_APPEND, "WORDS", 0, "more words for the kernel command line"},
	{"pace", OPT_PACE, "PERCENT", 0,
	 "factor on every limit for the kernel under test (default 400)"},
	{"boot-limit", OPT_BOOT_LIMIT, "SECONDS", 0, "from start to the agent's hello (60)"},
	{"lane", OPT_LANE, "static|debian", 0, "only this user land"},
	{"run-dir", OPT_RUN_DIR, "DIR", 0, "write the run there (must not exist)"},
	{0},
};

int args_number(const char *text, long min, long max, struct argp_state *state, const char *what)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*end || end == text || v < min || v > max)
		argp_error(state, "%s must be a number from %ld to %ld", what, min, max);
	return (int)v;
}

int args_output(const char *path, FILE **ret_file, struct err *err)
{
	FILE *file;

	if (!path)
		return 0;
	file = fopen(path, "we");
	if (!file)
		return err_errno(err, errno, "cannot write %s", path);
	*ret_file = file;
	return 0;
}

bool args_color(const char *output)
{
	return !output && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

static const char *one_of(const char *text, const char *const *words, struct argp_state *state,
			  const char *what)
{
	for (size_t i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return text;
	argp_error(state, "no %s \"%s\"", what, text);
	return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const accels[] = {"auto", "kvm", "tcg", NULL};
	static const char *const lanes[] = {"static", "debian", NULL};
	struct session *s = state->input;

	switch (key) {
	case OPT_KERNEL:
		s->request.kernel = *arg ? arg : NULL;
		return 0;
	case OPT_INITRD:
		s->request.initrd = arg;
		return 0;
	case OPT_PROFILE:
		s->request.profile = arg;
		return 0;
	case OPT_ACCEL:
		s->request.accel = one_of(arg, accels, state, "accelerator");
		return 0;
	case OPT_APPEND:
		s->request.append = arg;
		return 0;
	case OPT_CPUS:
		s->request.cpus = args_number(arg, 1, MACHINE_CPUS_MAX, state, "--cpus");
		return 0;
	case OPT_PACE:
		s->request.pace_percent = args_number(arg, 100, 10000, state, "--pace");
		return 0;
	case OPT_BOOT_LIMIT:
		s->request.boot_limit_s = args_number(arg, 1, 3600, state, "--boot-limit");
		return 0;
	case OPT_LANE:
		s->request.lane = one_of(arg, lanes, state, "lane");
		return 0;
	case OPT_RUN_DIR:
		s->run_dir = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp args_boot = {.options = options, .parser = parse};
