/* SPDX-License-Identifier: MIT */
/* source_osconf: what Tencent's CD has beside a ConfigDrive. */
#ifndef DRAGONCONFIG_SOURCE_OSCONF_H
#define DRAGONCONFIG_SOURCE_OSCONF_H

#include "instance.h"
#include "volumes.h"

/* Fills what is not told yet. false: there is none. */
bool osconf_take_tencent(struct instance *ret, struct volume *v, struct problems *problems);

#endif
