/* SPDX-License-Identifier: MIT */
#include "load/http.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <curl/curl.h>

#include "base/cleanup.h"
#include "base/library.h"
#include "base/sha256.h"
#include "base/xalloc.h"

/* clang-format off */
#define CALLS(X) \
	X(easy_cleanup) X(easy_getinfo) X(easy_init) X(easy_setopt) X(easy_strerror) \
	X(global_init) X(multi_add_handle) X(multi_assign) X(multi_cleanup) X(multi_info_read) \
	X(multi_init) X(multi_remove_handle) X(multi_setopt) X(multi_socket_action) \
	X(multi_strerror) X(slist_append) X(slist_free_all)
/* clang-format on */
#define MEMBER(call) __typeof__(curl_##call) *call;
#define ROW(call)    {"curl_" #call, (void **)&curl.call},
static struct {
	CALLS(MEMBER)
} curl;
static const struct library_call calls[] = {CALLS(ROW){NULL, NULL}};
/* By the names of either of Debian's builds. */
static struct library library = {.files = {"libcurl.so.4", "libcurl-gnutls.so.4"}, .calls = calls};

struct http_request {
	struct http *http;
	struct http_request *next, **link; /* list of all */
	CURL *easy;
	struct curl_slist *headers;
	struct sha256 *hash;
	struct http_response response;
	char curl_text[CURL_ERROR_SIZE];
	uint64_t started;
	bool ended, too_large;
	void (*on_done)(void *arg, struct http_request *req);
	void *arg;
};

/* One a connection of the library's. */
struct watch {
	struct loop_fd fd_watch;
	struct http *http;
	curl_socket_t fd;
	struct watch *next, **link;
};

struct http {
	struct loop *loop;
	uint16_t port;
	CURLM *multi;
	struct loop_timer timer;
	struct http_request *requests;
	struct watch *watches;
	size_t under_way;
};

static void collect(struct http *h);

static void on_fd(void *arg, unsigned int events)
{
	struct watch *w = arg;
	struct http *h = w->http;
	int what = 0, running;

	if (events & LOOP_READ)
		what |= CURL_CSELECT_IN;
	if (events & LOOP_WRITE)
		what |= CURL_CSELECT_OUT;
	if (events & LOOP_HUP)
		what |= CURL_CSELECT_IN; /* what still lies there is read before the end is */
	curl.multi_socket_action(h->multi, w->fd, what, &running);
	collect(h);
}

static void free_watch(struct watch *w)
{
	loop_fd_stop(&w->fd_watch);
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	free(w);
}

static struct watch *new_watch(struct http *h, curl_socket_t fd)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->http = h;
	w->fd = fd;
	w->link = &h->watches;
	w->next = h->watches;
	if (w->next)
		w->next->link = &w->next;
	h->watches = w;
	return w;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct http *h = arg;
	struct watch *w = socket_arg;
	unsigned int events = 0;

	if (what == CURL_POLL_REMOVE) {
		if (w) {
			curl.multi_assign(h->multi, fd, NULL);
			free_watch(w);
		}
		return 0;
	}
	if (!w) {
		w = new_watch(h, fd);
		curl.multi_assign(h->multi, fd, w);
	}
	if (what & CURL_POLL_IN)
		events |= LOOP_READ;
	if (what & CURL_POLL_OUT)
		events |= LOOP_WRITE;
	loop_fd_start(h->loop, &w->fd_watch, fd, events, on_fd, w);
	return 0;
}

static void on_timer(void *arg)
{
	struct http *h = arg;
	int running;

	curl.multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(h);
}

static int on_timeout(CURLM *multi, long ms, void *arg)
{
	struct http *h = arg;

	if (ms < 0)
		loop_timer_stop(&h->timer);
	else
		loop_timer_start(h->loop, &h->timer, (uint64_t)ms * MSEC, 0, on_timer, h);
	return 0;
}

