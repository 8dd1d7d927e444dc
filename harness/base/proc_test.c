/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/proc.h"

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

static int run(char **argv, uint64_t limit, struct strbuf *out, int *status, struct err *err)
{
	struct proc_spec spec = PROC_SPEC_INIT;

	spec.argv = argv;
	return proc_run(loop, &spec, deadline_in(limit), out, NULL, status, err);
}

static void collects_output_and_status(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(100);
	int status = 0;

	assert_int_equal(
		run((char *[]){"sh", "-c", "echo hi; exit 3", NULL}, 10 * SEC, &out, &status, NULL),
		0);
	assert_string_equal(strbuf_str(&out), "hi\n");
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void ceiling_keeps_the_beginning(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(1000);
	int status = -1;

	assert_int_equal(run((char *[]){"sh", "-c", "yes | head -c 300000", NULL}, 10 * SEC, &out,
			     &status, NULL),
			 0);
	assert_int_equal(out.len, 1000);
	assert_int_equal(status, 0);
}

static void missing_program_says_so(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(10);
	struct err err = ERR_INIT;
	int status;

	assert_int_equal(run((char *[]){"no-such-program", NULL}, SEC, &out, &status, &err),
			 -ENOENT);
	assert_non_null(strstr(err.text, "no-such-program"));
}

static void limit_kills_the_whole_group(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(100);
	int status;
	long pid;

	assert_int_equal(run((char *[]){"sh", "-c", "sleep 1000 & echo $!; wait", NULL}, SEC / 2,
			     &out, &status, NULL),
			 -ETIMEDOUT);
	pid = strtol(strbuf_str(&out), NULL, 10);
	assert_true(pid > 1);
	/* The orphan was killed; init may need a moment to reap it. */
	for (struct deadline d = deadline_in(5 * SEC); kill((pid_t)pid, 0) == 0;) {
		char path[64], stat[256] = "";
		_autofclose_ FILE *f = NULL;

		snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
		f = fopen(path, "re");
		if (!f || !fgets(stat, sizeof(stat), f) || strstr(stat, ") Z "))
			break;
		assert_false(deadline_passed(d));
	}
}

static void cancelled_wait_returns(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(100);
	int status;

	loop_cancel(loop, SIGINT);
	assert_int_equal(run((char *[]){"sleep", "1000", NULL}, 100 * SEC, &out, &status, NULL),
			 -EINTR);
	assert_int_equal(loop_cancelled(loop), SIGINT);
	loop_uncancel(loop);
}

/* A grandchild of this test: killed when its parent is killed with SIGKILL. */
static void child_dies_with_a_killed_parent(void **state)
{
	int fds[2], status;
	char byte;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct loop *own;
		struct proc p = {0};
		struct proc_spec spec = PROC_SPEC_INIT;

		spec.argv = (char *[]){"sleep", "1000", NULL};
		spec.stdout_fd = fds[1];
		if (loop_new(&own, NULL) < 0 || proc_spawn(&p, own, &spec, NULL) < 0)
			_exit(1);
		close(fds[0]);
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	/* End of file comes only when the sleeping grandchild has let go of the pipe. */
	assert_int_equal(read(fds[0], &byte, 1), 0);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collects_output_and_status),
		cmocka_unit_test(ceiling_keeps_the_beginning),
		cmocka_unit_test(missing_program_says_so),
		cmocka_unit_test(limit_kills_the_whole_group),
		cmocka_unit_test(cancelled_wait_returns),
		cmocka_unit_test(child_dies_with_a_killed_parent),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
