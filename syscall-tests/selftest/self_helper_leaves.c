/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void comes_back(void *arg)
{
}

static void leaves(void *arg)
{
	_exit(0);
}

static void run(void)
{
	child_end(child_start(comes_back, NULL));
	child_end(child_start(leaves, NULL));
}

PROBE(.promise = "A helper process that leaves with 0 half way fails the probe",
      .source = "probe.h", .run = run);
