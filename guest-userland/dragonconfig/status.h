/* SPDX-License-Identifier: MIT */
/*
 * status: how far the boot's configuration is and what went wrong, in cloud-init's files.
 *
 *   /run/cloud-init/status.json, result.json      also linked from /var/lib/cloud/data
 *   /var/log/cloud-init.log                       a line for each thing that was done
 *
 * One a process. Contract: cloud-init's "status" (exit 0 fine, 1 error, 2 recoverable errors only).
 * Secrets are never among what is told: callers name keys and files, not values.
 */
#ifndef DRAGONCONFIG_STATUS_H
#define DRAGONCONFIG_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "problems.h"

enum stage { STAGE_LOCAL, STAGE_INIT, STAGE_CONFIG, STAGE_FINAL, STAGES };

#define STATUS_DIR "/run/cloud-init"

/* Takes the log up; what cannot be written is told on the console instead. */
void status_open(void);
void status_close(void);
/* Said of the source that won; "" until then. */
void status_source(const char *text);
void status_begin(enum stage stage);
void status_end(void);
/* An error of the stage that runs: the boot goes on, the status is error. */
void status_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Recoverable: the status is degraded. */
void status_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Only in the log. */
void status_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Each problem of a file. */
void status_problems(const char *file, const struct problems *problems);
/* All stages are over: result.json. */
void status_finish(void);
/* 0, 1 or 2, as above. */
int status_code(void);

#define STATUS_CLOUD_MAX 32
/* "nocloud" of "DataSourceNoCloud [seed=…]"; "" of nothing. */
const char *status_cloud(const char *source, char ret[STATUS_CLOUD_MAX]);
/* The kernel's command line says cloud-init=disabled: nothing is to be done. */
bool status_is_disabled(void);

#endif
