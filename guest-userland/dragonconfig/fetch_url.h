/* SPDX-License-Identifier: MIT */
/*
 * fetch_url: addresses of HTTP, taken apart and put together.
 *
 * Pure. Addresses come from user data and from servers: no byte of one may end a line of a request.
 */
#ifndef DRAGONCONFIG_FETCH_URL_H
#define DRAGONCONFIG_FETCH_URL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define FETCH_URL_MAX 2048

struct fetch_url {
	char host[256];	     /* a name or an address, without brackets */
	char authority[270]; /* as it stands in the address: for the header "Host" */
	uint16_t port;
	char path[FETCH_URL_MAX]; /* and query; begins with "/" */
};

/* -EPROTONOSUPPORT: https, which needs TLS; -EINVAL: none of HTTP, or it holds what it must not. */
int fetch_url_parse(struct fetch_url *ret, const char *text, struct err *err);
/* Where a redirection from base leads; caller frees. */
char *fetch_url_join(const struct fetch_url *base, const char *location, size_t n)
	__attribute__((returns_nonnull));

#endif
