/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "netplan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct problems problems = PROBLEMS_INIT;
	struct net_plan plan;

	netplan_parse(&plan, (const char *)data, n, &problems);
	netplan_release(&plan);
	problems_release(&problems);
	return 0;
}
