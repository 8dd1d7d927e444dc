/* SPDX-License-Identifier: MIT */
/* Against a real nginx on loopback, and servers that misbehave. */
#include "load/http.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "fake/lib/servers.h"
#include "load/exchange.h"
#include "wire/http1.h"

#define BIG (4u << 20)

static struct loop *loop;
static struct server server;
static char big_sha256[65];

static int setup(void **state)
{
	return loop_new(&loop, NULL);
}

static int teardown(void **state)
{
	server_stop(&server);
	loop_free(loop);
	return 0;
}

static void put_page(const char *name, const void *data, size_t n)
{
	_autofree_ char *path = xasprintf("%s/www/%s", server.dir, name);

	assert_int_equal(file_write_atomic(path, data, n, 0644, NULL), 0);
}

/* One server for all tests; false leads to a skip. */
static void need_nginx(void)
{
	_autofree_ char *big = NULL;
	struct err err = ERR_INIT;
	int r;

	if (server.port)
		return;
	r = server_start_nginx(&server, loop, "sendfile on;", &err);
	if (r == -ENOENT) {
		print_message("# skipped: %s\n", err.text);
		server_stop(&server);
		skip();
	}
	if (r < 0)
		fail_msg("%s", err.text);
	big = xmalloc(BIG);
	for (size_t i = 0; i < BIG; i++)
		big[i] = (char)(i * 2654435761u >> 11);
	data_sha256(big, BIG, big_sha256);
	put_page("a.txt", "hello\n", 6);
	put_page("empty", "", 0);
	put_page("big", big, BIG);
}

