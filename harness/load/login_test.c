/* SPDX-License-Identifier: MIT */
/* Against real servers on loopback: OpenSSH, dropbear, and some that misbehave. */
#include "load/login.h"

#include <errno.h>
#include <libssh/libssh.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "fake/lib/servers.h"

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

typedef int starter(struct server *s, struct loop *l, struct err *err);

/* False: not to be had here, and the test is skipped. */
static void start(starter *fn, struct server *s)
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

static struct login_spec spec_for(const struct server *s)
{
	return (struct login_spec){
		.port = s->port,
		.user = "tester",
		.host_keys = (const char *const *)&s->host_key,
		.n_host_keys = 1,
		.key_file = s->key_file,
		.deadline = deadline_in(20 * SEC),
	};
}

static struct login *run(const struct login_spec *spec)
{
	struct login *l = NULL;
	struct err err = ERR_INIT;

	if (login_start(loop, spec, &l, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(loop_wait(loop, login_ended, l, deadline_in(30 * SEC)), 0);
	return l;
}

static void expect_ok(struct login *l, int status)
{
	if (login_error(l))
		fail_msg("%s", login_error_text(l));
	assert_int_equal(login_exit_status(l), status);
	assert_int_equal(login_stage(l), LOGIN_DONE);
}

static void check_exec(struct server *s)
{
	struct login_spec spec = spec_for(s);
	struct login *l;

	spec.command = "echo out; echo err >&2; exit 7";
	l = run(&spec);
	expect_ok(l, 7);
	assert_string_equal(strbuf_str(login_stdout(l)), "out\n");
	assert_string_equal(strbuf_str(login_stderr(l)), "err\n");
	assert_string_equal(login_exit_signal(l), "");
	assert_true(login_time(l) > 0 && login_time(l) < 20 * SEC);
	login_free(l);
	spec.command = "kill -TERM $$";
	l = run(&spec);
	expect_ok(l, -1);
	assert_string_equal(login_exit_signal(l), "TERM");
	login_free(l);
}

static void check_password(struct server *s)
{
	struct login_spec spec = spec_for(s);
	struct login *l;

	spec.key_file = NULL;
	spec.password = SERVER_PASSWORD;
	spec.command = "echo in";
	l = run(&spec);
	expect_ok(l, 0);
	assert_string_equal(strbuf_str(login_stdout(l)), "in\n");
	login_free(l);
}

static void check_refusals(struct server *s)
{
	struct login_spec spec = spec_for(s);
	struct login *l;

	spec.key_file = NULL;
	spec.password = "wrong";
	l = run(&spec);
	assert_int_equal(login_error(l), -EACCES);
	assert_int_equal(login_stage(l), LOGIN_AUTH);
	login_free(l);
	spec = spec_for(s);
	spec.user = "nobody-of-this-name";
	l = run(&spec);
	assert_int_equal(login_error(l), -EACCES);
	login_free(l);
}

/* Another server's key of the same kind must never be taken. */
static void check_host_key(struct server *s)
{
	static const char other[] =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKulfynia9pgplaRQQjCH5sy/NOnZSf0hw3Hc5Wqamna";
	struct login_spec spec = spec_for(s);
	const char *keys[2] = {other, s->host_key};
	struct login *l;

	spec.host_keys = keys;
	l = run(&spec);
	assert_int_equal(login_error(l), -EKEYREJECTED);
	assert_int_equal(login_stage(l), LOGIN_HOST_KEY);
	login_free(l);
	spec.n_host_keys = 2;
	l = run(&spec);
	expect_ok(l, -1);
	login_free(l);
}

/* What "ssh-keygen -l" prints of a key. */
static char *fingerprint(const char *line)
{
	_autofree_ char *copy = xstrdup(line);
	char *save = NULL, *type = strtok_r(copy, " ", &save), *print, *text;
	unsigned char *hash = NULL;
	ssh_key key = NULL;
	size_t n;

	assert_int_equal(ssh_pki_import_pubkey_base64(strtok_r(NULL, " ", &save),
						      ssh_key_type_from_name(type), &key),
			 SSH_OK);
	assert_int_equal(ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &n), 0);
	print = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, n);
	text = xasprintf("%s %s", type, print);
	ssh_string_free_char(print);
	ssh_clean_pubkey_hash(&hash);
	ssh_key_free(key);
	return text;
}

