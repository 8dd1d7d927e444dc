/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "store/store.h"
#include "store/store_db.h"
#include "store/store_read.h"
#include "store/store_rig.h"

static int add_result(struct store *s, int64_t cell, int64_t boot, const char *name, enum verdict v)
{
	struct store_result r = {.cell = cell,
				 .boot = boot,
				 .name = name,
				 .verdict = v,
				 .reason = "expected 0, seen -38",
				 .detail = "one\ntwo\xff\x1b[31m",
				 .begin_us = 10,
				 .end_us = 20,
				 .console_from = 3,
				 .console_to = 9};

	return store_add_result(s, &r, NULL);
}

struct seen {
	unsigned int n;
	int64_t id;
	char name[64], reason[64], verdict[16];
	struct store_boot_row boot;
};

static int see_result(void *arg, const struct store_result_row *r)
{
	struct seen *seen = arg;

	seen->n++;
	seen->id = r->id;
	snprintf(seen->name, sizeof(seen->name), "%s", r->result.name);
	snprintf(seen->reason, sizeof(seen->reason), "%s", r->result.reason);
	snprintf(seen->verdict, sizeof(seen->verdict), "%s", verdict_name(r->result.verdict));
	assert_true(r->has_detail);
	assert_int_equal(r->result.console_from, 3);
	assert_int_equal(r->result.console_to, 9);
	assert_int_equal(r->result.begin_us, 10);
	assert_int_equal(r->result.end_us, 20);
	return 0;
}

static int see_boot(void *arg, const struct store_boot_row *b)
{
	struct seen *seen = arg;

	seen->n++;
	seen->boot = *b;
	return 0;
}

static int count_cell(void *arg, const struct store_cell_row *c)
{
	unsigned int *n = arg;

	assert_string_equal(c->cell.lane, "static");
	assert_string_equal(c->cell.scenario, "probes");
	(*n)++;
	return 0;
}

static int count_event(void *arg, const struct store_event_row *e)
{
	unsigned int *n = arg;

	(*n)++;
	return 0;
}

static int see_metric(void *arg, const struct store_metric_row *m)
{
	double *value = arg;

	assert_string_equal(m->name, "requests_per_s");
	assert_string_equal(m->unit, "1/s");
	*value = m->value;
	return 0;
}

static void round_trip(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct seen seen = {0};
	_autofree_ char *dir = NULL, *fact = NULL, *detail = NULL, *boot_fact = NULL;
	int64_t cell = add_cell(s, "kut"), boot;
	unsigned int n = 0;
	double value = 0;

	assert_int_equal(store_set_fact(s, "version", "1", NULL), 0);
	assert_int_equal(store_set_fact(s, "version", "2", NULL), 0);
	assert_int_equal(store_set_cell_fact(s, cell, "planned", "7", NULL), 0);
	assert_int_equal(store_add_boot(s, cell, &boot, &dir, NULL), 0);
	assert_int_equal(store_set_boot_fact(s, boot, "accel", "tcg", NULL), 0);
	assert_int_equal(store_add_event(s, boot, "note", "hello", NULL), 0);
	assert_int_equal(store_add_event(s, boot, "note", NULL, NULL), 0);
	assert_int_equal(add_result(s, cell, boot, "epoll_wait", VERDICT_FAIL), 0);
	assert_int_equal(store_add_metric(s, cell, "requests_per_s", 12.5, "1/s", NULL), 0);
	assert_true(file_exists(dir));
	store_close(s);

	s = open_again(f, false);
	fact = store_get_fact(s, "version");
	assert_string_equal(fact, "2");
	assert_null(store_get_fact(s, "no such"));
	assert_int_equal(store_each_cell(s, count_cell, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_each_result(s, cell, see_result, &seen, NULL), 0);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.name, "epoll_wait");
	assert_string_equal(seen.verdict, "fail");
	assert_string_equal(seen.reason, "expected 0, seen -38");
	assert_int_equal(store_read_detail(s, seen.id, &detail, NULL), 0);
	assert_string_equal(detail, "one\ntwo\xff\x1b[31m");
	assert_int_equal(store_read_detail(s, 999, &detail, NULL), -ENOENT);
	seen.n = 0;
	assert_int_equal(store_each_boot(s, cell, see_boot, &seen, NULL), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.boot.number, 1);
	assert_int_equal(seen.boot.events, 2);
	boot_fact = store_get_boot_fact(s, boot, "accel");
	assert_string_equal(boot_fact, "tcg");
	assert_int_equal(store_each_metric(s, cell, see_metric, &value, NULL), 0);
	assert_true(value > 12.4 && value < 12.6);
	/* A reader does not write. */
	assert_int_equal(store_set_fact(s, "version", "3", NULL), -EROFS);
	store_close(s);
}

