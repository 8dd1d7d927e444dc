/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "fake/agent_rig.h"

/* A limit that a healthy run never comes near, on a busy host under the sanitizers. */
#define LIMIT deadline_in(60 * SEC)

static struct agent_rig rig;
static char dir[] = "/tmp/harness-chan-XXXXXX";

static int start(void **state)
{
	return agent_rig_start(&rig, &(struct agent_rig_spec){0});
}

static int start_bare(void **state)
{
	return agent_rig_start(&rig, &(struct agent_rig_spec){.no_agent = true});
}

static int stop(void **state)
{
	agent_rig_stop(&rig);
	return 0;
}

static void up(void)
{
	struct err err = ERR_INIT;

	if (chan_wait_hello(rig.chan, LIMIT, &err) < 0)
		fail_msg("no hello: %s", err.text);
}

static int run(const char *script, const char *input, size_t n, struct strbuf *out,
	       struct strbuf *err_out)
{
	struct chan_exec exec = {.argv = (char *[]){"sh", "-c", (char *)script, NULL},
				 .stdin_data = input,
				 .stdin_len = n};
	struct err err = ERR_INIT;
	int status = -1;

	if (chan_run(rig.chan, &exec, out, err_out, &status, LIMIT, &err) < 0)
		fail_msg("%s: %s", script, err.text);
	return status;
}

static char *noise(size_t n)
{
	char *p = xmalloc(n);
	uint32_t x = 12345;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (char)(x >> 16);
	}
	return p;
}

static void assert_same(const struct strbuf *sb, const char *data, size_t n)
{
	char a[65], b[65];

	assert_int_equal(sb->len, n);
	data_sha256(sb->buf, sb->len, a);
	data_sha256(data, n, b);
	assert_string_equal(a, b);
}

static void hello_has_facts(void **state)
{
	up();
	assert_string_equal(chan_fact(rig.chan, "sysname"), "Linux");
	assert_string_equal(chan_fact(rig.chan, "channel"), rig.slave);
	assert_true(strtoul(chan_fact(rig.chan, "speed_us"), NULL, 10) > 0);
	assert_true(strtoul(chan_fact(rig.chan, "mem_kib"), NULL, 10) > 1024);
	assert_true(strtoul(chan_fact(rig.chan, "cpus"), NULL, 10) > 0);
	assert_null(chan_fact(rig.chan, "no such fact"));
}

static void exec_keeps_streams_and_status_apart(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(1000);
	_cleanup_(strbuf_release) struct strbuf err_out = STRBUF_INIT(1000);
	int status;

	up();
	status = run("echo to out; echo to err >&2; exit 3", NULL, 0, &out, &err_out);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	assert_string_equal(strbuf_str(&out), "to out\n");
	assert_string_equal(strbuf_str(&err_out), "to err\n");
	status = run("kill -TERM $$", NULL, 0, NULL, NULL);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static void a_mebibyte_goes_in_and_comes_back(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4 << 20);
	_autofree_ char *data = noise(1 << 20);

	up();
	assert_int_equal(run("cat", data, 1 << 20, &out, NULL), 0);
	assert_same(&out, data, 1 << 20);
}

static void files_go_and_come_whole(void **state)
{
	_cleanup_(strbuf_release) struct strbuf back = STRBUF_INIT(1 << 20);
	_autofree_ char *data = noise(300000);
	_autofree_ char *path = path_join(dir, "file");
	struct err err = ERR_INIT;
	struct stat st;

	up();
	assert_int_equal(chan_put(rig.chan, path, data, 300000, 0750, LIMIT, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(chan_get(rig.chan, path, &back, LIMIT, &err), 0);
	assert_same(&back, data, 300000);
	/* Nothing at all is a file too. */
	assert_int_equal(chan_put(rig.chan, path, "", 0, 0600, LIMIT, &err), 0);
	strbuf_reset(&back);
	assert_int_equal(chan_get(rig.chan, path, &back, LIMIT, &err), 0);
	assert_int_equal(back.len, 0);
}

static void ping_answers(void **state)
{
	uint64_t from = now_us();

	up();
	for (int i = 0; i < 100; i++)
		assert_int_equal(chan_ping(rig.chan, LIMIT, NULL), 0);
	print_message("# 100 pings: %llu us\n", (unsigned long long)(now_us() - from));
}

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	return rm_rf(dir, NULL);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(hello_has_facts),
		T(exec_keeps_streams_and_status_apart),
		T(a_mebibyte_goes_in_and_comes_back),
		T(files_go_and_come_whole),
		T(ping_answers),
	};

	(void)start_bare;
	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