/* A fingerprint stands for a key. */
static void check_fingerprint(struct server *s)
{
	_autofree_ char *right = fingerprint(s->host_key), *wrong = xstrdup(right);
	struct login_spec spec = spec_for(s);
	const char *keys[2] = {wrong, right};
	struct login *l;

	wrong[strlen(wrong) - 1] ^= 1;
	spec.host_keys = keys;
	l = run(&spec);
	assert_int_equal(login_error(l), -EKEYREJECTED);
	login_free(l);
	spec.n_host_keys = 2;
	l = run(&spec);
	expect_ok(l, -1);
	login_free(l);
}

static void check_echo(struct server *s)
{
	size_t n = 1 << 20;
	_autofree_ char *data = xmalloc(n);
	struct login_spec spec = spec_for(s);
	char sent[65], got[65];
	struct login *l;

	for (size_t i = 0; i < n; i++)
		data[i] = (char)(i * 2654435761u >> 13);
	spec.command = "cat";
	spec.input = data;
	spec.input_len = n;
	spec.output_max = 2 << 20;
	l = run(&spec);
	expect_ok(l, 0);
	assert_int_equal(login_stdout(l)->len, n);
	data_sha256(data, n, sent);
	data_sha256(login_stdout(l)->buf, n, got);
	assert_string_equal(sent, got);
	login_free(l);
	/* A command that does not read its input ends all the same. */
	spec.command = "exit 3";
	l = run(&spec);
	expect_ok(l, 3);
	login_free(l);
	/* What passes the ceiling is counted, not kept. */
	spec.command = "head -c 300000 /dev/zero";
	spec.input_len = 0;
	spec.output_max = 1000;
	l = run(&spec);
	expect_ok(l, 0);
	assert_int_equal(login_stdout(l)->len, 1000);
	assert_int_equal(login_stdout_bytes(l), 300000);
	login_free(l);
}

static bool is_talking(void *arg)
{
	struct login *l = arg;

	return login_ended(l) || login_stage(l) == LOGIN_TALK;
}

/* Eight are logged in at the same time; dropbear takes five that have not yet proved who they are.
 */
static void check_eight(struct server *s)
{
	struct login_spec spec = spec_for(s);
	struct login *l[8];

	spec.command = "echo $$; cat";
	spec.hold = true;
	for (int i = 0; i < 8; i++) {
		assert_int_equal(login_start(loop, &spec, &l[i], NULL), 0);
		if (i >= 4)
			loop_wait(loop, is_talking, l[i - 4], deadline_in(30 * SEC));
	}
	for (int i = 0; i < 8; i++)
		assert_int_equal(loop_wait(loop, is_talking, l[i], deadline_in(30 * SEC)), 0);
	for (int i = 0; i < 8; i++) {
		assert_false(login_ended(l[i]));
		login_let_go(l[i]);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(loop_wait(loop, login_ended, l[i], deadline_in(30 * SEC)), 0);
		expect_ok(l[i], 0);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(strbuf_str(login_stdout(l[i])),
						strbuf_str(login_stdout(l[k])));
	}
	for (int i = 0; i < 8; i++)
		login_free(l[i]);
}

static void check_pty(struct server *s)
{
	struct login_spec spec = spec_for(s);
	struct login *l;

	spec.command = "stty size; tty";
	spec.pty = true;
	l = run(&spec);
	expect_ok(l, 0);
	assert_memory_equal(strbuf_str(login_stdout(l)), "24 80\r\n/dev/pts/", 16);
	login_free(l);
}

