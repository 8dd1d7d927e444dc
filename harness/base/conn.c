/* SPDX-License-Identifier: MIT */
#include "base/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"

static void on_event(void *arg, unsigned int events);

static int rewatch(struct conn *c)
{
	unsigned int events = (c->gathering.impl ? 0 : LOOP_READ) | (c->out.len ? LOOP_WRITE : 0);

	return loop_fd_start(c->loop, &c->watch, c->fd, events, on_event, c);
}

static void lost(struct conn *c, int error)
{
	void (*fn)(void *, int) = c->on_close;

	if (c->fd < 0)
		return;
	conn_close(c);
	if (fn)
		fn(c->arg, error);
}

static int flush(struct conn *c)
{
	while (c->out.len) {
		ssize_t n = send(c->fd, c->out.buf, c->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		strbuf_consume(&c->out, (size_t)n);
	}
	return 0;
}

/* At most this many reads an event, so that one chatty guest cannot keep the loop. */
#define READS_AN_EVENT 8
#define READ_MAX       16384

/* One read. False: nothing more now, or closed. */
static bool read_some(struct conn *c, size_t *ret_n)
{
	char buf[READ_MAX];
	ssize_t n;

	do {
		n = read(c->fd, buf, sizeof(buf));
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		lost(c, n < 0 ? errno : 0);
		return false;
	}
	*ret_n = (size_t)n;
	if (c->on_data)
		c->on_data(c->arg, buf, (size_t)n);
	return c->fd >= 0;
}

static size_t read_all(struct conn *c, size_t max)
{
	size_t n, total = 0;

	while (c->fd >= 0 && total < max && read_some(c, &n))
		total += n;
	return total;
}

static void on_gathered(void *arg)
{
	on_event(arg, LOOP_READ);
}

static void on_event(void *arg, unsigned int events)
{
	struct conn *c = arg;
	size_t got;

	if ((events & LOOP_WRITE) && flush(c) < 0) {
		lost(c, EPIPE);
		return;
	}
	got = read_all(c, READS_AN_EVENT * READ_MAX);
	if (c->fd < 0)
		return;
	if (got && c->gather_us && !c->gathering.impl)
		loop_timer_start(c->loop, &c->gathering, c->gather_us, 0, on_gathered, c);
	rewatch(c);
}

void conn_drain(struct conn *c, size_t max)
{
	read_all(c, max);
}

int conn_init(struct conn *c, struct loop *loop, int fd, struct err *err)
{
	int flags = fcntl(fd, F_GETFL);
	int r;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_errno(err, errno, "cannot make a connection non-blocking");
	c->loop = loop;
	c->fd = fd;
	c->gathering = (struct loop_timer){0};
	strbuf_init(&c->out, CONN_OUT_MAX);
	r = rewatch(c);
	if (r < 0) {
		c->fd = -1;
		return err_errno(err, -r, "cannot watch a connection");
	}
	return 0;
}

int conn_open_unix(struct conn *c, struct loop *loop, const char *path, struct err *err)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	_autoclose_ int fd = -1;
	int r;

	if (strlen(path) >= sizeof(sa.sun_path))
		return err_set(err, ENAMETOOLONG, "socket path is too long: %s", path);
	memcpy(sa.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(err, errno, "cannot make a socket");
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return err_errno(err, errno, "cannot connect to %s", path);
	r = conn_init(c, loop, fd, err);
	if (r == 0)
		(void)TAKE_FD(fd);
	return r;
}

int conn_write(struct conn *c, const void *data, size_t n)
{
	int r;

	if (c->fd < 0)
		return -EPIPE;
	if (strbuf_add(&c->out, data, n) < 0)
		return -ENOBUFS;
	r = flush(c);
	if (r < 0)
		return r;
	return c->out.len ? rewatch(c) : 0;
}

bool conn_drained(const struct conn *c)
{
	return c->out.len == 0;
}

void conn_close(struct conn *c)
{
	if (c->fd < 0)
		return;
	loop_timer_stop(&c->gathering);
	loop_fd_stop(&c->watch);
	close(c->fd);
	c->fd = -1;
	strbuf_release(&c->out);
}
