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
#include "base/sha256.h"
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

static void environment_folder_and_arguments_arrive(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4000);
	struct chan_exec exec = {
		.argv = (char *[]){"sh", "-c",
				   "printf '%s|' \"$@\"; pwd; echo $A $TERM $HOME $PATH; "
				   "[ \"$(ps -o pgid= $$)\" -eq $$ ] && echo leader; "
				   "[ -t 0 ] || wc -c </dev/stdin",
				   "x", "", "two\nlines", "* ?", NULL},
		.env = (char *[]){"A=b c", "TERM=vt100", NULL},
		.dir = dir};
	_autofree_ char *want = xasprintf(
		"|two\nlines|* ?|%s\nb c vt100 /root /usr/local/sbin:/usr/local/bin:/usr/sbin:"
		"/usr/bin:/sbin:/bin\nleader\n0\n",
		dir);

	up();
	assert_int_equal(chan_run(rig.chan, &exec, &out, NULL, NULL, LIMIT, NULL), 0);
	assert_string_equal(strbuf_str(&out), want);
}

static int try(char *const *argv, uint64_t limit_ms, uint64_t us, struct err *err)
{
	struct chan_exec exec = {.argv = argv, .limit_ms = limit_ms};

	return chan_run(rig.chan, &exec, NULL, NULL, NULL, deadline_in(us), err);
}

static void a_thousand_arguments_arrive(void **state)
{
	_autofree_ char **argv = xcalloc(1004 + 1, sizeof(*argv));
	struct chan_exec exec = {.argv = argv};
	int status = -1;

	for (size_t i = 4; i < 1004; i++)
		argv[i] = (char *)"a_name_of_some_length";
	argv[0] = (char *)"sh";
	argv[1] = (char *)"-c";
	argv[2] = (char *)"test $# = 1000";
	argv[3] = (char *)"sh";
	up();
	assert_int_equal(chan_run(rig.chan, &exec, NULL, NULL, &status, LIMIT, NULL), 0);
	assert_int_equal(status, 0);
}

static void what_cannot_run_is_an_error_with_words(void **state)
{
	struct err err = ERR_INIT;
	struct chan_exec bad_dir = {.argv = (char *[]){"true", NULL}, .dir = "/no/such/folder"};

	up();
	assert_int_equal(try((char *[]){"/no/such/program", NULL}, 0, 60 * SEC, &err), -EREMOTEIO);
	assert_non_null(strstr(err.text, "/no/such/program: No such file or directory"));
	assert_int_equal(try((char *[]){"no-such-program", NULL}, 0, 60 * SEC, &err), -EREMOTEIO);
	assert_int_equal(try((char *[]){dir, NULL}, 0, 60 * SEC, &err), -EREMOTEIO);
	assert_non_null(strstr(err.text, "Permission denied"));
	assert_int_equal(chan_run(rig.chan, &bad_dir, NULL, NULL, NULL, LIMIT, &err), -EREMOTEIO);
	assert_non_null(strstr(err.text, "/no/such/folder"));
	assert_int_equal(try((char *[]){NULL}, 0, 60 * SEC, &err), -EINVAL);
}

static int number(const struct strbuf *sb)
{
	return (int)strtol(strbuf_str(sb), NULL, 10);
}

static int pid_of(const char *script)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(100);

	run(script, NULL, 0, &out, NULL);
	return number(&out);
}

/* A program whose agent is killed outlives the test by as much. */
#define ORPHAN_S "60"

static bool is_gone(void *arg)
{
	return kill(*(int *)arg, 0) < 0;
}

static void limit_kills_the_whole_group(void **state)
{
	_autofree_ char *script = xasprintf("sleep 1000 & echo $! >%s/pid; wait", dir);
	_autofree_ char *cat = xasprintf("cat %s/pid", dir);
	struct err err = ERR_INIT;
	int pid;

	up();
	assert_int_equal(try((char *[]){"sh", "-c", script, NULL}, 400, 60 * SEC, &err),
			 -ETIMEDOUT);
	assert_non_null(strstr(err.text, CHAN_LIMIT_PASSED));
	pid = pid_of(cat);
	assert_true(pid > 1);
	assert_int_equal(loop_wait(rig.loop, is_gone, &pid, LIMIT), 0);
}