static void check_limit(struct server *s)
{
	struct login_spec spec = spec_for(s);
	uint64_t from;
	struct login *l;

	spec.command = "cat /dev/zero";
	spec.output_max = 1000;
	spec.deadline = deadline_in(1500 * MSEC);
	from = now_us();
	l = run(&spec);
	assert_int_equal(login_error(l), -ETIMEDOUT);
	assert_int_equal(login_stage(l), LOGIN_TALK);
	assert_true(now_us() - from < 10 * SEC);
	login_free(l);
	/* Given up half-way. */
	spec = spec_for(s);
	assert_int_equal(login_start(loop, &spec, &l, NULL), 0);
	login_free(l);
}

static void check_all(starter *fn)
{
	_cleanup_(server_stop) struct server s = SERVER_INIT;

	start(fn, &s);
	check_exec(&s);
	check_password(&s);
	check_refusals(&s);
	check_host_key(&s);
	check_fingerprint(&s);
	check_echo(&s);
	check_eight(&s);
	check_pty(&s);
	check_limit(&s);
}

static void openssh(void **state)
{
	check_all(server_start_sshd);
}

static void dropbear(void **state)
{
	check_all(server_start_dropbear);
}

static void misbehaving(void **state)
{
	static const struct {
		const char *mode;
		int error; /* 0: any */
	} cases[] = {
		{"hang", -ETIMEDOUT},  {"ssh-banner", -ETIMEDOUT},
		{"close", 0},	       {"reset", 0},
		{"garbage", 0},	       {"ssh-garbage", 0},
		{"endless-banner", 0},
	};
	static const char *const key =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKulfynia9pgplaRQQjCH5sy/NOnZSf0hw3Hc5Wqamna";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(server_stop) struct server s = SERVER_INIT;
		struct login_spec spec = {
			.user = "tester", .password = "x", .host_keys = &key, .n_host_keys = 1};
		struct err err = ERR_INIT;
		struct login *l;

		if (server_start_hostile(&s, loop, cases[i].mode, &err) < 0)
			fail_msg("%s", err.text);
		spec.port = s.port;
		spec.deadline = deadline_in(400 * MSEC);
		l = run(&spec);
		assert_int_not_equal(login_error(l), 0);
		if (cases[i].error)
			assert_int_equal(login_error(l), cases[i].error);
		assert_int_equal(login_stage(l), LOGIN_CONNECT);
		assert_true(strlen(login_error_text(l)) > 10);
		login_free(l);
	}
}

static void nobody_there(void **state)
{
	static const char *const key =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKulfynia9pgplaRQQjCH5sy/NOnZSf0hw3Hc5Wqamna";
	struct login_spec spec = {.port = server_free_port(),
				  .user = "tester",
				  .password = "x",
				  .host_keys = &key,
				  .n_host_keys = 1,
				  .deadline = deadline_in(5 * SEC)};
	struct login *l = run(&spec);

	assert_true(login_error(l) < 0);
	assert_int_equal(login_stage(l), LOGIN_CONNECT);
	login_free(l);
}

static void bad_specs(void **state)
{
	static const char *const keys[] = {"not a key", "ssh-ed25519 AAAA"};
	struct login_spec spec = {.port = 1, .user = "u", .password = "p"};
	struct login *l = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(login_start(loop, &spec, &l, &err), -EINVAL);
	for (int i = 0; i < 2; i++) {
		spec.host_keys = &keys[i];
		spec.n_host_keys = 1;
		assert_int_equal(login_start(loop, &spec, &l, &err), -EINVAL);
	}
	assert_null(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssh),     cmocka_unit_test(dropbear),
		cmocka_unit_test(misbehaving), cmocka_unit_test(nobody_there),
		cmocka_unit_test(bad_specs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