static int to_errno(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return 0;
	case CURLE_OPERATION_TIMEDOUT:
		return ETIMEDOUT;
	case CURLE_COULDNT_CONNECT:
		return ECONNREFUSED;
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
		return ECONNRESET;
	case CURLE_WRITE_ERROR:
		return EFBIG;
	default:
		return EPROTO;
	}
}

static void end_request(struct http_request *req, CURLcode code)
{
	struct http_response *r = &req->response;
	long connects = 0, status = 0;

	curl.easy_getinfo(req->easy, CURLINFO_NUM_CONNECTS, &connects);
	curl.easy_getinfo(req->easy, CURLINFO_RESPONSE_CODE, &status);
	r->status = (int)status;
	r->new_connection = connects > 0;
	r->time_us = now_us() - req->started;
	r->error = -to_errno(code);
	if (code != CURLE_OK)
		snprintf(r->error_text, sizeof(r->error_text), "%s",
			 req->too_large	   ? "more than the ceiling came"
			 : *req->curl_text ? req->curl_text
					   : curl.easy_strerror(code));
	sha256_end(TAKE(req->hash), r->sha256);
	curl.multi_remove_handle(req->http->multi, req->easy);
	req->ended = true;
	req->http->under_way--;
}

/* Takes what has ended off the library's list. A callback may free the request or add others. */
static void collect(struct http *h)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl.multi_info_read(h->multi, &left))) {
		struct http_request *req = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl.easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&req);
		end_request(req, code);
		if (req->on_done)
			req->on_done(req->arg, req);
	}
}

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct http_request *req = arg;
	struct http_response *r = &req->response;
	size_t room = r->body.max - r->body.len;

	if (r->body_bytes + n > HTTP_BODY_MAX) {
		req->too_large = true;
		return 0;
	}
	r->body_bytes += n;
	sha256_add(req->hash, data, n);
	strbuf_add(&r->body, data, n < room ? n : room);
	return n;
}

static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
	struct http_request *req = arg;

	/* A second status line, as after 100 Continue: the last set of headers counts. */
	if (n > 5 && !strncmp(data, "HTTP/", 5))
		strbuf_reset(&req->response.headers);
	if (strbuf_add(&req->response.headers, data, n) < 0) {
		req->too_large = true;
		return 0;
	}
	return n;
}

static void set_callbacks(struct http_request *req)
{
	curl.easy_setopt(req->easy, CURLOPT_PRIVATE, req);
	curl.easy_setopt(req->easy, CURLOPT_ERRORBUFFER, req->curl_text);
	curl.easy_setopt(req->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl.easy_setopt(req->easy, CURLOPT_WRITEDATA, req);
	curl.easy_setopt(req->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl.easy_setopt(req->easy, CURLOPT_HEADERDATA, req);
}

static void set_options(struct http_request *req, const struct http_spec *spec)
{
	_autofree_ char *url = xasprintf("http://127.0.0.1:%u%s", req->http->port, spec->path);
	uint64_t left = deadline_left(spec->deadline);
	const char *method = spec->method ? spec->method : "GET";

	curl.easy_setopt(req->easy, CURLOPT_URL, url);
	curl.easy_setopt(req->easy, CURLOPT_PATH_AS_IS, 1L);
	curl.easy_setopt(req->easy, CURLOPT_PROTOCOLS_STR, "http");
	curl.easy_setopt(req->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl.easy_setopt(req->easy, CURLOPT_PROXY, "");
	curl.easy_setopt(req->easy, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(req->easy, CURLOPT_NOPROGRESS, 1L);
	/* 0 would mean none. */
	if (spec->deadline.at != UINT64_MAX)
		curl.easy_setopt(req->easy, CURLOPT_TIMEOUT_MS, (long)(left / MSEC + 1));
	curl.easy_setopt(req->easy, CURLOPT_FRESH_CONNECT, spec->connect ? 1L : 0L);
	if (!strcmp(method, "HEAD"))
		curl.easy_setopt(req->easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(method, "GET"))
		curl.easy_setopt(req->easy, CURLOPT_CUSTOMREQUEST, method);
	for (const char *const *p = spec->headers; p && *p; p++)
		req->headers = curl.slist_append(req->headers, *p);
	if (req->headers)
		curl.easy_setopt(req->easy, CURLOPT_HTTPHEADER, req->headers);
}

int http_new(struct loop *loop, uint16_t port, unsigned int connections, struct http **ret_http,
	     struct err *err)
{
	struct http *h;
	int r = library_load(&library, err);

	if (r < 0)
		return r;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ENOMEM, "cannot start libcurl");
	h = xcalloc(1, sizeof(*h));
	h->loop = loop;
	h->port = port;
	h->multi = curl.multi_init();
	if (!h->multi) {
		free(h);
		return err_set(err, ENOMEM, "cannot start libcurl");
	}
	curl.multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl.multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl.multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl.multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	curl.multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	curl.multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)connections);
	curl.multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)connections);
	*ret_http = h;
	return 0;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	while (h->requests)
		http_request_free(h->requests);
	curl.multi_cleanup(h->multi);
	while (h->watches)
		free_watch(h->watches);
	loop_timer_stop(&h->timer);
	free(h);
}

