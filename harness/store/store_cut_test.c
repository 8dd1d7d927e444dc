/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "store/store.h"
#include "store/store_read.h"
#include "store/store_rig.h"

#define RECORDS 6

/*
 * A writer cut at every moment of its life that can be told from outside. It is traced, and before
 * each of its system calls the folder is copied: that is what SIGKILL would leave there. Every copy
 * is a run that holds all that was told to be recorded, or is refused in words. (A real SIGKILL is
 * in store_test.)
 */
struct told {
	unsigned int records; /* calls that have returned */
	bool created;
};

static void write_all(struct fixture *f, volatile struct told *told)
{
	struct store *s = NULL;
	struct store_cell cell = {.role = "kut",
				  .kernel = "k",
				  .target = "qemu",
				  .profile = "",
				  .lane = "static",
				  .scenario = "probes"};
	_autofree_ char *dir = NULL;
	int64_t boot;

	if (store_create(f->dir, &s, NULL) < 0)
		_exit(1);
	told->created = true;
	if (store_add_cell(s, &cell, NULL) < 0 || store_add_boot(s, cell.id, &boot, &dir, NULL) < 0)
		_exit(1);
	for (unsigned int i = 1; i <= RECORDS; i++) {
		struct store_result r = {.cell = cell.id, .boot = boot, .name = "x", .attempt = i};

		if (store_add_event(s, boot, "note", "x", NULL) < 0 ||
		    store_add_result(s, &r, NULL) < 0)
			_exit(1);
		told->records = i;
	}
	store_set_fact(s, "state", "finished", NULL);
	store_close(s);
}

static void child(struct fixture *f, volatile struct told *told)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(77);
	raise(SIGSTOP);
	write_all(f, told);
	_exit(0);
}

static void copy_file(const char *from, const char *to, const char *name)
{
	_autofree_ char *source = path_join(from, name), *target = path_join(to, name);
	struct strbuf data = STRBUF_INIT(16 << 20);

	if (file_read(source, &data, NULL) == 0)
		assert_int_equal(file_write_atomic(target, data.buf, data.len, 0644, NULL), 0);
	strbuf_release(&data);
}

/* What SIGKILL would leave now. */
static void copy_folder(const char *from, const char *to)
{
	static const char *const names[] = {"run.db", "run.db-journal", "run.db-wal", "run.db-shm",
					    "run.lock"};

	rm_rf(to, NULL);
	assert_int_equal(mkdir_p(to, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		copy_file(from, to, names[i]);
}

static int see_last(void *arg, const struct store_result_row *r)
{
	unsigned int *last = arg;

	assert_int_equal(r->result.attempt, *last + 1);
	*last = r->result.attempt;
	return 0;
}

/* True when it can be read. */
static bool check_folder(const char *dir, const struct told *told)
{
	struct store *s = NULL;
	struct err err = ERR_INIT;
	unsigned int last = 0;
	int r = store_open(dir, false, &s, &err);

	if (r < 0) {
		assert_false(told->created);
		assert_true(r == -ENOENT || r == -EBADMSG);
		assert_non_null(strstr(err.text, "not a run"));
		return false;
	}
	assert_int_equal(store_each_result(s, 1, see_last, &last, NULL), 0);
	assert_true(last == told->records || last == told->records + 1);
	assert_string_not_equal(store_state(s), "running");
	store_close(s);
	return true;
}

static void cut_at_every_moment(void **state)
{
	struct fixture *f = *state;
	_autofree_ char *copy = path_join(f->top, "copy");
	unsigned int readable = 0, refused = 0;
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	pid_t pid;

	assert_ptr_not_equal(told, MAP_FAILED);
	pid = fork();
	if (pid == 0)
		child(f, told);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* Each call stops twice, at entry and at exit. */
	for (unsigned int stops = 0; WIFSTOPPED(status); stops++) {
		if (stops % 2) {
			copy_folder(f->dir, copy);
			if (check_folder(copy, told))
				readable++;
			else
				refused++;
		}
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_true(WIFEXITED(status));
	munmap(told, sizeof(*told));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
	print_message("# %u readable, %u refused\n", readable, refused);
	assert_true(readable > 50 && refused > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cut_at_every_moment, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
