/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/conn.h"

static struct loop *loop;
static struct conn conn;
static int far_end;
static struct strbuf got;
static unsigned int deliveries, closes;
static int close_error;

static void on_data(void *arg, const char *data, size_t n)
{
	deliveries++;
	strbuf_add(&got, data, n);
}

static void on_close(void *arg, int error)
{
	closes++;
	close_error = error;
}

static int setup(void **state)
{
	int pair[2];

	if (loop_new(&loop, NULL) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	conn = (struct conn){.on_data = on_data, .on_close = on_close};
	strbuf_init(&got, 1u << 20);
	deliveries = closes = 0;
	far_end = pair[1];
	return conn_init(&conn, loop, pair[0], NULL);
}

static int teardown(void **state)
{
	conn_close(&conn);
	if (far_end >= 0)
		close(far_end);
	strbuf_release(&got);
	loop_free(loop);
	return 0;
}

static void say(const char *s)
{
	assert_int_equal(write(far_end, s, strlen(s)), strlen(s));
}

static bool has_all(void *arg)
{
	return got.len >= *(size_t *)arg;
}

static void wait_for(size_t n)
{
	assert_int_equal(loop_wait(loop, has_all, &n, deadline_in(5 * SEC)), 0);
}

static bool closed(void *arg)
{
	return closes > 0;
}

static void bytes_come_and_then_the_end(void **state)
{
	say("hello");
	close(TAKE_FD(far_end));
	assert_int_equal(loop_wait(loop, closed, NULL, deadline_in(5 * SEC)), 0);
	assert_string_equal(strbuf_str(&got), "hello");
	assert_int_equal(closes, 1);
	assert_int_equal(close_error, 0);
	assert_int_equal(conn.fd, -1);
	assert_int_equal(conn_write(&conn, "x", 1), -EPIPE);
}

static void drain_needs_no_loop(void **state)
{
	say("last words");
	conn_drain(&conn, 1000);
	assert_string_equal(strbuf_str(&got), "last words");
	conn_drain(&conn, 1000);
	assert_int_equal(deliveries, 1);
}

static void bytes_gather_after_the_first(void **state)
{
	conn.gather_us = 500 * MSEC;
	say("a");
	wait_for(1);
	say("b");
	assert_int_equal(loop_wait(loop, NULL, NULL, deadline_in(20 * MSEC)), -ETIMEDOUT);
	say("c");
	assert_int_equal(deliveries, 1);
	wait_for(3);
	assert_int_equal(deliveries, 2);
	assert_string_equal(strbuf_str(&got), "abc");
	/* And so on, as long as there is something. */
	say("d");
	wait_for(4);
	assert_int_equal(deliveries, 3);
}

static void close_while_gathering(void **state)
{
	conn.gather_us = 50 * MSEC;
	say("a");
	wait_for(1);
	conn_close(&conn);
	assert_int_equal(loop_wait(loop, NULL, NULL, deadline_in(80 * MSEC)), -ETIMEDOUT);
	assert_int_equal(deliveries, 1);
}

static void writing_while_gathering(void **state)
{
	char buf[8] = "";

	conn.gather_us = 20 * MSEC;
	say("a");
	wait_for(1);
	assert_int_equal(conn_write(&conn, "reply", 5), 0);
	assert_int_equal(read(far_end, buf, sizeof(buf)), 5);
	say("b");
	wait_for(2);
}

static void output_has_a_ceiling_and_is_kept_in_order(void **state)
{
	static char piece[1u << 16];
	size_t sent = 0, seen = 0;
	char buf[1u << 16];
	int r;

	memset(piece, 'x', sizeof(piece));
	while ((r = conn_write(&conn, piece, sizeof(piece))) == 0)
		sent += sizeof(piece);
	assert_int_equal(r, -ENOBUFS);
	assert_true(sent <= CONN_OUT_MAX + (1u << 20));
	while (seen < sent) {
		ssize_t n = recv(far_end, buf, sizeof(buf), MSG_DONTWAIT);

		if (n > 0)
			seen += (size_t)n;
		loop_poll(loop);
	}
	assert_true(conn_drained(&conn));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_come_and_then_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(drain_needs_no_loop, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_gather_after_the_first, setup, teardown),
		cmocka_unit_test_setup_teardown(close_while_gathering, setup, teardown),
		cmocka_unit_test_setup_teardown(writing_while_gathering, setup, teardown),
		cmocka_unit_test_setup_teardown(output_has_a_ceiling_and_is_kept_in_order, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