static void what_is_abandoned_is_killed(void **state)
{
	_autofree_ char *script = xasprintf("echo $$ >%s/pid; exec sleep 1000", dir);
	_autofree_ char *cat = xasprintf("cat %s/pid", dir);
	struct err err = ERR_INIT;
	int pid;

	up();
	assert_int_equal(try((char *[]){"sh", "-c", script, NULL}, 0, SEC, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "last heard"));
	pid = pid_of(cat);
	assert_true(pid > 1);
	assert_int_equal(loop_wait(rig.loop, is_gone, &pid, LIMIT), 0);
}

static void a_grandchild_does_not_delay_the_exit(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(100);
	uint64_t from;
	int pid;

	up();
	from = now_us();
	assert_int_equal(run("sleep 30 & echo $!; exit 0", NULL, 0, &out, NULL), 0);
	assert_true(now_us() - from < 10 * SEC);
	pid = number(&out);
	assert_int_equal(chan_signal(rig.chan, pid, SIGKILL, LIMIT, NULL), 0);
	/* One that never stops writing neither. */
	strbuf_reset(&out);
	out.max = 1 << 20;
	from = now_us();
	assert_int_equal(run("yes & echo $! >&2; exit 0", NULL, 0, NULL, &out), 0);
	assert_true(now_us() - from < 10 * SEC);
	kill(number(&out), SIGKILL);
}

static void spawned_programs_run_on_and_take_signals(void **state)
{
	_autofree_ char *output = path_join(dir, "log");
	struct chan_exec exec = {.argv = (char *[]){"sh", "-c",
						    "trap 'echo usr1; exit 5' USR1; echo ready; "
						    "while :; do sleep 0.02; done",
						    NULL},
				 .output = output};
	_cleanup_(strbuf_release) struct strbuf log = STRBUF_INIT(100);
	struct deadline d = LIMIT;
	struct err err = ERR_INIT;
	int pid = 0;

	up();
	assert_int_equal(chan_spawn(rig.chan, &exec, &pid, LIMIT, NULL), 0);
	assert_true(pid > 1);
	while (log.len == 0 && !deadline_passed(d))
		chan_get(rig.chan, output, &log, LIMIT, NULL);
	assert_int_equal(chan_signal(rig.chan, -pid, SIGUSR1, LIMIT, NULL), 0);
	while (!strstr(rig.troubles, "ended") && !deadline_passed(d))
		chan_ping(rig.chan, LIMIT, NULL);
	assert_non_null(strstr(rig.troubles, "status 0x500"));
	strbuf_reset(&log);
	assert_int_equal(chan_get(rig.chan, output, &log, LIMIT, NULL), 0);
	assert_non_null(strstr(strbuf_str(&log), "\nusr1\n"));
	assert_int_equal(chan_signal(rig.chan, pid, 0, LIMIT, &err), -EREMOTEIO);
	assert_int_equal(chan_signal(rig.chan, 1, 0, LIMIT, &err), -EREMOTEIO);
	assert_int_equal(chan_signal(rig.chan, -1, 0, LIMIT, &err), -EREMOTEIO);
}

static void failed_files_leave_nothing_behind(void **state)
{
	_cleanup_(strbuf_release) struct strbuf back = STRBUF_INIT(1000);
	_autofree_ char *data = noise(100000);
	_autofree_ char *path = path_join(dir, "big");
	_autofree_ char *part = xasprintf("%s.part~", path);
	struct err err = ERR_INIT;

	up();
	assert_int_equal(chan_put(rig.chan, "/no/such/file", data, 100000, 0600, LIMIT, &err),
			 -EREMOTEIO);
	assert_non_null(strstr(err.text, "No such file or directory"));
	assert_int_equal(chan_put(rig.chan, "/dev/full", data, 100, 0600, LIMIT, &err), -EREMOTEIO);
	assert_non_null(strstr(err.text, "No space left"));
	assert_int_equal(chan_put(rig.chan, "/a\nb", data, 100, 0600, LIMIT, &err), -EINVAL);
	assert_int_equal(chan_put(rig.chan, path, data, 100000, 0600, deadline_in(0), &err),
			 -ETIMEDOUT);
	assert_int_equal(chan_ping(rig.chan, LIMIT, &err), 0);
	assert_false(file_exists(path));
	assert_false(file_exists(part));
	assert_int_equal(chan_put(rig.chan, path, data, 100000, 0600, LIMIT, &err), 0);
	assert_int_equal(chan_get(rig.chan, path, &back, LIMIT, &err), -E2BIG);
	assert_int_equal(chan_get(rig.chan, "/no/such/file", &back, LIMIT, &err), -EREMOTEIO);
	assert_int_equal(chan_get(rig.chan, "/", &back, LIMIT, &err), -EREMOTEIO);
}

