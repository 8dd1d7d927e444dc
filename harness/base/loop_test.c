/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/loop.h"

static void count(void *arg)
{
	++*(int *)arg;
}

static bool is_three(void *arg)
{
	return *(int *)arg == 3;
}

static void timers_repeat_and_stop(void **state)
{
	struct loop_timer t = {0};
	struct loop *loop;
	int n = 0;

	assert_int_equal(loop_new(&loop, NULL), 0);
	loop_timer_start(loop, &t, MSEC, MSEC, count, &n);
	assert_int_equal(loop_wait(loop, is_three, &n, deadline_in(10 * SEC)), 0);
	loop_timer_stop(&t);
	loop_timer_stop(&t);
	assert_int_equal(loop_wait(loop, NULL, NULL, deadline_in(20 * MSEC)), -ETIMEDOUT);
	assert_int_equal(n, 3);
	loop_free(loop);
}

static void one_shot_ends_by_itself(void **state)
{
	struct loop_timer t = {0};
	struct loop *loop;
	int n = 2;

	assert_int_equal(loop_new(&loop, NULL), 0);
	loop_timer_start(loop, &t, 0, 0, count, &n);
	assert_int_equal(loop_wait(loop, is_three, &n, deadline_in(10 * SEC)), 0);
	assert_null(t.impl);
	loop_free(loop);
}

struct reader {
	int fd;
	unsigned int seen;
};

static void on_ready(void *arg, unsigned int events)
{
	((struct reader *)arg)->seen |= events;
}

static bool has_seen(void *arg)
{
	return ((struct reader *)arg)->seen != 0;
}

static void descriptors_tell_of_data_and_end(void **state)
{
	struct loop_fd w = {0};
	struct reader r = {0};
	struct loop *loop;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(loop_new(&loop, NULL), 0);
	assert_int_equal(loop_fd_start(loop, &w, fds[0], LOOP_READ, on_ready, &r), 0);
	assert_int_equal(loop_wait(loop, has_seen, &r, deadline_in(5 * MSEC)), -ETIMEDOUT);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(loop_wait(loop, has_seen, &r, deadline_in(10 * SEC)), 0);
	assert_true(r.seen & LOOP_READ);
	loop_fd_stop(&w);
	close(fds[0]);
	close(fds[1]);
	loop_free(loop);
}

/* The leak checker sees a loop that was not freed: a cancellation used to leave it so. */
static void cancelled_loop_is_freed_whole(void **state)
{
	struct loop_timer t = {0};
	struct loop *loop;
	int n = 0;

	assert_int_equal(loop_new(&loop, NULL), 0);
	assert_int_equal(loop_catch_signals(loop, NULL), 0);
	loop_timer_start(loop, &t, SEC, 0, count, &n);
	raise(SIGTERM);
	assert_int_equal(loop_wait(loop, is_three, &n, deadline_in(10 * SEC)), -EINTR);
	assert_int_equal(loop_cancelled(loop), SIGTERM);
	assert_int_equal(loop_wait(loop, is_three, &n, deadline_in(10 * SEC)), -EINTR);
	loop_timer_stop(&t);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_repeat_and_stop),
		cmocka_unit_test(one_shot_ends_by_itself),
		cmocka_unit_test(descriptors_tell_of_data_and_end),
		cmocka_unit_test(cancelled_loop_is_freed_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
