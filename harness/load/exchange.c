/* SPDX-License-Identifier: MIT */
#include "load/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/conn.h"
#include "base/xalloc.h"

struct exchange {
	struct loop *loop;
	struct loop_fd connecting;
	struct loop_timer limit;
	int fd; /* while connecting, -1 then */
	struct conn conn;
	struct strbuf request, reply;
	bool connected, ended;
	int error;
};

static void finish(struct exchange *x, int error)
{
	if (x->ended)
		return;
	x->ended = true;
	x->error = error;
	loop_timer_stop(&x->limit);
	loop_fd_stop(&x->connecting);
	if (x->fd >= 0)
		close(x->fd);
	x->fd = -1;
	conn_close(&x->conn);
}

static void on_data(void *arg, const char *data, size_t n)
{
	struct exchange *x = arg;
	size_t room = x->reply.max - x->reply.len;

	strbuf_add(&x->reply, data, n < room ? n : room);
	if (n > room)
		finish(x, EFBIG);
}

static void on_close(void *arg, int error)
{
	finish(arg, error);
}

static void on_limit(void *arg)
{
	finish(arg, ETIMEDOUT);
}

static void on_connected(void *arg, unsigned int events)
{
	struct exchange *x = arg;
	int error = 0, r;
	socklen_t len = sizeof(error);

	loop_fd_stop(&x->connecting);
	if (getsockopt(x->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		finish(x, error);
		return;
	}
	x->connected = true;
	x->conn.on_data = on_data;
	x->conn.on_close = on_close;
	x->conn.arg = x;
	r = conn_init(&x->conn, x->loop, x->fd, NULL);
	if (r < 0) {
		x->conn.fd = -1;
		finish(x, -r);
		return;
	}
	x->fd = -1;
	r = conn_write(&x->conn, x->request.buf, x->request.len);
	if (r < 0)
		finish(x, -r);
}

static int begin_connect(struct exchange *x, uint16_t port, struct err *err)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	int r;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	x->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (x->fd < 0)
		return err_errno(err, errno, "cannot make a socket");
	if (connect(x->fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 && errno != EINPROGRESS) {
		finish(x, errno);
		return 0;
	}
	r = loop_fd_start(x->loop, &x->connecting, x->fd, LOOP_WRITE, on_connected, x);
	return r < 0 ? err_errno(err, -r, "cannot watch a connection") : 0;
}

int exchange_start(struct loop *loop, const struct exchange_spec *spec,
		   struct exchange **ret_exchange, struct err *err)
{
	struct exchange *x = xcalloc(1, sizeof(*x));
	int r;

	x->loop = loop;
	x->fd = x->conn.fd = -1;
	strbuf_init(&x->request, spec->n);
	strbuf_add(&x->request, spec->data, spec->n);
	strbuf_init(&x->reply, spec->reply_max);
	if (spec->deadline.at != UINT64_MAX)
		loop_timer_start(loop, &x->limit, deadline_left(spec->deadline), 0, on_limit, x);
	r = begin_connect(x, spec->port, err);
	if (r < 0) {
		exchange_free(x);
		return r;
	}
	*ret_exchange = x;
	return 0;
}

void exchange_free(struct exchange *x)
{
	if (!x)
		return;
	finish(x, ECANCELED);
	strbuf_release(&x->request);
	strbuf_release(&x->reply);
	free(x);
}

bool exchange_ended(void *exchange)
{
	return ((struct exchange *)exchange)->ended;
}

int exchange_error(const struct exchange *x)
{
	return -x->error;
}

bool exchange_connected(const struct exchange *x)
{
	return x->connected;
}

const struct strbuf *exchange_reply(const struct exchange *x)
{
	return &x->reply;
}