static const struct http_response *get(struct http *h, const struct http_spec *spec)
{
	struct http_request *req = NULL;
	struct err err = ERR_INIT;

	if (http_start(h, spec, &req, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(loop_wait(loop, http_request_ended, req, deadline_in(30 * SEC)), 0);
	return http_response(req);
}

static struct http *client(uint16_t port, unsigned int connections)
{
	struct http *h = NULL;

	assert_int_equal(http_new(loop, port, connections, &h, NULL), 0);
	return h;
}

static struct http_spec spec(const char *path)
{
	return (struct http_spec){.path = path, .keep = 1000, .deadline = deadline_in(20 * SEC)};
}

static void plain(void **state)
{
	static const char *const none_match[] = {"If-None-Match: \"x\"", NULL};
	const struct http_response *r;
	struct http_spec s = spec("/a.txt");
	char etag[100], line[200], length[20];
	const char *match[2] = {line, NULL};
	struct http *h;

	need_nginx();
	h = client(server.port, 1);
	r = get(h, &s);
	assert_int_equal(r->error, 0);
	assert_int_equal(r->status, 200);
	assert_int_equal(r->body_bytes, 6);
	assert_string_equal(strbuf_str(&r->body), "hello\n");
	assert_true(r->new_connection);
	assert_true(http_header(r, "etag", etag, sizeof(etag)));
	assert_false(http_header(r, "etagg", line, sizeof(line)));
	snprintf(line, sizeof(line), "If-None-Match: %s", etag);
	s.headers = match;
	r = get(h, &s);
	assert_int_equal(r->status, 304);
	assert_int_equal(r->body_bytes, 0);
	assert_false(r->new_connection);
	s.headers = none_match;
	assert_int_equal(get(h, &s)->status, 200);
	s = spec("/big");
	s.method = "HEAD";
	r = get(h, &s);
	assert_int_equal(r->status, 200);
	assert_int_equal(r->body_bytes, 0);
	assert_true(http_header(r, "Content-Length", length, sizeof(length)));
	assert_string_equal(length, "4194304");
	s = spec("/missing");
	assert_int_equal(get(h, &s)->status, 404);
	s = spec("/empty");
	r = get(h, &s);
	assert_int_equal(r->status, 200);
	assert_int_equal(r->body_bytes, 0);
	http_free(h);
}

static void bodies_and_ranges(void **state)
{
	static const char *const range[] = {"Range: bytes=1-3", NULL};
	static const char *const beyond[] = {"Range: bytes=9999-", NULL};
	const struct http_response *r;
	struct http_spec s = spec("/big");
	struct http *h;

	need_nginx();
	h = client(server.port, 2);
	r = get(h, &s);
	assert_int_equal(r->body_bytes, BIG);
	assert_int_equal(r->body.len, 1000);
	assert_string_equal(r->sha256, big_sha256);
	s = spec("/a.txt");
	s.headers = range;
	r = get(h, &s);
	assert_int_equal(r->status, 206);
	assert_string_equal(strbuf_str(&r->body), "ell");
	s.headers = beyond;
	assert_int_equal(get(h, &s)->status, 416);
	http_free(h);
}

static void many_at_once(void **state)
{
	struct http_request *reqs[64];
	struct http_spec s = spec("/big");
	unsigned int fresh = 0;
	struct http *h;

	need_nginx();
	h = client(server.port, 64);
	for (size_t i = 0; i < ARRAY_SIZE(reqs); i++)
		assert_int_equal(http_start(h, &s, &reqs[i], NULL), 0);
	assert_int_equal(loop_wait(loop, http_idle, h, deadline_in(60 * SEC)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(reqs); i++) {
		const struct http_response *r = http_response(reqs[i]);

		assert_int_equal(r->error, 0);
		assert_string_equal(r->sha256, big_sha256);
		fresh += r->new_connection;
	}
	assert_int_equal(fresh, 64);
	http_free(h);
	/* Opened one by one, then all used at once: none is opened again. */
	h = client(server.port, 16);
	s = spec("/a.txt");
	s.connect = true;
	for (int i = 0; i < 16; i++)
		assert_true(get(h, &s)->new_connection);
	s = spec("/big");
	for (int i = 0; i < 16; i++)
		assert_int_equal(http_start(h, &s, &reqs[i], NULL), 0);
	assert_int_equal(loop_wait(loop, http_idle, h, deadline_in(60 * SEC)), 0);
	for (int i = 0; i < 16; i++) {
		assert_false(http_response(reqs[i])->new_connection);
		assert_string_equal(http_response(reqs[i])->sha256, big_sha256);
	}
	http_free(h);
	/* Dropped half-way. */
	h = client(server.port, 4);
	for (int i = 0; i < 8; i++)
		http_start(h, &s, NULL, NULL);
	loop_wait(loop, NULL, NULL, deadline_in(5 * MSEC));
	http_free(h);
}

static void pipelined(void **state)
{
	static const char text[] = "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n"
				   "HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\n"
				   "GET /missing HTTP/1.1\r\nHost: a\r\n\r\n"
				   "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	static const int status[] = {200, 200, 404, 200};
	struct exchange_spec xs = {.data = text,
				   .n = sizeof(text) - 1,
				   .reply_max = 100000,
				   .deadline = deadline_in(10 * SEC)};
	struct http1_response r;
	struct exchange *x = NULL;
	const char *p;
	size_t left;

	need_nginx();
	xs.port = server.port;
	assert_int_equal(exchange_start(loop, &xs, &x, NULL), 0);
	assert_int_equal(loop_wait(loop, exchange_ended, x, deadline_in(20 * SEC)), 0);
	assert_int_equal(exchange_error(x), 0);
	p = exchange_reply(x)->buf;
	left = exchange_reply(x)->len;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(http1_parse(p, left, i == 1, &r), 0);
		assert_int_equal(r.status, status[i]);
		assert_int_equal(r.close, i == 3);
		if (i == 0 || i == 3)
			assert_memory_equal(r.body, "hello\n", 6);
		p += r.total;
		left -= r.total;
	}
	assert_int_equal(left, 0);
	exchange_free(x);
}

static void misbehaving(void **state)
{
	static const struct {
		const char *mode;
		int error;
	} cases[] = {
		{"hang", -ETIMEDOUT},	{"close", -ECONNRESET},
		{"reset", -ECONNRESET}, {"half-body", -ECONNRESET},
		{"endless-header", 0},	{"endless-body", -EFBIG},
		{"garbage", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(server_stop) struct server s = SERVER_INIT;
		struct http_spec hs = spec("/");
		const struct http_response *r;
		struct http *h;

		assert_int_equal(server_start_hostile(&s, loop, cases[i].mode, NULL), 0);
		hs.deadline = deadline_in(cases[i].error == -ETIMEDOUT ? 300 * MSEC : 20 * SEC);
		h = client(s.port, 1);
		r = get(h, &hs);
		if (!r->error || (cases[i].error && r->error != cases[i].error))
			fail_msg("%s: %d %s", cases[i].mode, r->error, r->error_text);
		assert_true(*r->error_text);
		http_free(h);
	}
}

static void nobody_there(void **state)
{
	struct http *h = client(server_free_port(), 1);
	struct http_spec hs = spec("/");

	assert_int_equal(get(h, &hs)->error, -ECONNREFUSED);
	http_free(h);
}

static void exchange_ends(void **state)
{
	_cleanup_(server_stop) struct server s = SERVER_INIT;
	struct exchange_spec xs = {.data = "x", .n = 1, .reply_max = 1000};
	struct exchange *x = NULL;

	xs.port = server_free_port();
	xs.deadline = deadline_in(5 * SEC);
	assert_int_equal(exchange_start(loop, &xs, &x, NULL), 0);
	assert_int_equal(loop_wait(loop, exchange_ended, x, deadline_in(20 * SEC)), 0);
	assert_int_equal(exchange_error(x), -ECONNREFUSED);
	exchange_free(x);
	assert_int_equal(server_start_hostile(&s, loop, "hang", NULL), 0);
	xs.port = s.port;
	xs.deadline = deadline_in(100 * MSEC);
	assert_int_equal(exchange_start(loop, &xs, &x, NULL), 0);
	assert_int_equal(loop_wait(loop, exchange_ended, x, deadline_in(20 * SEC)), 0);
	assert_int_equal(exchange_error(x), -ETIMEDOUT);
	assert_true(exchange_connected(x));
	exchange_free(x);
	server_stop(&s);
	assert_int_equal(server_start_hostile(&s, loop, "garbage", NULL), 0);
	xs.port = s.port;
	xs.deadline = deadline_in(5 * SEC);
	assert_int_equal(exchange_start(loop, &xs, &x, NULL), 0);
	assert_int_equal(loop_wait(loop, exchange_ended, x, deadline_in(20 * SEC)), 0);
	assert_int_equal(exchange_error(x), -EFBIG);
	assert_int_equal(exchange_reply(x)->len, 1000);
	exchange_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),	 cmocka_unit_test(bodies_and_ranges),
		cmocka_unit_test(many_at_once),	 cmocka_unit_test(pipelined),
		cmocka_unit_test(misbehaving),	 cmocka_unit_test(nobody_there),
		cmocka_unit_test(exchange_ends),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
