/* SPDX-License-Identifier: MIT */
#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "fetch_url.h"
#include "wire/http1.h"

#define HEAD_MAX      (80u << 10)
#define REQUEST_MAX   (1u << 20)
#define ADDRESSES_MAX 4
#define PAUSE_US      (200 * MSEC) /* before the second try; then twice as long each time */
#define PAUSE_MAX_US  (2 * SEC)
/* A server that never stops sending does not keep others from being served. */
#define READS_MAX 64

enum state { RESOLVING, CONNECTING, SENDING, READING_HEAD, READING_BODY, PAUSING, ENDED };

static const char *const doing[] = {
	[RESOLVING] = "its name is not known yet",  [CONNECTING] = "it cannot be reached",
	[SENDING] = "it does not take the request", [READING_HEAD] = "it does not answer",
	[READING_BODY] = "its answer does not end", [PAUSING] = "it is in trouble",
};

struct address {
	struct sockaddr_storage sa;
	socklen_t n;
};

struct fetch {
	struct fetch_request r; /* its texts are owned */
	struct fetch_url url;
	bool is_first_host;
	enum state state;
	int fd;
	pid_t resolver; /* 0: none */
	struct address addresses[ADDRESSES_MAX];
	size_t n_addresses, next_address;
	struct strbuf out, in, content;
	size_t sent;
	struct http1_body body;
	unsigned int redirects, tried;
	uint64_t resume_us; /* of a pause */
	int status;
	struct err err;
};

static void hang_up(struct fetch *h)
{
	if (h->resolver) {
		kill(h->resolver, SIGKILL);
		while (waitpid(h->resolver, NULL, 0) < 0 && errno == EINTR)
			;
	}
	h->resolver = 0;
	cleanup_close(&h->fd);
	strbuf_reset(&h->in);
	h->sent = 0;
}

static void end(struct fetch *h)
{
	hang_up(h);
	h->state = ENDED;
}

static void end_badly(struct fetch *h, int code, const char *what)
{
	err_set(&h->err, code, "%s", what);
	end(h);
}

static void connect_next(struct fetch *h);
static void begin(struct fetch *h);

/* Asked again after a while, if it may be. */
static void fail(struct fetch *h, int code, const char *what)
{
	uint64_t pause = PAUSE_US << (h->tried < 8 ? h->tried : 8);

	h->tried++;
	err_clear(&h->err);
	if (code)
		err_errno(&h->err, code, "%s", what);
	if (h->r.tries && h->tried >= h->r.tries) {
		end(h);
		return;
	}
	hang_up(h);
	h->state = PAUSING;
	h->resume_us = now_us() + (pause < PAUSE_MAX_US ? pause : PAUSE_MAX_US);
}

static void connection_fails(struct fetch *h, int code)
{
	cleanup_close(&h->fd);
	if (h->next_address < h->n_addresses)
		connect_next(h);
	else
		fail(h, code, "it cannot be reached");
}

static void connect_next(struct fetch *h)
{
	const struct address *a = &h->addresses[h->next_address++];

	h->state = CONNECTING;
	h->fd = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (h->fd < 0 ||
	    (connect(h->fd, (const struct sockaddr *)&a->sa, a->n) < 0 && errno != EINPROGRESS))
		connection_fails(h, errno);
}

/* 0 or getaddrinfo()'s error. */
static int look_up(const struct fetch_url *u, int flags, struct address *to, size_t *ret_n)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
	struct addrinfo *all = NULL;
	char port[8];
	int r;

	snprintf(port, sizeof(port), "%u", u->port);
	r = getaddrinfo(u->host, port, &hints, &all);
	*ret_n = 0;
	for (struct addrinfo *a = r ? NULL : all; a && *ret_n < ADDRESSES_MAX; a = a->ai_next) {
		memcpy(&to[*ret_n].sa, a->ai_addr, a->ai_addrlen);
		to[(*ret_n)++].n = a->ai_addrlen;
	}
	if (r == 0)
		freeaddrinfo(all);
	return r;
}

/* The whole answer is less than what a pipe takes at once. */
_Noreturn static void resolve_in_child(const struct fetch_url *u, int fd)
{
	struct address list[ADDRESSES_MAX];
	size_t n = 0, size;

	memset(list, 0, sizeof(list));
	if (look_up(u, 0, list, &n) != 0)
		n = 0;
	size = n * sizeof(list[0]);
	_exit(write(fd, list, size) == (ssize_t)size ? 0 : 1);
}

