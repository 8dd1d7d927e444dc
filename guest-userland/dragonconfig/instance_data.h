/* SPDX-License-Identifier: MIT */
/*
 * instance_data: what scripts ask cloud-init about this machine.
 *
 *   /run/cloud-init/cloud-id, instance-data.json
 *
 * Of what cloud-init has there the standard words ("v1") alone; nothing that is secret.
 */
#ifndef DRAGONCONFIG_INSTANCE_DATA_H
#define DRAGONCONFIG_INSTANCE_DATA_H

#include "module.h"

#define INSTANCE_DATA STATUS_DIR "/instance-data.json"

void instance_data_put(const struct context *c);

#endif
