/* SPDX-License-Identifier: MIT */
/*
 * search: looks for a source of configuration, everywhere at once, until one deadline.
 *
 * Owns the processes that look: one for all that is local, and, once there is an address, one for
 * each metadata service; a device or a server that hangs holds none of the others up. What is local
 * wins without waiting for the network. Of the services the first in the order of preference wins;
 * once one has been found those at other addresses are waited for only a little.
 *
 *   ds=NAME                       that source and no other; "none": none
 *   dragonconfig.deadline=SECONDS
 */
#ifndef DRAGONCONFIG_SEARCH_H
#define DRAGONCONFIG_SEARCH_H

#include "instance.h"

/* false: no source is there; what was wrong with any is among the problems. The log has which one
 * won and why, and why the others did not. */
bool search_run(struct instance *ret, struct problems *problems);

#endif
