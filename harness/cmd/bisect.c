/* SPDX-License-Identifier: MIT */
#include "cmd/bisect.h"

#include <argp.h>
#include <stdbool.h>
#include <string.h>

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
