/* SPDX-License-Identifier: MIT */
/* Against a server on loopback that answers each path in a way of its own, most of them badly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "fetch.h"
#include "fetch_url.h"

/* Far longer than anything here takes. */
#define LONG (120 * SEC)

static uint16_t port;
static pid_t server;
static unsigned int *asked; /* shared: how often "/trouble" was */

static void say(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(0);
}

static void swallow(int fd)
{
	char buf[4096];

	while (recv(fd, buf, sizeof(buf), 0) > 0)
		;
}

static void echo(int fd, const char *request)
{
	char head[100];

	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
		 strlen(request));
	say(fd, head);
	say(fd, request);
}

static void endless(int fd, const char *request)
{
	say(fd,
	    strstr(request, "/endless-head") ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
	for (;;)
		say(fd, "X: a line that does not end it\r\n");
}

static void drip(int fd, const char *request)
{
	struct pollfd gone = {.fd = fd, .events = POLLRDHUP};

	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n");
	while (poll(&gone, 1, 5) == 0)
		say(fd, ".");
}

static void hang(int fd, const char *request)
{
	swallow(fd);
}

static void trouble(int fd, const char *request)
{
	bool well = __atomic_add_fetch(asked, 1, __ATOMIC_SEQ_CST) > 2;

	say(fd, well ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell"
		     : "HTTP/1.1 503 Not Now\r\nContent-Length: 3\r\n\r\nbad");
}

static void elsewhere(int fd, const char *request)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "HTTP/1.1 302 Found\r\nLocation: http://localhost:%u/echo\r\n\r\n", port);
	say(fd, text);
}

#define OK "HTTP/1.1 200 OK\r\n"

static const struct answer {
	const char *path, *text;
	void (*act)(int fd, const char *request);
} answers[] = {
	{"/echo", NULL, echo},
	{"/dir/relative", OK "Content-Length: 3\r\n\r\nrel", NULL},
	{"/dir/to-relative", "HTTP/1.1 301 Moved\r\nLocation: relative\r\n\r\n", NULL},
	{"/chunked", OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", NULL},
	{"/until-close", OK "\r\nabc", NULL},
	{"/continue", "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 2\r\n\r\nok", NULL},
	{"/empty", "HTTP/1.1 204 No Content\r\n\r\n", NULL},
	{"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", NULL},
	{"/loop", "HTTP/1.1 302 Found\r\nLocation: /loop\r\n\r\n", NULL},
	{"/tls", "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n", NULL},
	{"/ftp", "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n\r\n", NULL},
	{"/broken", "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno", NULL},
	{"/lying-chunk", OK "Transfer-Encoding: chunked\r\n\r\nfff\r\nabc\r\n0\r\n\r\n", NULL},
	{"/no-chunk", OK "Transfer-Encoding: chunked\r\n\r\n<html>\r\n", NULL},
	{"/cut", OK "Content-Length: 100\r\n\r\nabc", NULL},
	{"/two-lengths", OK "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", NULL},
	{"/garbage", "SSH-2.0-something\r\n", NULL},
	{"/nothing", "", NULL},
	{"/huge", OK "Content-Length: 100000000000\r\n\r\n", NULL},
	{"/elsewhere", NULL, elsewhere},
	{"/endless-head", NULL, endless},
	{"/endless-body", NULL, endless},
	{"/drip", NULL, drip},
	{"/hang", NULL, hang},
	{"/trouble", NULL, trouble},
};

_Noreturn static void serve(int fd)
{
	char request[8192] = "", path[100] = "";
	size_t n = 0;
	ssize_t r;

	while (!strstr(request, "\r\n\r\n") && n + 1 < sizeof(request)) {
		r = recv(fd, request + n, sizeof(request) - 1 - n, 0);
		if (r <= 0)
			_exit(0);
		n += (size_t)r;
		request[n] = '\0';
	}
	if (sscanf(request, "%*s %99s", path) != 1)
		_exit(1);
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		if (strcmp(answers[i].path, path) != 0)
			continue;
		if (answers[i].act)
			answers[i].act(fd, request);
		else
			say(fd, answers[i].text);
	}
	shutdown(fd, SHUT_WR);
	swallow(fd);
	_exit(0);
}

