/* SPDX-License-Identifier: MIT */
#include "step/act.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "step/context.h"

#define PAUSE_MAX (500 * MSEC)

void act_result_release(struct act_result *r)
{
	strbuf_release(&r->out);
	strbuf_release(&r->err_out);
}

int act_run(struct guest *g, char *const *argv, const char *input, struct act_result *ret,
	    struct deadline d, struct err *err)
{
	const struct chan_exec exec = {
		.argv = argv,
		.stdin_data = input,
		.stdin_len = input ? strlen(input) : 0,
		.limit_ms = deadline_left(d) / MSEC + 1,
	};

	return chan_run(g->chan, &exec, &ret->out, &ret->err_out, &ret->status, d, err);
}

bool act_kernel_refused(int r, const struct err *err)
{
	return r == -EREMOTEIO && !strstr(err->text, strerror(ENOENT)) &&
	       !strstr(err->text, strerror(EINVAL));
}

static int wait_error(int r, const char *what, struct err *err)
{
	switch (r) {
	case -ETIMEDOUT:
		return err_set(err, ETIMEDOUT, "%s: not within the limit", what);
	case -EPIPE:
		return err_set(err, EPIPE, "the guest died while the step waited: %s", what);
	case -EINTR:
		return err_set(err, EINTR, "interrupted");
	default:
		return err_errno(err, -r, "%s", what);
	}
}

int act_wait(struct guest *g, bool (*cond)(void *arg), void *arg, struct deadline d,
	     const char *what, struct err *err)
{
	int r = guest_wait(g, cond, arg, d);

	return r < 0 ? wait_error(r, what, err) : 0;
}

int act_pause(struct guest *g, uint64_t *pause_us, struct deadline d, const char *what,
	      struct err *err)
{
	int r;

	if (deadline_passed(d))
		return wait_error(-ETIMEDOUT, what, err);
	r = guest_wait(g, NULL, NULL, deadline_earlier(d, deadline_in(*pause_us)));
	*pause_us = *pause_us * 2 < PAUSE_MAX ? *pause_us * 2 : PAUSE_MAX;
	return r == -ETIMEDOUT || r == 0 ? 0 : wait_error(r, what, err);
}

int act_port(struct guest *g, int64_t guest_port, uint16_t *ret_port, struct err *err)
{
	uint16_t port = machine_port(g->machine, (uint16_t)guest_port);

	if (!port)
		return err_set(
			err, ENOTCONN,
			"guest port %d is not forwarded: name it in the scenario's forward list",
			(int)guest_port);
	*ret_port = port;
	return 0;
}

bool act_port_is_down(struct guest *g, int64_t guest_port, struct step_outcome *o)
{
	const struct context_service *s = context_find_port(context_of(g), (uint16_t)guest_port);

	if (!s || !s->failure)
		return false;
	step_skip(o, "service %s is not there: %s", s->name, s->failure);
	return true;
}

char *act_key_path(const struct guest *g, const char *name)
{
	return path_join(g->keys_dir, name);
}

int act_read_key(const struct guest *g, const char *name, char **ret_text, struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(16384);
	_autofree_ char *path = act_key_path(g, name);
	int r = file_read(path, &sb, err);

	if (r < 0)
		return r;
	*ret_text = xstrndup(strbuf_str(&sb), strcspn(strbuf_str(&sb), "\r\n"));
	return 0;
}

/* Lines of sha256sum: 64 digits, two blanks, the name. */
static bool find_hash(const char *text, const char *name, char ret_hex[65])
{
	size_t n = strlen(name);

	for (const char *p = text; *p; p += strcspn(p, "\n") + 1) {
		size_t len = strcspn(p, "\n");

		if (len == 66 + n && !memcmp(p + 66, name, n)) {
			memcpy(ret_hex, p, 64);
			ret_hex[64] = 0;
			return true;
		}
		if (!p[len])
			break;
	}
	return false;
}

int act_www_sha256(const struct guest *g, const char *name, char ret_hex[65], struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	_autofree_ char *beside = path_join(g->keys_dir, "www.sha256");
	_autofree_ char *above = path_join(g->keys_dir, "../www.sha256");
	const char *path = file_exists(beside) ? beside : above;
	int r = file_read(path, &sb, err);

	if (r < 0)
		return r;
	if (!find_hash(strbuf_str(&sb), name, ret_hex))
		return err_set(err, ENOENT, "%s has no hash of %s", path, name);
	return 0;
}

const char *act_excerpt(const char *text, size_t len, char *buf, size_t n)
{
	size_t k = 0;

	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	for (; k < len && k + 1 < n; k++)
		buf[k] = (unsigned char)text[k] < 32 || text[k] == 127 ? '?' : text[k];
	buf[k] = 0;
	return buf;
}
