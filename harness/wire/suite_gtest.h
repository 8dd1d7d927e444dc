/* SPDX-License-Identifier: MIT */
/*
 * suite_gtest: result files of googletest (--gtest_output=json:… or xml:…).
 *
 * Pure. Called by wire/suite_gtest alone. The file is the program's: hostile.
 */
#ifndef WIRE_SUITE_GTEST_H
#define WIRE_SUITE_GTEST_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/suite.h"

struct suite_gtest_file {
	bool whole;		  /* it was read to its end and is well-formed */
	unsigned planned, failed; /* what its head says; tests that were not run are not counted */
	unsigned disabled;
	const char *problem; /* when not whole */
};

/* reason: NULL when there is none. */
typedef void suite_gtest_fn(void *arg, const char *name, enum suite_status status,
			    const char *reason);

/* Tells each test that ran. Format by the first character. */
void suite_gtest_file_read(const char *data, size_t n, suite_gtest_fn *fn, void *arg,
			   struct suite_gtest_file *ret);

#endif
