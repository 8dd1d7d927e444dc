/* SPDX-License-Identifier: MIT */
/*
 * wildcard: names as a shell's patterns tell them: "*", "?" and "[a-z]", "[!0]".
 *
 * Pure. fnmatch() of a C library brings tables of all the letters there are.
 */
#ifndef DRAGONCONFIG_WILDCARD_H
#define DRAGONCONFIG_WILDCARD_H

#include <stdbool.h>

/* In a time of both lengths multiplied at the most, whatever the pattern. */
bool wildcard_matches(const char *pattern, const char *name);

#endif
