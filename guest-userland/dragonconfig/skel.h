/* SPDX-License-Identifier: MIT */
/*
 * skel: homes of new users, with what /etc/skel has for them.
 *
 * Called by accounts. A home is made beside its place and renamed, so that one that is there is
 * whole; one that is there already is left alone.
 */
#ifndef DRAGONCONFIG_SKEL_H
#define DRAGONCONFIG_SKEL_H

#include <sys/types.h>

#include "base/err.h"

int home_make(const char *home, uid_t uid, gid_t gid, struct err *err);

#endif
