/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "schema.h"
#include "tree_merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct problems problems = PROBLEMS_INIT;
	struct tree *tree = tree_parse((const char *)data, n, &problems), *both;

	schema_check(tree_root(tree), &problems);
	both = tree_merge(tree_root(tree), tree_root(tree), "list(append)+dict(recurse_dict)",
			  &problems);
	tree_free(both);
	tree_free(tree);
	problems_release(&problems);
	return 0;
}