static void refusals(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f), *other = NULL;
	struct err err = ERR_INIT;
	_autofree_ char *dir = NULL;
	int64_t cell = add_cell(s, "kut"), boot;

	assert_int_equal(add_result(s, cell, 0, "twice", VERDICT_PASS), 0);
	assert_int_equal(add_result(s, cell, 0, "twice", VERDICT_FAIL), -EEXIST);
	assert_int_equal(add_result(s, cell + 7, 0, "no cell", VERDICT_PASS), -EINVAL);
	assert_int_equal(add_result(s, cell, 77, "no boot", VERDICT_PASS), -EINVAL);
	assert_int_equal(add_result(s, cell, 0, NULL, VERDICT_PASS), -EINVAL);
	assert_int_equal(add_result(s, cell, 0, "no verdict", VERDICT_COUNT), -EINVAL);
	assert_int_equal(store_add_event(s, 77, "note", "x", NULL), -EINVAL);
	assert_int_equal(store_add_boot(s, 77, &boot, &dir, NULL), -EINVAL);
	assert_null(dir);
	/* A refused record leaves no transaction behind. */
	assert_int_equal(store_set_fact(s, "still", "here", NULL), 0);
	assert_int_equal(store_create(f->dir, &other, &err), -EEXIST);
	assert_non_null(strstr(err.text, "not empty"));
	assert_null(other);
	store_close(s);
}

static void long_texts_are_cut_and_say_so(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	_autofree_ char *longtext = xmalloc(STORE_MAX_FACT + 11);
	_autofree_ char *back = NULL;

	memset(longtext, 'x', STORE_MAX_FACT + 10);
	longtext[STORE_MAX_FACT + 10] = '\0';
	assert_int_equal(store_set_fact(s, "long", longtext, NULL), 0);
	back = store_get_fact(s, "long");
	assert_int_equal(strlen(back), STORE_MAX_FACT + strlen(" [10 bytes cut]"));
	assert_non_null(strstr(back, "x [10 bytes cut]"));
	store_close(s);
}

static void events_have_a_ceiling(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct seen seen = {0};
	_autofree_ char *dir = NULL;
	int64_t cell = add_cell(s, "kut"), boot;
	unsigned int n = 0;

	assert_int_equal(store_add_boot(s, cell, &boot, &dir, NULL), 0);
	for (int i = 0; i < STORE_MAX_EVENTS + 5; i++)
		assert_int_equal(store_add_event(s, boot, "frame-lost", "x", NULL), 0);
	assert_int_equal(store_each_event(s, boot, count_event, &n, NULL), 0);
	assert_int_equal(n, STORE_MAX_EVENTS);
	assert_int_equal(store_each_boot(s, cell, see_boot, &seen, NULL), 0);
	assert_int_equal(seen.boot.events, STORE_MAX_EVENTS + 5);
	assert_int_equal(seen.boot.events_dropped, 5);
	store_close(s);
}

static void wait_ok(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int write_many(struct fixture *f, int64_t cell, unsigned int n)
{
	struct store *s = NULL;
	char name[32];

	if (store_open(f->dir, true, &s, NULL) < 0)
		return 1;
	for (unsigned int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "probe%u", i);
		if (add_result(s, cell, 0, name, VERDICT_PASS) < 0)
			return 2;
	}
	store_close(s);
	return 0;
}

static void two_writers_at_once(void **state)
{
	enum { EACH = 300 };
	struct fixture *f = *state;
	struct store *s = create(f);
	int64_t cell[2] = {add_cell(s, "kut"), add_cell(s, "reference")};
	pid_t pid[2];

	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			_exit(write_many(f, cell[i], EACH));
	}
	for (int i = 0; i < 2; i++)
		wait_ok(pid[i]);
	for (int i = 0; i < 2; i++) {
		struct seen seen = {0};

		assert_int_equal(store_each_result(s, cell[i], see_result, &seen, NULL), 0);
		assert_int_equal(seen.n, EACH);
	}
	store_close(s);
}

static void a_connection_does_not_cross_a_fork(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	pid_t pid = fork();

	if (pid == 0) {
		bool refused = store_set_fact(s, "who", "child", NULL) == -EINVAL;

		store_close(s);
		_exit(refused ? 0 : 1);
	}
	wait_ok(pid);
	assert_int_equal(store_set_fact(s, "who", "parent", NULL), 0);
	store_close(s);
}

