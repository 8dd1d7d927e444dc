/* SPDX-License-Identifier: MIT */
#include "machine/metadata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/conn.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

#define NOW 1000000

static char *keys[] = {"ssh-ed25519 AAAA1 one"};
static struct seed seed = {.instance_id = "i-1",
			   .hostname = "web-1",
			   .region = "r",
			   .zone = "z",
			   .keys = {.v = keys, .n = 1},
			   .user_data = "#!/bin/sh\ntrue\n"};

static struct metadata_site site;
static struct metadata_reply reply;

static int open_tencent(void **state)
{
	metadata_site_init(&site, &cloud_tencent, &seed);
	return 0;
}

static int open_aliyun(void **state)
{
	metadata_site_init(&site, &cloud_aliyun, &seed);
	return 0;
}

static int open_huawei(void **state)
{
	metadata_site_init(&site, &cloud_huawei, &seed);
	return 0;
}

static int close_site(void **state)
{
	metadata_site_release(&site);
	return 0;
}

/* The whole answer to one request that must be taken whole; the caller frees. */
static char *ask_at(uint64_t now, const char *request)
{
	struct strbuf out = STRBUF_INIT(1u << 20);

	assert_int_equal(metadata_answer(&site, now, request, strlen(request), &out, &reply),
			 strlen(request));
	return strbuf_detach(&out, NULL);
}

static void body_is(const char *request, const char *body)
{
	_autofree_ char *answer = ask_at(NOW, request);
	const char *got = strstr(answer, "\r\n\r\n");
	_autofree_ char *length = xasprintf("\r\nContent-Length: %zu\r\n", strlen(body));

	assert_int_equal(reply.status, 200);
	assert_non_null(got);
	assert_string_equal(got + 4, body);
	assert_non_null(strstr(answer, length));
}

static void status_is(const char *request, int status)
{
	_autofree_ char *answer = ask_at(NOW, request);
	_autofree_ char *line = xasprintf("HTTP/1.1 %d ", status);

	assert_int_equal(reply.status, status);
	assert_memory_equal(answer, line, strlen(line));
}

static void texts(void **state)
{
	body_is("GET /latest/meta-data/instance-id HTTP/1.1\r\nHost: a\r\n\r\n", "i-1");
	assert_string_equal(reply.what, "GET /latest/meta-data/instance-id 200");
	assert_false(reply.close);
	body_is("GET //latest/user-data?x=1 HTTP/1.0\n\n", seed.user_data);
	assert_true(reply.close);
	body_is("GET /latest/meta-data/mac HTTP/1.1\r\nconnection: Close\r\n\r\n", CLOUD_MAC);
	assert_true(reply.close);
	body_is("GET /latest/meta-data/mac HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", CLOUD_MAC);
}

static void folders(void **state)
{
	body_is("GET /latest/meta-data/placement/ HTTP/1.1\r\n\r\n", "region\nzone");
	body_is("GET /latest/meta-data/network/interfaces/macs HTTP/1.1\r\n\r\n", CLOUD_MAC "/");
	body_is("GET / HTTP/1.1\r\n\r\n", "latest/");
	status_is("GET /latest/meta-dat HTTP/1.1\r\n\r\n", 404);
	status_is("GET /latest/../latest HTTP/1.1\r\n\r\n", 404);
}

static void versions(void **state)
{
	body_is("GET /2016-01-01/meta-data/instance-id HTTP/1.1\r\n\r\n", "i-1");
	body_is("GET /openstack/2018-08-27/user_data HTTP/1.1\r\n\r\n", seed.user_data);
	body_is("GET /openstack/2018-08-27 HTTP/1.1\r\n\r\n",
		"meta_data.json\nnetwork_data.json\nuser_data");
	status_is("GET /2016-01-011/meta-data/instance-id HTTP/1.1\r\n\r\n", 404);
	status_is("GET /2016-01-0/meta-data/instance-id HTTP/1.1\r\n\r\n", 404);
}