static void a_fifo_does_not_hold_the_agent(void **state)
{
	_cleanup_(strbuf_release) struct strbuf back = STRBUF_INIT(1000);
	_autofree_ char *path = path_join(dir, "fifo");
	struct chan_exec exec = {.argv = (char *[]){"true", NULL}, .output = path};
	struct err err = ERR_INIT;

	assert_int_equal(mkfifo(path, 0600), 0);
	up();
	assert_int_equal(chan_put(rig.chan, path, "x", 1, 0600, LIMIT, &err), -EREMOTEIO);
	assert_int_equal(chan_spawn(rig.chan, &exec, NULL, LIMIT, &err), -EREMOTEIO);
	assert_int_equal(chan_get(rig.chan, path, &back, LIMIT, &err), 0);
	assert_int_equal(back.len, 0);
	assert_int_equal(chan_ping(rig.chan, LIMIT, &err), 0);
}

struct many {
	unsigned int done, good;
	size_t bytes;
};

static void one_output(void *arg, int stream, const char *data, size_t n)
{
	((struct many *)arg)->bytes += n;
}

static void one_done(void *arg, int status, int pid, const char *error)
{
	struct many *m = arg;

	m->done++;
	m->good += !error && status == 0;
}

static bool all_done(void *arg)
{
	return ((struct many *)arg)->done == 60;
}

/* More at once than the agent has room for: each gets its own end or a refusal, none is lost. */
static void many_at_once(void **state)
{
	struct chan_exec exec = {.argv = (char *[]){"sh", "-c", "head -c 20000 /dev/zero", NULL}};
	struct many m = {0};
	const struct chan_call_listener listener = {one_output, one_done, &m};

	up();
	for (int i = 0; i < 60; i++)
		assert_int_equal(chan_start_exec(rig.chan, &exec, &listener, NULL, NULL), 0);
	assert_int_equal(loop_wait(rig.loop, all_done, &m, LIMIT), 0);
	assert_true(m.good >= 40);
	assert_int_equal(m.bytes, m.good * 20000);
}

static void output_past_the_ceiling_is_dropped_aloud(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(1000);

	up();
	assert_int_equal(run("head -c 3000000 /dev/zero", NULL, 0, &out, NULL), 0);
	assert_int_equal(out.len, 1000);
	assert_non_null(strstr(rig.troubles, "truncated: "));
}

static bool has_talked(void *arg)
{
	return ((struct many *)arg)->bytes > 1000000;
}

/* A guest that talks without end still answers, and still can be stopped. */
static void a_flood_does_not_drown_a_ping(void **state)
{
	struct chan_exec exec = {.argv = (char *[]){"yes", NULL}};
	struct many m = {0};
	const struct chan_call_listener listener = {one_output, one_done, &m};
	struct chan_call *call;

	up();
	assert_int_equal(chan_start_exec(rig.chan, &exec, &listener, &call, NULL), 0);
	assert_int_equal(loop_wait(rig.loop, has_talked, &m, LIMIT), 0);
	for (int i = 0; i < 20; i++)
		assert_int_equal(chan_ping(rig.chan, LIMIT, NULL), 0);
	chan_abandon(call);
	assert_int_equal(chan_ping(rig.chan, LIMIT, NULL), 0);
	assert_int_equal(m.done, 0);
}

/* The reader of stdin is slow, then gone: neither stops the channel. */
static void stdin_waits_for_its_reader(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4 << 20);
	_autofree_ char *data = noise(500000);

	up();
	assert_int_equal(run("sleep 0.3; cat", data, 500000, &out, NULL), 0);
	assert_same(&out, data, 500000);
	assert_int_equal(run("head -c 10 >/dev/null", data, 500000, NULL, NULL), 0);
	assert_int_equal(run("exec <&-; sleep 0.1", data, 500000, NULL, NULL), 0);
	strbuf_reset(&out);
	assert_int_equal(run("cat; echo end", "", 0, &out, NULL), 0);
	assert_string_equal(strbuf_str(&out), "end\n");
}