/* Killed in the midst of writing: what was told to be recorded is there, the state is honest. */
static void killed_while_writing(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f);
	struct seen seen = {0};
	int64_t cell = add_cell(s, "kut");
	int told[2], status;
	unsigned int told_n = 0;
	pid_t pid;

	store_close(s);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		if (store_open(f->dir, true, &s, NULL) < 0)
			_exit(1);
		for (unsigned int i = 0;; i++) {
			char name[32];

			snprintf(name, sizeof(name), "probe%u", i);
			if (add_result(s, cell, 0, name, VERDICT_PASS) < 0 ||
			    write(told[1], &i, sizeof(i)) != sizeof(i))
				_exit(2);
		}
	}
	close(told[1]);
	while (told_n < 200)
		assert_int_equal(read(told[0], &told_n, sizeof(told_n)), sizeof(told_n));
	s = open_again(f, false);
	assert_string_equal(store_state(s), "running");
	store_close(s);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(told[0], &told_n, sizeof(told_n)) == sizeof(told_n))
		;
	close(told[0]);

	s = open_again(f, false);
	assert_string_equal(store_state(s), "interrupted");
	assert_int_equal(store_each_result(s, cell, see_result, &seen, NULL), 0);
	assert_true(seen.n >= told_n + 1 && seen.n <= told_n + 2);
	store_close(s);
	/* And it can be taken up again. */
	s = open_again(f, true);
	assert_string_equal(store_state(s), "running");
	assert_int_equal(store_set_fact(s, "state", "finished", NULL), 0);
	assert_string_equal(store_state(s), "finished");
	store_close(s);
}

static void not_a_run(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *path = path_join(f->dir, "run.db");
	char text[4096];

	expect_open_fails(f, ENOENT, "not a run folder");
	assert_int_equal(mkdir_p(f->dir, NULL), 0);
	expect_open_fails(f, ENOENT, "not a run folder");
	assert_int_equal(file_write_atomic(path, "", 0, 0644, NULL), 0);
	expect_open_fails(f, EBADMSG, "not a run");
	memset(text, 'z', sizeof(text));
	assert_int_equal(file_write_atomic(path, text, sizeof(text), 0644, NULL), 0);
	expect_open_fails(f, EBADMSG, "damaged");
	unlink(path);
	run_sql(f, "CREATE TABLE t(x)");
	expect_open_fails(f, EBADMSG, "not a run");
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	expect_open_fails(f, EBADMSG, "not a regular file");
}

/* Any page of it overwritten, or its tail gone: an error in words or a good answer, no crash. */
static void damaged_database(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *path = path_join(f->dir, "run.db");
	struct store *s = create(f);
	int64_t cell = add_cell(s, "kut");
	struct strbuf good = STRBUF_INIT(1 << 24);
	unsigned int refused = 0;
	char name[32];

	for (unsigned int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "probe%u", i);
		assert_int_equal(add_result(s, cell, 0, name, VERDICT_PASS), 0);
	}
	store_close(s);
	assert_int_equal(file_read(path, &good, NULL), 0);
	for (size_t page = 0; page < good.len / 4096; page++) {
		struct err err = ERR_INIT;
		_autofree_ char *bad = xmalloc(good.len);

		memcpy(bad, good.buf, good.len);
		memset(bad + page * 4096, 0xa5, 4096);
		assert_int_equal(file_write_atomic(path, bad, good.len, 0644, NULL), 0);
		s = NULL;
		if (store_open(f->dir, false, &s, &err) < 0) {
			assert_int_equal(err.code, EBADMSG);
			assert_non_null(strstr(err.text, "run.db is damaged"));
			refused++;
		}
		store_close(s);
	}
	assert_int_equal(refused, good.len / 4096);
	assert_int_equal(file_write_atomic(path, good.buf, good.len - 5000, 0644, NULL), 0);
	expect_open_fails(f, EBADMSG, "damaged");
	strbuf_release(&good);
}

/* Writes until it is refused; 0 when the refusal has the right code and the run stays readable. */
static int fill_disk(struct fixture *f, int code)
{
	_autofree_ char *text = xmalloc(60001);
	struct store *s = NULL;
	struct err err = ERR_INIT;
	char key[32];
	int r = store_create(f->dir, &s, &err);

	memset(text, 'x', 60000);
	text[60000] = '\0';
	for (int i = 0; r == 0 && i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		r = store_set_fact(s, key, text, &err);
	}
	store_close(s);
	if (r != -code || !strstr(err.text, "run.db"))
		return 1;
	if (store_open(f->dir, false, &s, &err) < 0)
		return 2;
	free(text);
	text = store_get_fact(s, "k0");
	r = text && strlen(text) == 60000 && strcmp(store_state(s), "interrupted") == 0 ? 0 : 3;
	store_close(s);
	return r;
}

static void file_too_large(void **state)
{
	struct fixture *f = *state;
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit limit = {1 << 20, 1 << 20};

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(fill_disk(f, EFBIG));
	}
	wait_ok(pid);
}

