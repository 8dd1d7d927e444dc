/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct userdata u = USERDATA_INIT;
	struct problems problems = PROBLEMS_INIT;

	userdata_add(&u, data, n, &problems);
	for (size_t i = 0; i < u.n; i++)
		if (strchr(u.parts[i].name, '/') || u.parts[i].data[u.parts[i].n] != '\0')
			abort();
	userdata_release(&u);
	problems_release(&problems);
	return 0;
}
