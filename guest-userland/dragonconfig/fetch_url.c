/* SPDX-License-Identifier: MIT */
#include "fetch_url.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"

static int refuse(struct err *err, const char *why)
{
	return err_set(err, EINVAL, "an address that %s", why);
}

static int parse_port(struct fetch_url *u, const char *text, size_t n, struct err *err)
{
	unsigned long port = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return refuse(err, "has no number as its port");
		port = port * 10 + (unsigned long)(text[i] - '0');
		if (port > UINT16_MAX)
			return refuse(err, "has a port that there is not");
	}
	if (n && !port)
		return refuse(err, "has a port that there is not");
	u->port = n ? (uint16_t)port : 80;
	return 0;
}

/* host, host:port, [v6], [v6]:port */
static int parse_authority(struct fetch_url *u, const char *p, size_t n, struct err *err)
{
	const char *host = p, *end = p + n, *after;
	size_t len;

	if (n >= sizeof(u->authority) || memchr(p, '@', n))
		return refuse(err, "has a user, or too long a host");
	if (n && *p == '[') {
		host = p + 1;
		after = memchr(p, ']', n);
		if (!after || (after + 1 < end && after[1] != ':'))
			return refuse(err, "has an open bracket");
		len = (size_t)(after - host);
		after++;
	} else {
		after = memchr(p, ':', n);
		after = after ? after : end;
		len = (size_t)(after - host);
	}
	if (!len || len >= sizeof(u->host))
		return refuse(err, "has no host, or too long a one");
	memcpy(u->host, host, len);
	memcpy(u->authority, p, n);
	if (after < end)
		after++;
	return parse_port(u, after, (size_t)(end - after), err);
}

int fetch_url_parse(struct fetch_url *ret, const char *text, struct err *err)
{
	struct fetch_url u = {0};
	size_t n, path;
	int r;

	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 127)
			return refuse(err, "holds white space or control characters");
	if (strncasecmp(text, "https://", 8) == 0)
		return err_set(err, EPROTONOSUPPORT, "https: there is no TLS here");
	if (strncasecmp(text, "http://", 7) != 0)
		return refuse(err, "does not begin with http://");
	text += 7;
	n = strcspn(text, "/?#");
	r = parse_authority(&u, text, n, err);
	if (r < 0)
		return r;
	text += n;
	path = strcspn(text, "#");
	if (path + 2 > sizeof(u.path))
		return refuse(err, "is too long");
	snprintf(u.path, sizeof(u.path), "%s%.*s", *text == '/' ? "" : "/", (int)path, text);
	*ret = u;
	return 0;
}

char *fetch_url_join(const struct fetch_url *base, const char *location, size_t n)
{
	const char *slash = strrchr(base->path, '/');
	const char *query = strchr(base->path, '?');
	int len = n < FETCH_URL_MAX ? (int)n : FETCH_URL_MAX;

	for (int i = 0; i + 2 < len && (unsigned char)location[i] > ' '; i++) {
		if (location[i] == '/' || location[i] == '?')
			break;
		if (memcmp(location + i, "://", 3) == 0)
			return xasprintf("%.*s", len, location);
	}
	if (len > 1 && location[0] == '/' && location[1] == '/')
		return xasprintf("http:%.*s", len, location);
	if (len && location[0] == '/')
		return xasprintf("http://%s%.*s", base->authority, len, location);
	while (query && slash > query) {
		const char *p = slash - 1;

		while (p > base->path && *p != '/')
			p--;
		slash = p;
	}
	return xasprintf("http://%s%.*s/%.*s", base->authority, (int)(slash - base->path),
			 base->path, len, location);
}
