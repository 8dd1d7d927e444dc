/* SPDX-License-Identifier: MIT */
#include "cmd/bisect.h"

#include <argp.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "machine/kernel_file.h"
#include "run/expectation.h"

/* getopt takes any head of a long option that no other has: "--bi" is the shortest. */
static bool is_bisect(const char *word)
{
	static const char option[] = "--bisect";
	size_t n = strlen(word);

	return n >= 4 && n < sizeof(option) && strncmp(word, option, n) == 0;
}

void bisect_prepare(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_bisect(argv[i]))
			argp_err_exit_status = BISECT_ABORT;
}

int bisect_status(int status)
{
	switch (status) {
	case 0:
		return BISECT_GOOD;
	case 1:
		return BISECT_BAD;
	case 2:
		return BISECT_ABORT;
	default:
		return status >= 128 ? status : BISECT_SKIP;
	}
}

/* What this commit's build was to make is not there, or is no kernel. */
static bool can_boot(const struct session *s)
{
	struct err err = ERR_INIT;
	enum kernel_kind kind;

	if (kernel_file_check(s->request.kernel, &kind, &err) < 0) {
		log_error("%s", err.text);
		return false;
	}
	if (s->request.initrd && access(s->request.initrd, R_OK) < 0) {
		log_error("cannot read %s", s->request.initrd);
		return false;
	}
	return true;
}

int bisect_session(struct session *s)
{
	if (!s->request.kernel) {
		log_error("--bisect needs the --kernel that each commit builds");
		return BISECT_ABORT;
	}
	if (s->run_dir && access(s->run_dir, F_OK) == 0) {
		log_error("%s exists: leave --run-dir out, each step has a folder of its own",
			  s->run_dir);
		return BISECT_ABORT;
	}
	if (!can_boot(s))
		return BISECT_SKIP;
	s->request.with_reference = false;
	/* What is looked for may be known by now. */
	if (!s->expect)
		s->expect = EXPECTATION_NONE;
	s->bisect = true;
	return bisect_status(session_run(s));
}
