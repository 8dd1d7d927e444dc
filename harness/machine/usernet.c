/* SPDX-License-Identifier: MIT */
#include "machine/usernet.h"

#include <errno.h>
#include <slirp/libslirp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/conn.h"
#include "base/log.h"
#include "base/xalloc.h"

/* QEMU writes each frame's length before it, in 4 bytes of the network's order. */
#define HEAD	  4
#define FRAME_MAX 65600
/* Sockets of one network that are waited for: a guest that opens more has to wait. */
#define WATCHED_MAX 1024

struct watched {
	int fd, events, revents;
};

struct usernet {
	struct loop *loop;
	Slirp *slirp;
	struct conn wire; /* QEMU's frames */
	struct strbuf in; /* of one that is not whole */
	int epoll;	  /* the sockets that libslirp waits for: one descriptor on the loop */
	struct loop_fd sockets;
	struct loop_timer timer;
	struct watched watched[WATCHED_MAX];
	int n_watched;
};

static void rewatch(struct usernet *n);

/* --- What libslirp calls --- */

/* A frame that QEMU does not take now is lost, as on any wire. */
static ssize_t send_packet(const void *data, size_t len, void *arg)
{
	uint8_t frame[HEAD + FRAME_MAX];
	struct usernet *n = arg;

	if (len > FRAME_MAX || n->wire.fd < 0)
		return -1;
	for (size_t i = 0; i < HEAD; i++)
		frame[i] = (uint8_t)(len >> 8 * (HEAD - 1 - i));
	memcpy(frame + HEAD, data, len);
	return conn_write(&n->wire, frame, HEAD + len) < 0 ? -1 : (ssize_t)len;
}

static void guest_error(const char *msg, void *arg)
{
	log_debug("user network: %s", msg);
}

static int64_t clock_ns(void *arg)
{
	return (int64_t)now_us() * 1000;
}

struct timer {
	struct loop_timer impl;
	struct usernet *of;
	SlirpTimerCb cb;
	void *arg;
};

static void on_slirp_timer(void *arg)
{
	struct timer *t = arg;

	t->cb(t->arg);
	rewatch(t->of);
}

static void *timer_new(SlirpTimerCb cb, void *cb_arg, void *arg)
{
	struct timer *t = xcalloc(1, sizeof(*t));

	*t = (struct timer){.of = arg, .cb = cb, .arg = cb_arg};
	return t;
}

static void timer_free(void *timer, void *arg)
{
	struct timer *t = timer;

	loop_timer_stop(&t->impl);
	free(t);
}

static void timer_mod(void *timer, int64_t at_ms, void *arg)
{
	struct timer *t = timer;
	int64_t left = at_ms * 1000 - (int64_t)now_us();

	loop_timer_stop(&t->impl);
	loop_timer_start(t->of->loop, &t->impl, left > 0 ? (uint64_t)left : 0, 0, on_slirp_timer,
			 t);
}

/* The set is made anew before each wait. */
static void no_fd(int fd, void *arg)
{
}

static void no_notice(void *arg)
{
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = guest_error,
	.clock_get_ns = clock_ns,
	.timer_new = timer_new,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = no_fd,
	.unregister_poll_fd = no_fd,
	.notify = no_notice,
};

/* --- Waiting --- */

static int add_poll(int fd, int events, void *arg)
{
	struct usernet *n = arg;

	if (n->n_watched == WATCHED_MAX)
		return -1;
	n->watched[n->n_watched] = (struct watched){.fd = fd, .events = events};
	return n->n_watched++;
}

static int get_revents(int idx, void *arg)
{
	struct usernet *n = arg;

	return idx >= 0 && idx < n->n_watched ? n->watched[idx].revents : 0;
}

static uint32_t to_epoll(int events)
{
	return (events & SLIRP_POLL_IN ? EPOLLIN : 0u) | (events & SLIRP_POLL_OUT ? EPOLLOUT : 0u) |
	       (events & SLIRP_POLL_PRI ? EPOLLPRI : 0u);
}

static int from_epoll(uint32_t events)
{
	return (events & EPOLLIN ? SLIRP_POLL_IN : 0) | (events & EPOLLOUT ? SLIRP_POLL_OUT : 0) |
	       (events & EPOLLPRI ? SLIRP_POLL_PRI : 0) | (events & EPOLLERR ? SLIRP_POLL_ERR : 0) |
	       (events & EPOLLHUP ? SLIRP_POLL_HUP : 0);
}

static void unwatch(struct usernet *n)
{
	/* One that was closed meanwhile is not in the set any more. */
	for (int i = 0; i < n->n_watched; i++)
		epoll_ctl(n->epoll, EPOLL_CTL_DEL, n->watched[i].fd, NULL);
	n->n_watched = 0;
}

static void on_timer(void *arg);

/* What libslirp waits for now, and how long. */
static void rewatch(struct usernet *n)
{
	uint32_t timeout = UINT32_MAX;

	unwatch(n);
	slirp_pollfds_fill(n->slirp, &timeout, add_poll, n);
	for (int i = 0; i < n->n_watched; i++) {
		struct epoll_event e = {.events = to_epoll(n->watched[i].events),
					.data.u32 = (uint32_t)i};

		if (epoll_ctl(n->epoll, EPOLL_CTL_ADD, n->watched[i].fd, &e) < 0)
			log_debug("user network: a socket cannot be watched");
	}
	loop_timer_stop(&n->timer);
	if (timeout != UINT32_MAX)
		loop_timer_start(n->loop, &n->timer, timeout * MSEC, 0, on_timer, n);
}

