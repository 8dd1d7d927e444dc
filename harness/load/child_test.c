/* SPDX-License-Identifier: MIT */
#include "load/child.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct loop *loop;

static int setup(void **state)
{
	return loop_new(&loop, NULL);
}

static int teardown(void **state)
{
	loop_free(loop);
	return 0;
}

static struct child *run(const char *script, struct deadline d)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct child_spec spec = {.argv = (char *const *)argv, .deadline = d};
	struct child *c = NULL;

	assert_int_equal(child_start(loop, &spec, &c, NULL), 0);
	assert_int_equal(loop_wait(loop, child_ended, c, deadline_in(20 * SEC)), 0);
	return c;
}

static void keeps_both_streams(void **state)
{
	struct child *c = run("echo out; echo err >&2; exit 5", deadline_in(10 * SEC));

	assert_int_equal(WEXITSTATUS(child_status(c)), 5);
	assert_string_equal(strbuf_str(child_stdout(c)), "out\n");
	assert_string_equal(strbuf_str(child_stderr(c)), "err\n");
	assert_false(child_timed_out(c));
	child_free(c);
}

static void has_a_ceiling(void **state)
{
	struct child *c = run("head -c 2000000 /dev/zero", deadline_in(10 * SEC));

	assert_int_equal(child_status(c), 0);
	assert_int_equal(child_stdout(c)->len, CHILD_OUTPUT_MAX);
	child_free(c);
}

static void is_killed_at_its_deadline(void **state)
{
	uint64_t from = now_us();
	struct child *c = run("echo begun; sleep 100", deadline_in(300 * MSEC));

	assert_true(child_timed_out(c));
	assert_true(WIFSIGNALED(child_status(c)));
	assert_string_equal(strbuf_str(child_stdout(c)), "begun\n");
	assert_true(now_us() - from < 10 * SEC);
	child_free(c);
}

/* Somebody who keeps the pipe open does not keep us. */
static void waits_for_no_stranger(void **state)
{
	uint64_t from = now_us();
	struct child *c = run("setsid sleep 5 & echo done", deadline_in(10 * SEC));

	assert_int_equal(child_status(c), 0);
	assert_string_equal(strbuf_str(child_stdout(c)), "done\n");
	assert_true(now_us() - from < 4 * SEC);
	child_free(c);
}

static void names_what_is_missing(void **state)
{
	const char *argv[] = {"no-program-of-this-name", NULL};
	struct child_spec spec = {.argv = (char *const *)argv, .deadline = deadline_in(SEC)};
	struct child *c = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(child_start(loop, &spec, &c, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no-program-of-this-name"));
	assert_null(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_both_streams),
		cmocka_unit_test(has_a_ceiling),
		cmocka_unit_test(is_killed_at_its_deadline),
		cmocka_unit_test(waits_for_no_stranger),
		cmocka_unit_test(names_what_is_missing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
