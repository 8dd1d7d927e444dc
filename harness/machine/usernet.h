/* SPDX-License-Identifier: MIT */
/*
 * usernet: the network of a machine of a cloud, in this process (libslirp): DHCP, a metadata
 * service, ports of the host's loopback that lead in.
 *
 * QEMU's own user network can lead a guest to a service only by starting a program for each
 * connection, which its sandbox forbids. Owns the network and its end of QEMU's socket. Called by
 * qemu. The guest reaches nobody but that service: not the host, not what the host can reach.
 */
#ifndef MACHINE_USERNET_H
#define MACHINE_USERNET_H

#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "machine/cloud.h"

struct usernet;

/* Takes over fd unless it fails: QEMU's netdev "socket". service: path of a unix socket. */
int usernet_start(struct loop *loop, int fd, const struct cloud_net *net,
		  const char *const *addresses, const char *service, struct usernet **ret_net,
		  struct err *err);
/* Lead a port of the host's loopback, which the kernel chooses, to the guest's. */
int usernet_forward(struct usernet *n, const struct cloud_net *net, uint16_t guest_port,
		    struct err *err);
/* What "info usernet" of QEMU's monitor would tell; the caller frees. */
char *usernet_info(struct usernet *n);
/* NULL is fine. */
void usernet_free(struct usernet *n);

#endif
