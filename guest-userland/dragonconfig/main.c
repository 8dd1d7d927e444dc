/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "verb.h"

static const struct verb *const verbs[] = {&verb_init, &verb_status, &verb_schema, &verb_net,
					   &verb_query};

static void usage(FILE *f)
{
	fputs("usage: dragonconfig VERB [ARGUMENT…]\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(f, "  %-28s %s\n", verbs[i]->usage, verbs[i]->brief);
}

static int run(const struct verb *v, int argc, char **argv)
{
	int code = v->run(argc, argv);

	if (code == EXIT_BAD_USAGE)
		fprintf(stderr, "usage: dragonconfig %s\n", v->usage);
	return code;
}

/*
 * musl gives a page back as soon as the last block in it is freed and asks for it again for the
 * next: a block of each size that stays saves hundreds of system calls.
 */
static void hold_pages(void)
{
	static void *volatile held[16];

	for (size_t i = 0; i < ARRAY_SIZE(held); i++)
		held[i] = malloc(64 << (i / 2) | (i & 1 ? 32 << (i / 2) : 0));
}

int main(int argc, char **argv)
{
	hold_pages();
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i]->name, argv[1]) == 0)
			return run(verbs[i], argc - 1, argv + 1);
	usage(stderr);
	return EXIT_BAD_USAGE;
}
