/* SPDX-License-Identifier: MIT */
/*
 * osconf: "os.conf", what Alibaba's platform writes into an image and Tencent's onto a CD: lines of
 * key=value as a shell would read them, without being one.
 *
 * Pure. Keys: hostname, password, instance_id, eth0_ip_addr, eth0_mac_addr, eth0_netmask,
 * eth0_gateway (eth1_… and so on), dns_nameserver.
 */
#ifndef DRAGONCONFIG_OSCONF_H
#define DRAGONCONFIG_OSCONF_H

#include <stddef.h>

#include "base/strv.h"

#define OSCONF_MAX 65536u /* bytes of a file */

struct osconf {
	struct strv keys, values;
};

void osconf_parse(struct osconf *ret, const char *text);
void osconf_release(struct osconf *c);
/* NULL: it is not there, or empty. */
const char *osconf_get(const struct osconf *c, const char *key);
/* What it says of the network, in the first version of cloud-init's language, as JSON. NULL:
 * nothing; caller frees. */
char *osconf_network(const struct osconf *c);
/* An instance-id: its own, else one made of the first interface's address. Caller frees. */
char *osconf_id(const struct osconf *c, const char *prefix);
/* The text without the lines of a password; caller frees. */
char *osconf_without_password(const char *text);

#endif