static void look(struct usernet *n)
{
	struct epoll_event events[64];
	int got = epoll_wait(n->epoll, events, ARRAY_SIZE(events), 0);

	for (int i = 0; i < n->n_watched; i++)
		n->watched[i].revents = 0;
	for (int i = 0; i < got; i++)
		n->watched[events[i].data.u32].revents = from_epoll(events[i].events);
	slirp_pollfds_poll(n->slirp, got < 0, get_revents, n);
	rewatch(n);
}

static void on_timer(void *arg)
{
	look(arg);
}

static void on_sockets(void *arg, unsigned int events)
{
	look(arg);
}

/* The length of the first frame that has arrived, without its head; SIZE_MAX: none has. */
static size_t frame_len(const char *data, size_t n)
{
	size_t len = 0;

	if (n < HEAD)
		return SIZE_MAX;
	for (size_t i = 0; i < HEAD; i++)
		len = len << 8 | (uint8_t)data[i];
	return len > FRAME_MAX || n >= HEAD + len ? len : SIZE_MAX;
}

static void on_frames(void *arg, const char *data, size_t size)
{
	struct usernet *n = arg;
	size_t len, at = 0;

	if (strbuf_add(&n->in, data, size) < 0) {
		conn_close(&n->wire);
		return;
	}
	while ((len = frame_len(n->in.buf + at, n->in.len - at)) != SIZE_MAX) {
		if (len > FRAME_MAX) {
			conn_close(&n->wire);
			return;
		}
		slirp_input(n->slirp, (const uint8_t *)n->in.buf + at + HEAD, (int)len);
		at += HEAD + len;
	}
	strbuf_consume(&n->in, at);
	rewatch(n);
}

/* --- Life --- */

static struct in_addr addr(const char *text)
{
	struct in_addr a = {0};

	inet_pton(AF_INET, text, &a);
	return a;
}

static int lead(struct usernet *n, const char *const *addresses, const char *service,
		struct err *err)
{
	for (; *addresses; addresses++) {
		struct in_addr a = addr(*addresses);

		if (slirp_add_unix(n->slirp, service, &a, 80) < 0)
			return err_set(err, EINVAL, "the user network cannot have %s", *addresses);
	}
	return 0;
}

static int watch(struct usernet *n, struct err *err)
{
	int r;

	n->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (n->epoll < 0)
		return err_errno(err, errno, "cannot make the user network");
	r = loop_fd_start(n->loop, &n->sockets, n->epoll, LOOP_READ, on_sockets, n);
	if (r < 0)
		return err_errno(err, -r, "cannot watch the user network");
	rewatch(n);
	return 0;
}

int usernet_start(struct loop *loop, int fd, const struct cloud_net *net,
		  const char *const *addresses, const char *service, struct usernet **ret_net,
		  struct err *err)
{
	const SlirpConfig config = {
		.version = 3,
		.restricted = 1,
		.in_enabled = true,
		.vnetwork = addr(net->net),
		.vnetmask = addr(net->netmask),
		.vhost = addr(net->gateway),
		.vdhcp_start = addr(net->address),
		.vnameserver = addr(net->dns),
		.disable_host_loopback = true,
		.disable_dns = true,
	};
	struct usernet *n = xcalloc(1, sizeof(*n));
	int r;

	n->loop = loop;
	n->epoll = n->wire.fd = -1;
	n->wire.on_data = on_frames;
	n->wire.arg = n;
	strbuf_init(&n->in, 2 * (HEAD + FRAME_MAX));
	n->slirp = slirp_new(&config, &callbacks, n);
	if (!n->slirp)
		r = err_set(err, EINVAL, "libslirp makes no such network");
	else
		r = lead(n, addresses, service, err);
	if (r == 0)
		r = watch(n, err);
	if (r == 0)
		r = conn_init(&n->wire, loop, fd, err);
	if (r < 0)
		usernet_free(n);
	else
		*ret_net = n;
	return r;
}

int usernet_forward(struct usernet *n, const struct cloud_net *net, uint16_t guest_port,
		    struct err *err)
{
	if (slirp_add_hostfwd(n->slirp, 0, addr("127.0.0.1"), 0, addr(net->address), guest_port) <
	    0)
		return err_errno(err, errno, "cannot forward a port to the guest's port %u",
				 guest_port);
	rewatch(n);
	return 0;
}

char *usernet_info(struct usernet *n)
{
	return slirp_connection_info(n->slirp);
}

void usernet_free(struct usernet *n)
{
	if (!n)
		return;
	conn_close(&n->wire);
	strbuf_release(&n->in);
	loop_fd_stop(&n->sockets);
	loop_timer_stop(&n->timer);
	if (n->slirp)
		slirp_cleanup(n->slirp);
	cleanup_close(&n->epoll);
	free(n);
}
