/* SPDX-License-Identifier: MIT */
/*
 * suite_disk: a suite's plan on a lane's disk, and beside the disk for the worker.
 *
 * Owns nothing. Called by run/plan. <disk>.plan is what lies in the guest as /suite/plan, and
 * <disk>.select says which of it is run.
 */
#ifndef RUN_SUITE_DISK_H
#define RUN_SUITE_DISK_H

#include "run/suite_plan.h"

/* Path of the disk and of the plan beside it; the caller frees both. */
int suite_disk_ready(struct loop *loop, struct suite_plan *plan, const char *disk, char **ret_disk,
		     char **ret_plan, struct err *err);

#endif