static void folders_of_openstack(void **state)
{
	body_is("GET /openstack HTTP/1.1\r\n\r\n", "latest");
	body_is("GET /openstack/latest/ HTTP/1.1\r\n\r\n",
		"meta_data.json\nnetwork_data.json\nuser_data");
}

static void methods(void **state)
{
	_autofree_ char *answer = ask_at(NOW, "HEAD /latest/user-data HTTP/1.1\r\n\r\n");

	assert_int_equal(reply.status, 200);
	assert_non_null(strstr(answer, "Content-Length: 15\r\n"));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
	status_is("POST /latest/user-data HTTP/1.1\r\n\r\n", 405);
	status_is("PUT /latest/api/token HTTP/1.1\r\n\r\n", 405);
}

static void tokens(void **state)
{
	static const char put[] = "PUT /latest/api/token HTTP/1.1\r\n"
				  "X-aliyun-ecs-metadata-token-ttl-seconds: 10\r\n\r\n";
	_autofree_ char *first = ask_at(NOW, put);
	const char *token = strstr(first, "\r\n\r\n") + 4;
	_autofree_ char *get = xasprintf("GET /latest/meta-data/hostname HTTP/1.1\r\n"
					 "x-aliyun-ecs-metadata-token: %s\r\n\r\n",
					 token);
	_autofree_ char *late = NULL;

	assert_int_equal(strlen(token), 32);
	body_is(get, "web-1");
	status_is("GET /latest/meta-data/hostname HTTP/1.1\r\n\r\n", 401);
	status_is("GET /nowhere HTTP/1.1\r\n\r\n", 401);
	status_is("GET /latest/user-data HTTP/1.1\r\nX-aliyun-ecs-metadata-token: \r\n\r\n", 401);
	late = ask_at(NOW + 10 * SEC, get);
	assert_int_equal(reply.status, 401);
	for (int i = 0; i < METADATA_TOKENS; i++)
		free(ask_at(NOW, put));
	status_is(get, 401);
}

static void times_of_tokens(void **state)
{
	static const char *const bad[] = {"", "0", "-1", "21601", "10s", "99999999999999"};

	status_is("PUT /latest/api/token HTTP/1.1\r\n\r\n", 400);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_autofree_ char *put =
			xasprintf("PUT /latest/api/token HTTP/1.1\r\n"
				  "X-aliyun-ecs-metadata-token-ttl-seconds: %s\r\n\r\n",
				  bad[i]);

		status_is(put, 400);
	}
}

static void not_whole(void **state)
{
	static const char *const parts[] = {"",
					    "G",
					    "GET / HTTP/1.1",
					    "GET / HTTP/1.1\r\n",
					    "GET / HTTP/1.1\r\nHost: a\r\n",
					    "GET / HTTP/1.1\r\n\r",
					    "PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabc"};
	struct strbuf out = STRBUF_INIT(4096);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_int_equal(
			metadata_answer(&site, NOW, parts[i], strlen(parts[i]), &out, &reply), 0);
	assert_int_equal(out.len, 0);
}

static void what_is_no_request(void **state)
{
	static const char *const bad[] = {"\n\n",
					  "hello\r\n\r\n",
					  "GET /\r\n\r\n",
					  "GET latest HTTP/1.1\r\n\r\n",
					  "GET / HTTP/2.0\r\n\r\n",
					  "GETTTTTTTT / HTTP/1.1\r\n\r\n"};
	_autofree_ char *big = xcalloc(1, METADATA_HEAD_MAX + 1);
	_autofree_ char *path = xcalloc(1, 2000);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		status_is(bad[i], 400);
		assert_true(reply.close);
	}
	memset(big, 'a', METADATA_HEAD_MAX);
	status_is(big, 431);
	assert_true(reply.close);
	snprintf(path, 2000, "GET /%01000d HTTP/1.1\r\n\r\n", 0);
	status_is(path, 400);
	status_is("PUT / HTTP/1.1\r\nContent-Length: 99999\r\n\r\nabc", 413);
	assert_true(reply.close);
}