_Noreturn static void serve_all(int listening)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listening, NULL, NULL);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			serve(fd);
		}
		close(fd);
	}
}

static int setup(void **state)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t n = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	asked = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(fd, 100) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &n) < 0)
		return -1;
	port = ntohs(sa.sin_port);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve_all(fd);
	}
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}

static struct fetch *start(const char *path, uint64_t limit, unsigned int tries)
{
	_autofree_ char *url = xasprintf("http://127.0.0.1:%u%s", port, path);
	struct fetch_request r = {.url = url,
				  .headers = "X-Mine: yes\r\n",
				  .max = 100000,
				  .tries = tries,
				  .deadline = deadline_in(limit)};

	return fetch_start(&r);
}

/* The result of one; its body or what is wrong goes to text. */
static int result_of(struct fetch *f, char text[1000])
{
	_autofree_ char *body = NULL;
	struct err err = ERR_INIT;
	int r;

	fetch_wait(&f, 1);
	r = fetch_result(f, &err);
	body = fetch_take_body(f, NULL);
	snprintf(text, 1000, "%s", r < 0 ? err.text : body);
	fetch_free(f);
	return r;
}

static void answers_are_read(void **state)
{
	static const struct {
		const char *path;
		int result;
		const char *text;
	} cases[] = {
		{"/dir/relative", 200, "rel"},
		{"/dir/to-relative", 200, "rel"},
		{"/chunked", 200, "abcde"},
		{"/until-close", 200, "abc"},
		{"/continue", 200, "ok"},
		{"/empty", 204, ""},
		{"/missing", 404, "gone"},
		{"/broken", 500, "no"},
		{"/loop", -ELOOP, "too many redirections"},
		{"/tls", -EPROTONOSUPPORT, "https: there is no TLS here"},
		{"/ftp", -EINVAL, "an address that does not begin with http://"},
		{"/lying-chunk", -ECONNRESET, NULL},
		{"/no-chunk", -EBADMSG, NULL},
		{"/cut", -ECONNRESET, NULL},
		{"/two-lengths", -EBADMSG, NULL},
		{"/garbage", -EBADMSG, NULL},
		{"/nothing", -ECONNRESET, NULL},
		{"/huge", -E2BIG, NULL},
		{"/endless-head", -EBADMSG, NULL},
		{"/endless-body", -E2BIG, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[1000];
		int r = result_of(start(cases[i].path, LONG, 2), text);

		if (r != cases[i].result || (cases[i].text && strcmp(text, cases[i].text)))
			fail_msg("%s: %d %s", cases[i].path, r, text);
	}
}

static void time_has_a_ceiling(void **state)
{
	struct fetch *f[] = {start("/hang", 200 * MSEC, 0), start("/drip", 200 * MSEC, 0),
			     start("/broken", 200 * MSEC, 0), start("/cut", 200 * MSEC, 0)};
	static const int results[] = {-ETIMEDOUT, -ETIMEDOUT, 500, -ECONNRESET};
	char text[1000];

	fetch_wait(f, ARRAY_SIZE(f));
	for (size_t i = 0; i < ARRAY_SIZE(f); i++) {
		int r = result_of(f[i], text);

		/* Where it is slow here, the last two may not have come to an answer. */
		if (r != results[i] && (i < 2 || r != -ETIMEDOUT))
			fail_msg("%zu: %d %s", i, r, text);
	}
}

static void many_at_once(void **state)
{
	struct fetch *f[20];
	char text[1000];

	for (size_t i = 0; i < ARRAY_SIZE(f); i++)
		f[i] = start(i % 2 ? "/chunked" : "/hang", i % 2 ? LONG : 300 * MSEC, 0);
	fetch_wait(f, ARRAY_SIZE(f));
	for (size_t i = 0; i < ARRAY_SIZE(f); i++)
		assert_int_equal(result_of(f[i], text), i % 2 ? 200 : -ETIMEDOUT);
}

static void a_server_in_trouble_is_asked_again(void **state)
{
	char text[1000];

	assert_int_equal(result_of(start("/trouble", LONG, 0), text), 200);
	assert_string_equal(text, "well");
	assert_int_equal(*asked, 3);
}

static void what_is_sent(void **state)
{
	_autofree_ char *url = xasprintf("http://127.0.0.1:%u/echo", port);
	struct fetch_request r = {.method = "POST",
				  .url = url,
				  .headers = "X-Mine: yes\r\n",
				  .body = "a=b",
				  .body_size = 3,
				  .max = 1000,
				  .deadline = deadline_in(LONG)};
	char text[1000];

	assert_int_equal(result_of(fetch_start(&r), text), 200);
	assert_memory_equal(text, "POST /echo HTTP/1.1\r\nHost: 127.0.0.1:", 37);
	assert_non_null(strstr(text, "\r\nX-Mine: yes\r\n"));
	assert_non_null(strstr(text, "\r\nContent-Length: 3\r\n"));
}

/* A token must not go to a server that somebody was sent to. */
static void headers_stay_with_their_host(void **state)
{
	char text[1000];
	int r = result_of(start("/elsewhere", LONG, 1), text);

	/* Where "localhost" is not known the redirection leads nowhere. */
	if (r == -EHOSTUNREACH)
		skip();
	assert_int_equal(r, 200);
	assert_null(strstr(text, "X-Mine"));
}

static void nobody_there(void **state)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t n = sizeof(sa);
	_autoclose_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	_autofree_ char *url = NULL;
	struct fetch_request r = {.tries = 1, .deadline = deadline_in(LONG)};
	char text[1000];

	/* Bound, but nobody listens. */
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &n), 0);
	url = xasprintf("http://127.0.0.1:%u/", ntohs(sa.sin_port));
	r.url = url;
	assert_int_equal(result_of(fetch_start(&r), text), -ECONNREFUSED);
}

