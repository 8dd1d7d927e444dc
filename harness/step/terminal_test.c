/* SPDX-License-Identifier: MIT */
/* The terminal scripts against real servers of this host: they pass there, and fail when they must.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "fake/lib/servers.h"
#include "load/child.h"

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

static void start(int (*fn)(struct server *, struct loop *, struct err *), struct server *s)
{
	struct err err = ERR_INIT;
	int r = fn(s, loop, &err);

	if (r == -ENOENT) {
		print_message("# skipped: %s\n", err.text);
		server_stop(s);
		skip();
	}
	if (r < 0)
		fail_msg("%s", err.text);
}

static struct child *play(const struct server *s, const char *script, const char *host_key,
			  const char *seconds)
{
	_autofree_ char *path = xasprintf("scenarios/expect/%s.exp", script);
	_autofree_ char *known = xasprintf("%s/known_hosts", s->dir);
	_autofree_ char *line = xasprintf("[127.0.0.1]:%u %s\n", s->port, host_key);
	_autofree_ char *port = xasprintf("%u", s->port);
	/* ssh takes no key that another user owns and may read. */
	_autofree_ char *key = xasprintf("%s/id.ours", s->dir);
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(65536);
	char *argv[] = {(char *)"expect", (char *)"-f", path, port, (char *)"tester", key, known,
			(char *)seconds,  NULL};
	struct child_spec spec = {.argv = argv, .deadline = deadline_in(60 * SEC)};
	struct child *c = NULL;

	assert_int_equal(file_read(s->key_file, &sb, NULL), 0);
	assert_int_equal(file_write_atomic(key, sb.buf, sb.len, 0600, NULL), 0);
	assert_int_equal(file_write_atomic(known, line, strlen(line), 0644, NULL), 0);
	assert_int_equal(child_start(loop, &spec, &c, NULL), 0);
	assert_int_equal(loop_wait(loop, child_ended, c, deadline_in(70 * SEC)), 0);
	return c;
}

static void expect_pass(const struct server *s, const char *script)
{
	struct child *c = play(s, script, s->host_key, "30");

	if (child_status(c) || strcmp(strbuf_str(child_stdout(c)), "pass\n"))
		fail_msg("%s: status 0x%x: %s%s", script, child_status(c),
			 strbuf_str(child_stdout(c)), strbuf_str(child_stderr(c)));
	child_free(c);
}

static void play_all(int (*fn)(struct server *, struct loop *, struct err *))
{
	static const char *const scripts[] = {"tty", "size", "winch", "interrupt", "jobs"};
	_cleanup_(server_stop) struct server s = SERVER_INIT;

	start(fn, &s);
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		expect_pass(&s, scripts[i]);
}

static void openssh(void **state)
{
	play_all(server_start_sshd);
}

static void dropbear(void **state)
{
	play_all(server_start_dropbear);
}

static void wrong_host_key(void **state)
{
	_cleanup_(server_stop) struct server s = SERVER_INIT;
	struct child *c;

	start(server_start_sshd, &s);
	c = play(&s, "tty",
		 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKulfynia9pgplaRQQjCH5sy/NOnZSf0hw3Hc5Wqamna",
		 "20");
	assert_true(WIFEXITED(child_status(c)));
	assert_int_equal(WEXITSTATUS(child_status(c)), 1);
	assert_non_null(strstr(strbuf_str(child_stdout(c)), "fail: expected a shell's prompt"));
	child_free(c);
}

/* A shell that does not do what the scripts ask: each gets another answer than the right one. */
static void wrong_answers(void **state)
{
	static const struct {
		const char *script, *rc, *said;
	} cases[] = {
		{"tty", "tty() { echo not a tty; }\n", "/dev/pts/N"},
		{"size", "stty() { echo 24 80; }\n", "31 101"},
		{"size", "stty() { echo 0 0; }\n", "24 80"},
		{"winch", "trap '' WINCH\n", "SIGWINCH"},
		{"interrupt", "trap '' INT\n", "Ctrl-C"},
		{"jobs", "fg() { :; }\n", "foreground"},
	};
	_cleanup_(server_stop) struct server s = SERVER_INIT;
	_autofree_ char *profile = NULL;

	start(server_start_sshd, &s);
	profile = xasprintf("%s/.bash_profile", s.dir);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct child *c;

		file_write_atomic(profile, cases[i].rc, strlen(cases[i].rc), 0644, NULL);
		c = play(&s, cases[i].script, s.host_key, "4");
		if (!child_status(c) || strstr(strbuf_str(child_stdout(c)), "broken") ||
		    !strstr(strbuf_str(child_stdout(c)), cases[i].said))
			fail_msg("%s: %s", cases[i].script, strbuf_str(child_stdout(c)));
		child_free(c);
	}
}

/* A client whose terminal echoes slowly: it pauses where the echo ends like the scripts' prompt. */
static const char slow_client[] =
	"#!/bin/bash\n"
	"stty -echo; printf '$ '; IFS= read -r line\n"
	"case $line in *'rdy> '*) printf '%s' \"${line%%rdy> *}rdy> \"; read -r -t 1;; esac\n"
	"stty echo; echo; eval \"$line\"; export PS1; exec bash --norc --noprofile -i\n";

static void echo_in_pieces(void **state)
{
	_cleanup_(server_stop) struct server s = SERVER_INIT;
	_autofree_ char *path = xstrdup(getenv("PATH")), *ssh = NULL, *with = NULL;

	start(server_start_sshd, &s);
	ssh = xasprintf("%s/ssh", s.dir);
	with = xasprintf("%s:%s", s.dir, path);
	assert_int_equal(file_write_atomic(ssh, slow_client, strlen(slow_client), 0755, NULL), 0);
	setenv("PATH", with, 1);
	expect_pass(&s, "tty");
	setenv("PATH", path, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssh),	  cmocka_unit_test(dropbear),
		cmocka_unit_test(wrong_host_key), cmocka_unit_test(wrong_answers),
		cmocka_unit_test(echo_in_pieces),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