static void resolve(struct fetch *h)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
		end_badly(h, errno, "a pipe cannot be made");
		return;
	}
	h->resolver = fork();
	if (h->resolver == 0)
		resolve_in_child(&h->url, fds[1]);
	close(fds[1]);
	h->fd = fds[0];
	h->state = RESOLVING;
	if (h->resolver < 0) {
		h->resolver = 0;
		end_badly(h, EAGAIN, "a process cannot be made");
	}
}

static void on_resolved(struct fetch *h)
{
	ssize_t n = read(h->fd, h->addresses, sizeof(h->addresses));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	hang_up(h);
	h->n_addresses = n > 0 ? (size_t)n / sizeof(h->addresses[0]) : 0;
	if (h->n_addresses)
		connect_next(h);
	else
		fail(h, EHOSTUNREACH, "its name is not known");
}

static void make_request(struct fetch *h)
{
	const struct fetch_request *r = &h->r;

	strbuf_reset(&h->out);
	strbuf_addf(&h->out,
		    "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: dragonconfig\r\nAccept: */*\r\n"
		    "Connection: close\r\n",
		    r->method, h->url.path, h->url.authority);
	if (h->is_first_host)
		strbuf_addstr(&h->out, r->headers);
	if (r->body_size || strcmp(r->method, "GET") != 0)
		strbuf_addf(&h->out, "Content-Length: %zu\r\n", r->body_size);
	strbuf_addstr(&h->out, "\r\n");
	if (strbuf_add(&h->out, r->body, r->body_size) < 0)
		end_badly(h, E2BIG, "the request is too long");
}

/* From the address on. */
static void begin(struct fetch *h)
{
	strbuf_reset(&h->content);
	h->status = 0;
	h->next_address = 0;
	make_request(h);
	if (h->state == ENDED)
		return;
	if (look_up(&h->url, AI_NUMERICHOST, h->addresses, &h->n_addresses) == 0)
		connect_next(h);
	else
		resolve(h);
}

/* The address that is to be asked now. */
static void go_to(struct fetch *h, const char *url)
{
	struct fetch_url to;
	struct err err = ERR_INIT;

	if (fetch_url_parse(&to, url, &err) < 0) {
		end_badly(h, err.code, err.text);
		return;
	}
	h->is_first_host =
		!h->redirects || (h->is_first_host && strcmp(to.authority, h->url.authority) == 0);
	h->url = to;
	begin(h);
}

static void redirect(struct fetch *h, const struct http1_head *head)
{
	_autofree_ char *url = fetch_url_join(&h->url, head->location, head->location_len);

	if (h->redirects++ == FETCH_REDIRECTS_MAX) {
		end_badly(h, ELOOP, "too many redirections");
		return;
	}
	hang_up(h);
	go_to(h, url);
}

static bool is_redirect(const struct fetch *h, const struct http1_head *head)
{
	static const int all[] = {301, 302, 303, 307, 308};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (head->status == all[i])
			return head->location_len && strcmp(h->r.method, "GET") == 0;
	return false;
}

/* The answer is whole. */
static void finish(struct fetch *h)
{
	if (h->status / 100 == 5 || h->status == 429)
		fail(h, 0, "");
	else
		end(h);
}

static void take_body(struct fetch *h, const char *data, size_t n)
{
	int r = http1_body_take(&h->body, data, n, &h->content);

	if (r == -E2BIG)
		end_badly(h, E2BIG, "its answer is too long");
	else if (r < 0)
		end_badly(h, EBADMSG, "its answer is no HTTP");
	else if (r > 0)
		finish(h);
}

static void take_head(struct fetch *h)
{
	struct http1_head head;
	int r = http1_parse_head(h->in.buf, h->in.len, false, &head);

	while (r == 0 && head.status / 100 == 1 && head.status != 101) {
		strbuf_consume(&h->in, head.size);
		r = http1_parse_head(h->in.buf, h->in.len, false, &head);
	}
	if (r == -EAGAIN)
		return;
	if (r < 0) {
		end_badly(h, EBADMSG, "its answer is no HTTP");
		return;
	}
	if (is_redirect(h, &head)) {
		redirect(h, &head);
		return;
	}
	h->status = head.status;
	h->state = READING_BODY;
	http1_body_init(&h->body, &head);
	take_body(h, h->in.buf + head.size, h->in.len - head.size);
}

static void on_close(struct fetch *h)
{
	if (h->state == READING_BODY && http1_body_end(&h->body) == 0)
		finish(h);
	else
		fail(h, ECONNRESET, "its answer is cut off");
}