static void addresses(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		const char *path;
	} good[] = {
		{"http://a", "a", 80, "/"},	    {"HTTP://a.b:8080/c?d#e", "a.b", 8080, "/c?d"},
		{"http://[::1]:1/", "::1", 1, "/"}, {"http://a:/x", "a", 80, "/x"},
		{"http://a?q", "a", 80, "/?q"},
	};
	static const char *const bad[] = {
		"",
		"a",
		"/a",
		"http://",
		"http:///x",
		"http://u@a/",
		"http://a:0/",
		"http://a:65536/",
		"http://a:b/",
		"http://[::1",
		"http://[]/",
		"http://a/ HTTP/1.1",
		"http://a/\r\nX: y",
		"ftp://a/",
		"https://a/",
	};
	struct fetch_url u;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(fetch_url_parse(&u, good[i].text, &err), 0);
		assert_string_equal(u.host, good[i].host);
		assert_int_equal(u.port, good[i].port);
		assert_string_equal(u.path, good[i].path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (fetch_url_parse(&u, bad[i], &err) >= 0)
			fail_msg("%s", bad[i]);
	assert_int_equal(fetch_url_parse(&u, "https://a/", &err), -EPROTONOSUPPORT);
}

static void addresses_are_joined(void **state)
{
	static const struct {
		const char *location, *url;
	} cases[] = {
		{"http://b/c", "http://b/c"}, {"//b/c", "http://b/c"},
		{"/c", "http://a:81/c"},      {"c?d=/e", "http://a:81/x/c?d=/e"},
		{"", "http://a:81/x/"},	      {"https://b", "https://b"},
	};
	struct fetch_url u;

	assert_int_equal(fetch_url_parse(&u, "http://a:81/x/y?z=/w", NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_autofree_ char *url =
			fetch_url_join(&u, cases[i].location, strlen(cases[i].location));

		assert_string_equal(url, cases[i].url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(addresses_are_joined),
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(what_is_sent),
		cmocka_unit_test(headers_stay_with_their_host),
		cmocka_unit_test(a_server_in_trouble_is_asked_again),
		cmocka_unit_test(many_at_once),
		cmocka_unit_test(time_has_a_ceiling),
		cmocka_unit_test(nobody_there),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
