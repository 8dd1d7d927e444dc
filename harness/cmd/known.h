/* SPDX-License-Identifier: MIT */
/*
 * known: known failures of a file laid over a run that was read.
 */
#ifndef CMD_KNOWN_H
#define CMD_KNOWN_H

#include "base/err.h"
#include "report/report_model.h"

/*
 * Instead of those that the run keeps; "none": without any. For the kernel under test, or the
 * reference in a run without one. ERR_USAGE for a bad file, or an entry that speaks of no case,
 * neither of this run nor of those that there are.
 */
int known_lay(const char *file, struct report_model *m, struct err *err);

#endif
