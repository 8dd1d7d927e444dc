/* SPDX-License-Identifier: MIT */
/*
 * openstack: what OpenStack's files say, wherever they were: on a ConfigDrive or at its metadata
 * service.
 *
 * Pure. The texts are hostile.
 */
#ifndef DRAGONCONFIG_OPENSTACK_H
#define DRAGONCONFIG_OPENSTACK_H

#include "instance.h"

enum openstack_file {
	OPENSTACK_META,
	OPENSTACK_USER,
	OPENSTACK_NETWORK,
	OPENSTACK_VENDOR,
	OPENSTACK_VENDOR2,
	OPENSTACK_FILES
};

struct openstack_text {
	char *text; /* NULL: there is none */
	size_t n;
};

/* Below the folder of a version, and the ceiling on each. */
extern const char *const openstack_names[OPENSTACK_FILES];
extern const size_t openstack_max[OPENSTACK_FILES];

/* Takes user data and network over; the others are read. Source and why are left to the caller. */
void openstack_take(struct instance *to, struct openstack_text files[OPENSTACK_FILES],
		    struct problems *problems);
void openstack_release(struct openstack_text files[OPENSTACK_FILES]);

#endif
