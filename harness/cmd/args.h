/* SPDX-License-Identifier: MIT */
/*
 * args: command line options that several verbs share.
 */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

/* How a kernel is booted: --kernel, --initrd, --profile, --accel, --append, --pace, --boot-limit,
 * --lane, --run-dir. A child parser; its input is a struct session. */
extern const struct argp args_boot;

/* A number of an option, or a usage error that names the option and the range. */
int args_number(const char *text, long min, long max, struct argp_state *state, const char *what);
/* What --output names: a file made anew, the caller's to close; NULL where nothing is named, which
 * is standard output. */
int args_output(const char *path, FILE **ret_file, struct err *err);
/* That is a terminal, and its user has nothing against colours. */
bool args_color(const char *output);

#endif
