/* SPDX-License-Identifier: MIT */
/*
 * verb: one word after `dragonconfig`. Adding one is a file and a line in main.c's table.
 */
#ifndef DRAGONCONFIG_VERB_H
#define DRAGONCONFIG_VERB_H

struct verb {
	const char *name, *usage, *brief;
	/* argv[0] is the verb's name. Returns the exit status: 0 done, 1 an error, 2 done with
	 * warnings, EXIT_BAD_USAGE: main tells the usage. */
	int (*run)(int argc, char **argv);
};

#define EXIT_BAD_USAGE 64

extern const struct verb verb_init, verb_net, verb_query, verb_schema, verb_status;

#endif
