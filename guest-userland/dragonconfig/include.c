/* SPDX-License-Identifier: MIT */
#include "include.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "fetch.h"
#include "files.h"

#define LIMIT_US (30 * SEC)
#define TRIES	 5

/* FNV-1a; the address itself stands in the file too. */
static char *kept_path(const struct state *state, const char *url)
{
	uint64_t hash = 14695981039346656037u;

	for (const char *p = url; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 1099511628211u;
	return xasprintf("%s/urls/%016" PRIx64, state->dir, hash);
}

static bool had_before(const char *path, const char *url, struct strbuf *to)
{
	size_t n = strlen(url);
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(to->max + n + 1);

	if (file_read(path, &sb, NULL) < 0 || sb.len <= n || memcmp(sb.buf, url, n) != 0 ||
	    sb.buf[n] != '\n')
		return false;
	return strbuf_add(to, sb.buf + n + 1, sb.len - n - 1) == 0;
}

/* What cannot be kept is had again at the next boot. */
static void keep(const char *path, const char *url, const struct strbuf *data)
{
	static const struct file_owner owner = {.mode = 0600};
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(data->len + strlen(url) + 1);

	strbuf_addstr(&sb, url);
	strbuf_addch(&sb, '\n');
	strbuf_add(&sb, strbuf_str(data), data->len);
	file_put(path, sb.buf, sb.len, &owner, NULL);
}

static int get(const struct include *i, const char *url, struct strbuf *to, struct err *err)
{
	const struct fetch_request r = {
		.url = url, .max = to->max - to->len, .tries = TRIES, .deadline = i->until};
	struct fetch *f = fetch_start(&r);
	_autofree_ char *body = NULL;
	size_t n;
	int status;

	fetch_wait(&f, 1);
	status = fetch_result(f, err);
	body = fetch_take_body(f, &n);
	fetch_free(f);
	if (status < 0)
		return status;
	if (status != 200)
		return err_set(err, EIO, "its status is %d", status);
	return strbuf_add(to, body, n);
}

int include_fetch(void *arg, const char *url, bool once, struct strbuf *to, struct err *err)
{
	struct include *i = arg;
	_autofree_ char *path = kept_path(i->state, url);
	int r;

	if (once && had_before(path, url, to))
		return 0;
	if (!i->until.at)
		i->until = deadline_in(LIMIT_US);
	r = get(i, url, to, err);
	if (r < 0)
		i->has_failed = true;
	else if (once)
		keep(path, url, to);
	return r < 0 ? r : 0;
}
