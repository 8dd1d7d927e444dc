/* SPDX-License-Identifier: MIT */
/*
 * verb: one word after `harness`.
 *
 * Adding a verb is a file and a line in the table (main.c). A verb reads its arguments with argp,
 * acts, and returns the exit status: 0 as expected, 1 a verdict was not, 2 usage or a bad file, 3
 * something broken, 130 interrupted.
 */
#ifndef CMD_VERB_H
#define CMD_VERB_H

#include <argp.h>
#include <stdbool.h>

#include "base/err.h"

struct verb {
	const char *name;
	const char *brief; /* one line for `harness --help` */
	bool hidden;
	/* argv[0] is "harness <name>". */
	int (*run)(int argc, char **argv);
};

extern const struct verb verb_boot, verb_check, verb_compare, verb_doctor, verb_exec, verb_gate,
	verb_history, verb_image, verb_list, verb_merge, verb_mutate, verb_probe, verb_report,
	verb_run, verb_suite, verb_worker;

/* Log the error once and return its exit status. */
int verb_fail(const struct err *err);

#define HARNESS_VERSION "0.1.0"

#endif
