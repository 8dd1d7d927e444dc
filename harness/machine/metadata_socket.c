/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/conn.h"
#include "base/xalloc.h"
#include "machine/metadata.h"

#define CALLERS_MAX 32
/* A caller that says nothing for so long is sent away. */
#define PATIENCE (30 * SEC)
#define IN_MAX	 (METADATA_HEAD_MAX + METADATA_BODY_MAX)
#define OUT_MAX	 (8u << 20)
#define NAME	 "metadata"

struct caller {
	struct metadata *of;
	struct conn conn;
	struct loop_timer patience;
	struct strbuf in;
	bool over; /* the last answer was given */
};

struct metadata {
	struct loop *loop;
	struct metadata_site site;
	struct metadata_listener listener;
	struct loop_fd watch;
	int fd, dir; /* the folder's descriptor makes the path short */
	char path[64];
	struct caller callers[CALLERS_MAX];
};

static void on_call(void *arg, unsigned int events);

static int listen_on(struct metadata *m)
{
	return loop_fd_start(m->loop, &m->watch, m->fd, LOOP_READ, on_call, m);
}

static void end_caller(struct caller *c)
{
	struct metadata *m = c->of;

	loop_timer_stop(&c->patience);
	conn_close(&c->conn);
	strbuf_release(&c->in);
	c->of = NULL;
	listen_on(m);
}

static void on_close(void *arg, int error)
{
	end_caller(arg);
}

static void on_silence(void *arg)
{
	end_caller(arg);
}

static void wait_for(struct caller *c)
{
	loop_timer_stop(&c->patience);
	loop_timer_start(c->of->loop, &c->patience, PATIENCE, 0, on_silence, c);
}

/* One request after the other as they come. */
static void answer(struct caller *c)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(OUT_MAX);
	struct metadata *m = c->of;
	struct metadata_reply reply;
	size_t n;

	while (!c->over && c->in.len &&
	       (n = metadata_answer(&m->site, now_us(), c->in.buf, c->in.len, &out, &reply))) {
		strbuf_consume(&c->in, n);
		c->over = reply.close;
		if (m->listener.on_request)
			m->listener.on_request(m->listener.arg, reply.what);
	}
	if (conn_write(&c->conn, strbuf_str(&out), out.len) < 0) {
		end_caller(c);
		return;
	}
	if (c->over && conn_drained(&c->conn))
		shutdown(c->conn.fd, SHUT_WR);
}

static void on_data(void *arg, const char *data, size_t n)
{
	struct caller *c = arg;

	wait_for(c);
	if (c->over)
		return;
	if (strbuf_add(&c->in, data, n) < 0)
		end_caller(c);
	else
		answer(c);
}

static struct caller *free_place(struct metadata *m)
{
	for (size_t i = 0; i < CALLERS_MAX; i++)
		if (!m->callers[i].of)
			return &m->callers[i];
	return NULL;
}

static void on_call(void *arg, unsigned int events)
{
	struct metadata *m = arg;
	struct caller *c = free_place(m);
	int fd;

	/* Who finds no place waits for one. */
	if (!c) {
		loop_fd_stop(&m->watch);
		return;
	}
	fd = accept4(m->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	*c = (struct caller){.of = m, .in = STRBUF_INIT(IN_MAX)};
	c->conn.on_data = on_data;
	c->conn.on_close = on_close;
	c->conn.arg = c;
	c->conn.fd = -1;
	if (conn_init(&c->conn, m->loop, fd, NULL) < 0) {
		close(fd);
		end_caller(c);
		return;
	}
	wait_for(c);
}

static int open_socket(struct metadata *m, const char *dir, struct err *err)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	m->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (m->dir < 0)
		return err_errno(err, errno, "cannot open %s", dir);
	snprintf(m->path, sizeof(m->path), "/proc/self/fd/%d/" NAME, m->dir);
	memcpy(sa.sun_path, m->path, sizeof(m->path));
	m->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (m->fd < 0)
		return err_errno(err, errno, "cannot make a socket");
	unlinkat(m->dir, NAME, 0);
	if (bind(m->fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(m->fd, CALLERS_MAX) < 0)
		return err_errno(err, errno, "cannot listen on %s/" NAME, dir);
	return 0;
}

int metadata_start(struct loop *loop, const struct cloud *c, const struct seed *s, const char *dir,
		   const struct metadata_listener *listener, struct metadata **ret_metadata,
		   struct err *err)
{
	struct metadata *m = xcalloc(1, sizeof(*m));
	int r;

	m->loop = loop;
	m->fd = m->dir = -1;
	m->listener = *listener;
	metadata_site_init(&m->site, c, s);
	r = open_socket(m, dir, err);
	if (r == 0) {
		r = listen_on(m);
		if (r < 0)
			err_errno(err, -r, "cannot watch a socket");
	}
	if (r < 0)
		metadata_free(m);
	else
		*ret_metadata = m;
	return r;
}

const char *metadata_socket(const struct metadata *m)
{
	return m->path;
}

void metadata_free(struct metadata *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < CALLERS_MAX; i++)
		if (m->callers[i].of)
			end_caller(&m->callers[i]);
	loop_fd_stop(&m->watch);
	if (m->dir >= 0)
		unlinkat(m->dir, NAME, 0);
	cleanup_close(&m->fd);
	cleanup_close(&m->dir);
	metadata_site_release(&m->site);
	free(m);
}
