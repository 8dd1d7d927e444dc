/* SPDX-License-Identifier: MIT */
/*
 * servers: real servers on this host's loopback for tests: OpenSSH's sshd, dropbear, nginx, each
 * with a folder, keys and a port of its own.
 *
 * Owns the process and its folder. Called by tests only. When run as root the servers run as an
 * ordinary user all the same; libnss_wrapper gives them a user "tester" of their own.
 */
#ifndef FAKE_SERVERS_H
#define FAKE_SERVERS_H

#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/proc.h"

struct server {
	struct proc proc;
	uint16_t port;
	char *dir;
	char *host_key; /* ssh: "type base64", as the server shows it */
	char *key_file; /* ssh: the private key that opens user tester */
	char *log;	/* path */
};

#define SERVER_INIT \
	{           \
		0   \
	}
#define SERVER_PASSWORD "correct horse"

/* 0; -ENOENT: a program for it is not installed, its name in err. */
int server_start_sshd(struct server *s, struct loop *loop, struct err *err);
int server_start_dropbear(struct server *s, struct loop *loop, struct err *err);
/* Serves dir/www with the directives given inside http{}; dir/nginx.conf may be rewritten. */
int server_start_nginx(struct server *s, struct loop *loop, const char *http, struct err *err);
/* A hostile server of harness/fake/hostile.c. */
int server_start_hostile(struct server *s, struct loop *loop, const char *mode, struct err *err);
void server_stop(struct server *s);
/* A port of loopback that nobody listens on just now. */
uint16_t server_free_port(void);

#endif
