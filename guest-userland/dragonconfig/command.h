/* SPDX-License-Identifier: MIT */
/*
 * command: a program of the guest that the configuration wants run, to its end, with its output in
 * a log.
 */
#ifndef DRAGONCONFIG_COMMAND_H
#define DRAGONCONFIG_COMMAND_H

#define COMMAND_LOG "/var/log/cloud-init-output.log"

/* argv[0]: a path. instance: what INSTANCE_ID is in its environment. As waitpid(2) tells it, or
 * -errno: it cannot be run. */
int command_run(const char *instance, char *const *argv);

#endif
