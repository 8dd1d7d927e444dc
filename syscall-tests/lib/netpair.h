/* SPDX-License-Identifier: MIT */
/*
 * Sockets on the loopback interface, for probes whose question lies elsewhere.
 *
 * Owns:       nothing; descriptors are close-on-exec and live as long as the probe.
 * Called by:  probes of sockets and of epoll.
 * Never does: fail a probe; trouble here is a broken one.
 */
#ifndef NETPAIR_H
#define NETPAIR_H

#include <netinet/in.h>
#include <sys/socket.h>

/* 127.0.0.1 and ::1 with a port in host order. */
struct sockaddr_in loop4(unsigned port);
struct sockaddr_in6 loop6(unsigned port);

/* A TCP socket bound to 127.0.0.1 and any port, not listening; ret_addr says which. */
int tcp_bound(struct sockaddr_in *ret_addr);
/* A datagram socket bound likewise. */
int udp_bound(struct sockaddr_in *ret_addr);
/* A bound TCP socket, listening. */
int tcp_listener(int backlog, struct sockaddr_in *ret_addr);
/* A blocking TCP connection to addr. */
int tcp_connected(const struct sockaddr_in *addr);
/* A datagram socket that sends to addr. */
int udp_connected(const struct sockaddr_in *addr);
/* [0] was bound, and [1] sends to it. Both blocking. */
void udp_pair(int ret_fd[2]);
/* The two ends of one connection: [0] was accepted, [1] connected. Both blocking. */
void tcp_pair(int ret_fd[2]);

/* Integer options. get gives -1 with errno when getsockopt fails. */
int opt_set(int fd, int level, int name, int value);
int opt_get(int fd, int level, int name);

/* A byte written to the one must arrive at the other, else the probe fails: shows that a descriptor
 * is the connection it shall be. Nothing may wait to be read there. */
void expect_joined(int from, int to);

#endif
