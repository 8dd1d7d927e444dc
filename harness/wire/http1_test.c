/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "wire/http1.h"

static void splits_responses(void **state)
{
	static const struct {
		const char *text;
		int r;
	} cases[] = {
		{"", -EAGAIN},
		{"HTTP/1.1 200 OK\r\n", -EAGAIN},
		{"HTTP/1.1 200 OK\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", -EAGAIN},
		{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", 0},
		{"HTTP/1.1 200 OK\ncontent-length:2\n\nab", 0},
		{"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab", -EBADMSG},
		{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", -EBADMSG},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", -EBADMSG},
		{"HTTP/2 200\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 2x0 OK\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http1_response r;

		if (http1_parse(cases[i].text, strlen(cases[i].text), false, &r) != cases[i].r)
			fail_msg("case %zu", i);
	}
}

#define OK "HTTP/1.1 200 OK\r\n"

static void heads(void **state)
{
	static const struct {
		const char *text;
		int r;
		enum http1_framing framing;
		size_t length;
	} cases[] = {
		{OK "Content-Length: 5\r\n\r\n", 0, HTTP1_LENGTH, 5},
		{OK "Content-Length: 5 \r\nContent-Length: 5\r\n\r\n", 0, HTTP1_LENGTH, 5},
		{OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", -EBADMSG, 0, 0},
		{OK "Content-Length: 5, 6\r\n\r\n", -EBADMSG, 0, 0},
		{OK "\r\n", 0, HTTP1_UNTIL_CLOSE, 0},
		{OK "transfer-encoding: Chunked\r\n\r\n", 0, HTTP1_CHUNKED, 0},
		{OK "Transfer-Encoding: gzip, chunked\r\n\r\n", -EBADMSG, 0, 0},
		{OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", -EBADMSG, 0, 0},
		{"HTTP/1.1 204 No Content\r\n\r\n", 0, HTTP1_NO_BODY, 0},
		{"HTTP/1.1 200\r\n\r\n", 0, HTTP1_UNTIL_CLOSE, 0},
		{"<html>", -EAGAIN, 0, 0},
		{"<html>\n", -EBADMSG, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http1_head h;

		if (http1_parse_head(cases[i].text, strlen(cases[i].text), false, &h) != cases[i].r)
			fail_msg("case %zu", i);
		if (cases[i].r == 0 &&
		    (h.framing != cases[i].framing || h.length != cases[i].length ||
		     h.size != strlen(cases[i].text)))
			fail_msg("case %zu: %d %zu", i, h.framing, h.length);
	}
}

static void a_location(void **state)
{
	static const char text[] = "HTTP/1.1 302 Found\r\nLocation:  /there \r\n\r\n";
	struct http1_head h;

	assert_int_equal(http1_parse_head(text, strlen(text), false, &h), 0);
	assert_int_equal(h.status, 302);
	assert_int_equal(h.location_len, 6);
	assert_memory_equal(h.location, "/there", 6);
}

static void too_many_lines(void **state)
{
	_cleanup_(strbuf_release) struct strbuf lines = STRBUF_INIT(1u << 20);
	_cleanup_(strbuf_release) struct strbuf line = STRBUF_INIT(1u << 20);
	struct http1_head h;

	strbuf_addstr(&lines, OK);
	strbuf_addstr(&line, OK "X: ");
	for (int i = 0; i < 1000; i++)
		strbuf_addstr(&lines, "X: y\r\n");
	for (int i = 0; i < 70000; i++)
		strbuf_addch(&line, 'x');
	assert_int_equal(http1_parse_head(lines.buf, lines.len, false, &h), -EBADMSG);
	assert_int_equal(http1_parse_head(line.buf, line.len, false, &h), -EBADMSG);
}

/* Fed byte by byte; 1, 0 or an error, and what came out. */
static int body_of(const char *text, struct strbuf *out)
{
	struct http1_head h;
	struct http1_body b;
	size_t n = strlen(text);
	int r = 0;

	assert_int_equal(http1_parse_head(text, n, false, &h), 0);
	http1_body_init(&b, &h);
	for (size_t i = h.size; i < n && r == 0; i++)
		r = http1_body_take(&b, text + i, 1, out);
	return r ? r : http1_body_end(&b);
}

#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static void bodies(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *body;
	} cases[] = {
		{OK "Content-Length: 5\r\n\r\nhello, and more", 1, "hello"},
		{OK "Content-Length: 5\r\n\r\nhell", -EBADMSG, "hell"},
		{OK "Content-Length: 99\r\n\r\nhello", -E2BIG, ""},
		{OK "\r\nhello", 0, "hello"},
		{OK "\r\nhello, this is longer", -E2BIG, "hello, thi"},
		{CHUNKED "5\r\nhello\r\n0\r\n\r\n", 1, "hello"},
		{CHUNKED "2\nhe\n3;x=\"y\"\nllo\n0\n\n", 1, "hello"},
		{CHUNKED "0005 \r\nhello\r\n0\r\nTrailer: x\r\nother: y\r\n\r\n", 1, "hello"},
		{CHUNKED "5\r\nhello\r\n0\r\n", -EBADMSG, "hello"},
		{CHUNKED "5\r\nhello\r\n", -EBADMSG, "hello"},
		{CHUNKED "5\r\nhello!\r\n0\r\n\r\n", -EBADMSG, "hello"},
		{CHUNKED "4\r\nhello\r\n0\r\n\r\n", -EBADMSG, "hell"},
		{CHUNKED "9\r\nhello\r\n0\r\n\r\n", -EBADMSG, "hello\r\n0\r"},
		{CHUNKED "\r\nhello\r\n0\r\n\r\n", -EBADMSG, ""},
		{CHUNKED "-5\r\nhello\r\n0\r\n\r\n", -EBADMSG, ""},
		{CHUNKED "0x5\r\nhello\r\n0\r\n\r\n", -EBADMSG, ""},
		{CHUNKED "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n", -EBADMSG, ""},
		{CHUNKED "8\r\nhello, I\r\n8\r\n am here\r\n0\r\n\r\n", -E2BIG, "hello, I a"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(10);
		int r = body_of(cases[i].text, &out);

		if (r != cases[i].r || strcmp(strbuf_str(&out), cases[i].body))
			fail_msg("case %zu: %d '%s'", i, r, strbuf_str(&out));
	}
}

static void endless_words_between_chunks(void **state)
{
	_cleanup_(strbuf_release) struct strbuf words = STRBUF_INIT(1u << 20);
	_cleanup_(strbuf_release) struct strbuf trailer = STRBUF_INIT(1u << 20);
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(10);

	strbuf_addstr(&words, CHUNKED "5;");
	strbuf_addstr(&trailer, CHUNKED "0\r\n");
	for (int i = 0; i < 10000; i++) {
		strbuf_addch(&words, 'x');
		strbuf_addstr(&trailer, "X: y\r\n");
	}
	assert_int_equal(body_of(words.buf, &out), -EBADMSG);
	assert_int_equal(body_of(trailer.buf, &out), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_responses), cmocka_unit_test(heads),
		cmocka_unit_test(a_location),	    cmocka_unit_test(too_many_lines),
		cmocka_unit_test(bodies),	    cmocka_unit_test(endless_words_between_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