static void a_killed_agent_is_named(void **state)
{
	struct err err = ERR_INIT;
	struct many m = {0};
	const struct chan_call_listener listener = {one_output, one_done, &m};
	struct chan_exec exec = {.argv = (char *[]){"sleep", ORPHAN_S, NULL}};

	up();
	assert_int_equal(chan_start_exec(rig.chan, &exec, &listener, NULL, NULL), 0);
	assert_int_equal(chan_ping(rig.chan, LIMIT, NULL), 0);
	proc_kill(&rig.agent, SIGKILL);
	assert_int_equal(chan_ping(rig.chan, deadline_in(SEC), &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "last heard"));
	assert_int_equal(m.done, 0);
	/* Another one takes its place, as after a reboot. */
	proc_release(&rig.agent);
	assert_int_equal(agent_rig_start_agent(&rig, false), 0);
	assert_int_equal(loop_wait(rig.loop, NULL, NULL, deadline_in(0)), -ETIMEDOUT);
	while (rig.hellos < 2)
		assert_int_equal(loop_wait(rig.loop, NULL, NULL, deadline_in(10 * MSEC)),
				 -ETIMEDOUT);
	assert_int_equal(m.done, 1);
	assert_int_equal(m.good, 0);
	assert_non_null(strstr(rig.troubles, "session: "));
	assert_int_equal(chan_ping(rig.chan, LIMIT, NULL), 0);
}

static bool agent_exited(void *arg)
{
	return rig.agent.exited;
}

static void poweroff_of_a_service_ends_the_service(void **state)
{
	up();
	assert_int_equal(chan_poweroff(rig.chan, NULL), 0);
	assert_int_equal(loop_wait(rig.loop, agent_exited, NULL, LIMIT), 0);
	assert_int_equal(rig.agent.status, 0);
}

static void a_dead_machine_ends_every_wait(void **state)
{
	struct err err = ERR_INIT;
	struct many m = {0};
	const struct chan_call_listener listener = {one_output, one_done, &m};
	struct chan_exec exec = {.argv = (char *[]){"sleep", ORPHAN_S, NULL}};

	up();
	assert_int_equal(chan_start_exec(rig.chan, &exec, &listener, NULL, NULL), 0);
	proc_kill(&rig.torturer, SIGKILL);
	assert_int_equal(try((char *[]){"true", NULL}, 0, 60 * SEC, &err), -EPIPE);
	assert_int_equal(m.done, 1);
	assert_int_equal(chan_ping(rig.chan, LIMIT, &err), -EPIPE);
	assert_int_equal(chan_wait_hello(rig.chan, LIMIT, &err), -EPIPE);
}

/* A second host finds an agent in the middle of its session, as after a wake from a snapshot. */
static void a_new_host_gets_a_new_hello(void **state)
{
	const struct chan_listener listener = {
		.write = agent_rig_write, .on_trouble = agent_rig_trouble, .arg = &rig};

	up();
	chan_free(rig.chan);
	assert_int_equal(chan_new(rig.loop, &listener, &rig.chan, NULL), 0);
	up();
	assert_int_equal(run("exit 4", NULL, 0, NULL, NULL), 4 << 8);
}

static void heartbeats_come(void **state)
{
	struct deadline d = LIMIT;

	up();
	while (rig.beats < 3 && !deadline_passed(d))
		loop_wait(rig.loop, NULL, NULL, deadline_in(20 * MSEC));
	assert_true(rig.beats >= 3);
	assert_true(now_us() - chan_last_heard(rig.chan) < 30 * SEC);
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
		T(environment_folder_and_arguments_arrive),
		T(a_thousand_arguments_arrive),
		T(what_cannot_run_is_an_error_with_words),
		T(limit_kills_the_whole_group),
		T(what_is_abandoned_is_killed),
		T(a_grandchild_does_not_delay_the_exit),
		T(spawned_programs_run_on_and_take_signals),
		T(failed_files_leave_nothing_behind),
		T(a_fifo_does_not_hold_the_agent),
		T(many_at_once),
		T(output_past_the_ceiling_is_dropped_aloud),
		T(a_flood_does_not_drown_a_ping),
		T(stdin_waits_for_its_reader),
		T(a_killed_agent_is_named),
		T(poweroff_of_a_service_ends_the_service),
		T(a_dead_machine_ends_every_wait),
		T(a_new_host_gets_a_new_hello),
		T(heartbeats_come),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