static void receive(struct fetch *h)
{
	char buf[16384];

	for (int i = 0; i < READS_MAX && (h->state == READING_HEAD || h->state == READING_BODY);
	     i++) {
		ssize_t n = recv(h->fd, buf, sizeof(buf), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			fail(h, errno, "its answer is cut off");
		else if (n == 0)
			on_close(h);
		else if (h->state == READING_BODY)
			take_body(h, buf, (size_t)n);
		else if (strbuf_add(&h->in, buf, (size_t)n) < 0)
			end_badly(h, EBADMSG, "its answer is no HTTP");
		else if (memchr(buf, '\n', (size_t)n))
			take_head(h);
	}
}

static void send_more(struct fetch *h)
{
	ssize_t n = send(h->fd, h->out.buf + h->sent, h->out.len - h->sent, MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		fail(h, errno, "it does not take the request");
		return;
	}
	h->sent += (size_t)n;
	if (h->sent == h->out.len)
		h->state = READING_HEAD;
}

static void on_connected(struct fetch *h)
{
	int code = 0;
	socklen_t n = sizeof(code);

	if (getsockopt(h->fd, SOL_SOCKET, SO_ERROR, &code, &n) < 0)
		code = errno;
	if (code) {
		connection_fails(h, code);
		return;
	}
	h->state = SENDING;
	send_more(h);
}

/* What is to be waited for, and until when at most; p->fd -1: for nothing else. */
static uint64_t wants(const struct fetch *h, struct pollfd *p)
{
	uint64_t until = h->r.deadline.at;

	*p = (struct pollfd){.fd = h->state == ENDED ? -1 : h->fd, .events = POLLIN};
	if (h->state == CONNECTING || h->state == SENDING)
		p->events = POLLOUT;
	return h->state == PAUSING && h->resume_us < until ? h->resume_us : until;
}

static bool is_ready(const struct fetch *h)
{
	struct pollfd p;

	wants(h, &p);
	return p.fd >= 0 && poll(&p, 1, 0) > 0;
}

/* After a wait for what it wants. */
static void act(struct fetch *h)
{
	if (h->state == ENDED)
		return;
	if (deadline_passed(h->r.deadline)) {
		if (h->state != PAUSING || (!h->err.code && !h->status))
			end_badly(h, ETIMEDOUT, doing[h->state]);
		end(h);
		return;
	}
	if (h->state == PAUSING && now_us() >= h->resume_us)
		begin(h);
	if (h->state == ENDED || !is_ready(h))
		return;
	if (h->state == RESOLVING)
		on_resolved(h);
	else if (h->state == CONNECTING)
		on_connected(h);
	else if (h->state == SENDING)
		send_more(h);
	else
		receive(h);
}

struct fetch *fetch_start(const struct fetch_request *r)
{
	struct fetch *h = xcalloc(1, sizeof(*h));

	h->r = *r;
	h->r.method = xstrdup(r->method ? r->method : "GET");
	h->r.headers = xstrdup(r->headers ? r->headers : "");
	h->r.body = r->body_size ? memcpy(xmalloc(r->body_size), r->body, r->body_size) : NULL;
	h->r.url = NULL;
	h->fd = -1;
	strbuf_init(&h->out, REQUEST_MAX);
	strbuf_init(&h->in, HEAD_MAX);
	strbuf_init(&h->content, r->max);
	go_to(h, r->url);
	return h;
}

void fetch_free(struct fetch *h)
{
	if (!h)
		return;
	hang_up(h);
	free((char *)h->r.method);
	free((char *)h->r.headers);
	free((char *)h->r.body);
	strbuf_release(&h->out);
	strbuf_release(&h->in);
	strbuf_release(&h->content);
	free(h);
}

int fetch_result(const struct fetch *h, struct err *err)
{
	if (h->err.code) {
		if (err)
			*err = h->err;
		return -h->err.code;
	}
	return h->status;
}

char *fetch_take_body(struct fetch *h, size_t *ret_n)
{
	return strbuf_detach(&h->content, ret_n);
}

void fetch_wait(struct fetch *const *all, size_t n)
{
	struct pollfd *p = xcalloc(n + 1, sizeof(*p));

	for (;;) {
		uint64_t until = UINT64_MAX;
		size_t open = 0;

		for (size_t i = 0; i < n; i++) {
			uint64_t due;

			if (all[i]->state == ENDED)
				continue;
			due = wants(all[i], &p[open++]);
			until = due < until ? due : until;
		}
		if (!open)
			break;
		poll(p, open, deadline_poll_ms((struct deadline){until}));
		for (size_t i = 0; i < n; i++)
			act(all[i]);
	}
	free(p);
}