static void a_zero_byte(void **state)
{
	static const char request[] = "GET /\0a HTTP/1.1\r\n\r\n";
	struct strbuf out = STRBUF_INIT(4096);

	assert_int_equal(metadata_answer(&site, NOW, request, sizeof(request) - 1, &out, &reply),
			 sizeof(request) - 1);
	assert_int_equal(reply.status, 400);
	strbuf_release(&out);
}

/* --- Over the socket --- */

struct client {
	struct conn conn;
	struct strbuf got;
	bool closed;
};

static void on_got(void *arg, const char *data, size_t n)
{
	struct client *c = arg;

	assert_int_equal(strbuf_add(&c->got, data, n), 0);
}

static void on_gone(void *arg, int error)
{
	struct client *c = arg;

	c->closed = true;
}

static bool is_closed(void *arg)
{
	return ((struct client *)arg)->closed;
}

static unsigned int asked;

static void on_request(void *arg, const char *what)
{
	asked++;
}

static void start_client(struct client *c, struct loop *loop, const struct metadata *m)
{
	*c = (struct client){.got = STRBUF_INIT(1u << 20)};
	c->conn.on_data = on_got;
	c->conn.on_close = on_gone;
	c->conn.arg = c;
	assert_int_equal(conn_open_unix(&c->conn, loop, metadata_socket(m), NULL), 0);
	/* The service is let in between, or the next one might wait for it for ever. */
	loop_poll(loop);
}

static void end_client(struct client *c)
{
	conn_close(&c->conn);
	strbuf_release(&c->got);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* More callers than there are places, some of whom say nothing; requests one behind the other. */
static void many_callers(void **state)
{
	static const char two[] = "GET /latest/meta-data/mac HTTP/1.1\r\n\r\n"
				  "GET /latest/user-data HTTP/1.0\r\n\r\n";
	const struct metadata_listener listener = {.on_request = on_request};
	char dir[] = "/tmp/metadata-test-XXXXXX";
	struct client silent[8], clients[40];
	struct metadata *m = NULL;
	struct loop *loop = NULL;
	struct err err = ERR_INIT;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(loop_new(&loop, &err), 0);
	if (metadata_start(loop, &cloud_tencent, &seed, dir, &listener, &m, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		start_client(&silent[i], loop, m);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
			start_client(&clients[i], loop, m);
			assert_int_equal(conn_write(&clients[i].conn, two, strlen(two)), 0);
		}
		for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
			assert_int_equal(
				loop_wait(loop, is_closed, &clients[i], deadline_in(60 * SEC)), 0);
			assert_int_equal(count(strbuf_str(&clients[i].got), "HTTP/1.1 200 OK"), 2);
			assert_non_null(strstr(strbuf_str(&clients[i].got), CLOUD_MAC));
			end_client(&clients[i]);
		}
	}
	assert_int_equal(asked, 2 * 2 * ARRAY_SIZE(clients));
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
		assert_false(silent[i].closed);
		end_client(&silent[i]);
	}
	metadata_free(m);
	loop_free(loop);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts, open_tencent, close_site),
		cmocka_unit_test_setup_teardown(folders, open_tencent, close_site),
		cmocka_unit_test_setup_teardown(folders_of_openstack, open_huawei, close_site),
		cmocka_unit_test_setup_teardown(versions, open_huawei, close_site),
		cmocka_unit_test_setup_teardown(methods, open_tencent, close_site),
		cmocka_unit_test_setup_teardown(tokens, open_aliyun, close_site),
		cmocka_unit_test_setup_teardown(times_of_tokens, open_aliyun, close_site),
		cmocka_unit_test_setup_teardown(not_whole, open_tencent, close_site),
		cmocka_unit_test_setup_teardown(what_is_no_request, open_tencent, close_site),
		cmocka_unit_test_setup_teardown(a_zero_byte, open_tencent, close_site),
		cmocka_unit_test(many_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