static void tell(const char *file, const char *text)
{
	_autoclose_ int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(77);
}

static void disk_full(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *uids = xasprintf("0 %u 1", getuid());
	_autofree_ char *gids = xasprintf("0 %u 1", getgid());
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			_exit(77);
		tell("/proc/self/setgroups", "deny");
		tell("/proc/self/uid_map", uids);
		tell("/proc/self/gid_map", gids);
		if (mkdir(f->dir, 0755) < 0 || mount("none", f->dir, "tmpfs", 0, "size=1m") < 0)
			_exit(77);
		_exit(fill_disk(f, ENOSPC));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* In a child that may read but not write. */
static int read_without_writing(struct fixture *f, int expected)
{
	struct store *s = NULL;
	struct err err = ERR_INIT;
	_autofree_ char *fact = NULL;
	int r;

	if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	if (store_open(f->dir, true, &s, &err) == 0)
		return 1;
	r = store_open(f->dir, false, &s, &err);
	if (r != expected)
		return 2;
	if (r < 0)
		return strstr(err.text, "copy the folder") ? 0 : 3;
	fact = store_get_fact(s, "version");
	r = fact && strcmp(fact, "1") == 0 ? 0 : 4;
	store_close(s);
	return r;
}

static void expect_read(struct fixture *f, int expected)
{
	pid_t pid;
	int status;

	assert_int_equal(chmod(f->dir, 0555), 0);
	pid = fork();
	if (pid == 0)
		_exit(read_without_writing(f, expected));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(chmod(f->dir, 0755), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void folder_of_another_user(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *shm = path_join(f->dir, "run.db-shm");
	pid_t pid = fork();

	/* Cut: records wait in the log beside the database. */
	if (pid == 0) {
		struct store *s = create(f);

		_exit(store_set_fact(s, "version", "1", NULL) < 0);
	}
	wait_ok(pid);
	assert_int_equal(chmod(f->top, 0755), 0);
	expect_read(f, 0);
	/* Without its index the log cannot be read by one who cannot write. */
	assert_int_equal(unlink(shm), 0);
	expect_read(f, -EROFS);
	store_close(open_again(f, true));
	assert_false(file_exists(shm));
	expect_read(f, 0);
}

static void insert_is_quick(void **state)
{
	enum { N = 500 };
	struct fixture *f = *state;
	struct store *s = create(f);
	int64_t cell = add_cell(s, "kut");
	uint64_t begin = now_us();
	char name[32];

	for (unsigned int i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "probe%u", i);
		assert_int_equal(add_result(s, cell, 0, name, VERDICT_PASS), 0);
	}
	begin = now_us() - begin;
	print_message("# %.3f ms a result\n", (double)begin / N / 1000);
	/* Sanitized, on a busy machine: a ceiling that only a sync per record would pass. */
	assert_true(begin / N < 5 * MSEC);
	store_close(s);
}

static void time_goes_on_across_processes(void **state)
{
	struct fixture *f = *state;
	struct store *s = create(f), *other;
	uint64_t a = store_now(s), b;

	other = open_again(f, true);
	b = store_now(other);
	assert_true(b >= a && b < a + 60 * SEC);
	/* The host was rebooted in between: the wall clock goes on. */
	assert_int_equal(store_set_fact(s, "begin.boot_id", "another", NULL), 0);
	store_close(other);
	other = open_again(f, true);
	b = store_now(other);
	assert_true(b >= a && b < a + 60 * SEC);
	store_close(other);
	/* And its clock was set back. */
	assert_int_equal(store_set_fact(s, "begin.wall_us", "9999999999999999", NULL), 0);
	other = open_again(f, true);
	assert_true(store_now(other) >= b && store_now(other) < b + 60 * SEC);
	store_close(other);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(long_texts_are_cut_and_say_so, setup, teardown),
		cmocka_unit_test_setup_teardown(events_have_a_ceiling, setup, teardown),
		cmocka_unit_test_setup_teardown(two_writers_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_connection_does_not_cross_a_fork, setup,
						teardown),
		cmocka_unit_test_setup_teardown(killed_while_writing, setup, teardown),
		cmocka_unit_test_setup_teardown(not_a_run, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_database, setup, teardown),
		cmocka_unit_test_setup_teardown(file_too_large, setup, teardown),
		cmocka_unit_test_setup_teardown(disk_full, setup, teardown),
		cmocka_unit_test_setup_teardown(folder_of_another_user, setup, teardown),
		cmocka_unit_test_setup_teardown(insert_is_quick, setup, teardown),
		cmocka_unit_test_setup_teardown(time_goes_on_across_processes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