int http_start(struct http *h, const struct http_spec *spec, struct http_request **ret_req,
	       struct err *err)
{
	struct http_request *req = xcalloc(1, sizeof(*req));
	CURLMcode r;

	req->http = h;
	req->easy = curl.easy_init();
	if (!req->easy) {
		free(req);
		return err_set(err, ENOMEM, "cannot start a request");
	}
	req->link = &h->requests;
	req->next = h->requests;
	if (req->next)
		req->next->link = &req->next;
	h->requests = req;
	req->hash = sha256_begin();
	req->on_done = spec->on_done;
	req->arg = spec->arg;
	req->started = now_us();
	strbuf_init(&req->response.headers, HTTP_HEADERS_MAX);
	strbuf_init(&req->response.body, spec->keep);
	set_callbacks(req);
	set_options(req, spec);
	r = curl.multi_add_handle(h->multi, req->easy);
	if (r != CURLM_OK) {
		req->ended = true;
		http_request_free(req);
		return err_set(err, EIO, "cannot start a request: %s", curl.multi_strerror(r));
	}
	h->under_way++;
	if (ret_req)
		*ret_req = req;
	return 0;
}

void http_request_free(struct http_request *req)
{
	if (!req)
		return;
	if (!req->ended) {
		curl.multi_remove_handle(req->http->multi, req->easy);
		req->http->under_way--;
	}
	if (req->hash)
		sha256_end(req->hash, req->response.sha256);
	curl.easy_cleanup(req->easy);
	curl.slist_free_all(req->headers);
	*req->link = req->next;
	if (req->next)
		req->next->link = req->link;
	strbuf_release(&req->response.headers);
	strbuf_release(&req->response.body);
	free(req);
}

bool http_request_ended(void *req)
{
	return ((struct http_request *)req)->ended;
}

bool http_idle(void *http)
{
	return ((struct http *)http)->under_way == 0;
}

const struct http_response *http_response(const struct http_request *req)
{
	return &req->response;
}

static void copy_value(const char *from, const char *end, char *buf, size_t n)
{
	size_t len;

	while (from < end && (*from == ' ' || *from == '\t'))
		from++;
	while (end > from && isspace((unsigned char)end[-1]))
		end--;
	len = (size_t)(end - from);
	if (len >= n)
		len = n - 1;
	memcpy(buf, from, len);
	buf[len] = 0;
}

bool http_header(const struct http_response *r, const char *name, char *buf, size_t n)
{
	const char *p = strbuf_str(&r->headers), *end = p + r->headers.len;
	size_t name_len = strlen(name);
	bool found = false;

	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if (!eol)
			eol = end;
		if ((size_t)(eol - p) > name_len && p[name_len] == ':' &&
		    !strncasecmp(p, name, name_len)) {
			copy_value(p + name_len + 1, eol, buf, n);
			found = true;
		}
		p = eol + 1;
	}
	return found;
}
