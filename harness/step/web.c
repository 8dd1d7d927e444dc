/* SPDX-License-Identifier: MIT */
#include "step/web.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fsutil.h"
#include "step/act.h"

int web_open(struct guest *g, int64_t guest_port, unsigned int connections, struct http **ret_http,
	     struct err *err)
{
	uint16_t port;
	int r = act_port(g, guest_port, &port, err);

	return r < 0 ? r : http_new(g->loop, port, connections, ret_http, err);
}

int web_fetch(struct guest *g, struct http *h, const struct http_spec *spec,
	      struct http_request **ret_req, struct err *err)
{
	int r = http_start(h, spec, ret_req, err);

	if (r < 0)
		return r;
	/* The request keeps its own limit; ours is only the guest's death and a belt. */
	return act_wait(g, http_request_ended, *ret_req, (struct deadline){spec->deadline.at + SEC},
			"HTTP response", err);
}

/* Through the user network a connection that ends says no more than that. */
static const char *seen_text(const struct http_response *r, char *buf, size_t n)
{
	if (r->error == -ECONNREFUSED || (r->error == -ECONNRESET && !r->status))
		snprintf(buf, n, "the connection ended before an answer came");
	else if (r->error)
		snprintf(buf, n, "%s (after %llu bytes of the body)", r->error_text,
			 (unsigned long long)r->body_bytes);
	else
		snprintf(buf, n, "status %d", r->status);
	return buf;
}

bool web_is_whole(const struct http_response *r, const char *what, int status,
		  struct step_outcome *o, int *ret_r, struct err *err)
{
	char seen[320];

	if (!r->error && r->status == status)
		return true;
	seen_text(r, seen, sizeof(seen));
	if (r->error == -ETIMEDOUT)
		*ret_r = err_set(err, ETIMEDOUT, "%s: expected status %d, saw %s", what, status,
				 seen);
	else
		*ret_r = step_fail(o, "%s: expected status %d, saw %s", what, status, seen);
	return false;
}

bool web_is_file(struct guest *g, const struct http_response *r, const char *path,
		 struct step_outcome *o, int *ret_r, struct err *err)
{
	char hash[65];

	*ret_r = act_www_sha256(g, path_base(path), hash, err);
	if (*ret_r < 0)
		return false;
	if (!strcmp(hash, r->sha256))
		return true;
	*ret_r = step_fail(o, "%s: expected SHA-256 %.16s…, saw %.16s… over %llu bytes", path, hash,
			   r->sha256, (unsigned long long)r->body_bytes);
	return false;
}
