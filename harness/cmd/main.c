/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "cmd/verb.h"

/* One a line: adding a verb changes no other line. */
/* clang-format off */
static const struct verb *const verbs[] = {
	&verb_check,
	&verb_probe,
	&verb_run,
	&verb_suite,
	&verb_boot,
	&verb_exec,
	&verb_report,
	&verb_compare,
	&verb_gate,
	&verb_history,
	&verb_merge,
	&verb_mutate,
	&verb_list,
	&verb_image,
	&verb_doctor,
	&verb_worker,
};
/* clang-format on */

int verb_fail(const struct err *err)
{
	if (err->code == EINTR) {
		log_error("interrupted");
		return 130;
	}
	log_error("%s", err->text);
	return err_exit_status(err);
}

static void usage(FILE *f)
{
	fputs("usage: harness VERB [OPTION…] [ARGUMENT…]\n\n"
	      "Boots a kernel, asks it precise questions, logs in over ssh, serves pages with "
	      "nginx,\n"
	      "and says what stands in the way.\n\n",
	      f);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!verbs[i]->hidden)
			fprintf(f, "  %-8s %s\n", verbs[i]->name, verbs[i]->brief);
	fputs("\n`harness VERB --help` says more. Exit status: 0 as expected, 1 a verdict was "
	      "not,\n"
	      "2 bad arguments or file, 3 something broken.\n",
	      f);
}

static int run_verb(const struct verb *v, int argc, char **argv)
{
	_autofree_ char *name = xasprintf("harness %s", v->name);

	/* argp prints this in its messages. */
	program_invocation_name = program_invocation_short_name = name;
	argv[1] = name;
	return v->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	static char version[] = "harness " HARNESS_VERSION;

	/* A reader that went away is an error of the write, not the end of the program. */
	signal(SIGPIPE, SIG_IGN);
	argp_program_version = version;
	argp_err_exit_status = 2;
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts(version);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i]->name, argv[1]) == 0)
			return run_verb(verbs[i], argc, argv);
	log_error("no verb \"%s\"; `harness --help` lists them", argv[1]);
	return 2;
}
