/* SPDX-License-Identifier: MIT */
#include "run/durations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

static char top[] = "/tmp/durations-XXXXXX";
static const char *learn_to = top;
static unsigned int runs;

static int make_top(void **state)
{
	memcpy(top + strlen(top) - 6, "XXXXXX", 6);
	return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
	return rm_rf(top, NULL);
}

static struct cell cell_of(const char *kernel, const char *profile)
{
	struct cell c = CELL_INIT;

	c.kernel = (char *)kernel;
	c.profile = (char *)profile;
	c.lane = (char *)"static";
	c.scenario = (char *)"probes";
	return c;
}

/* A run in which "a" and "b" took so long; 0: it was not asked. */
static void run_and_learn(struct cell *c, uint64_t a_ms, uint64_t b_ms, enum verdict v)
{
	_autofree_ char *dir = xasprintf("%s/run%u", top, runs++);
	struct store_cell row = {.role = "kut",
				 .kernel = c->kernel,
				 .target = "qemu",
				 .profile = "",
				 .lane = c->lane,
				 .scenario = c->scenario};
	struct store_result r = {.verdict = v, .begin_us = SEC};
	struct store *s = NULL;

	assert_int_equal(store_create(dir, &s, NULL), 0);
	assert_int_equal(store_add_cell(s, &row, NULL), 0);
	r.cell = c->id = row.id;
	r.name = "a";
	r.end_us = r.begin_us + a_ms * MSEC;
	if (a_ms)
		assert_int_equal(store_add_result(s, &r, NULL), 0);
	r.name = "b";
	r.end_us = r.begin_us + b_ms * MSEC;
	if (b_ms)
		assert_int_equal(store_add_result(s, &r, NULL), 0);
	durations_learn(learn_to, s, c);
	store_close(s);
}

static uint64_t known_ms(const struct cell *c, const char *name)
{
	_cleanup_(durations_release) struct durations d = {0};

	durations_load(top, c, &d);
	return durations_of(&d, name, 7 * MSEC) / MSEC;
}

static void what_was_seen_is_known(void **state)
{
	struct cell c = cell_of("/boot/vmlinuz", NULL);

	assert_int_equal(known_ms(&c, "a"), 7);
	run_and_learn(&c, 100, 300, VERDICT_PASS);
	assert_int_equal(known_ms(&c, "a"), 100);
	assert_int_equal(known_ms(&c, "b"), 300);
	assert_int_equal(known_ms(&c, DURATIONS_CELL), 300);
	assert_int_equal(known_ms(&c, "new"), 7);
}

static void old_and_new_count_half_each(void **state)
{
	struct cell c = cell_of("/boot/vmlinuz", NULL);

	run_and_learn(&c, 100, 300, VERDICT_PASS);
	run_and_learn(&c, 200, 0, VERDICT_FAIL);
	assert_int_equal(known_ms(&c, "a"), 150);
	assert_int_equal(known_ms(&c, "b"), 300);
}

/* A kernel built anew keeps its history, another kernel or profile has its own. */
static void it_hangs_on_the_kernels_name_and_the_profile(void **state)
{
	struct cell c = cell_of("/one/kernel.elf", NULL), moved = cell_of("/two/kernel.elf", NULL);
	struct cell other = cell_of("/one/vmlinuz", NULL),
		    scsi = cell_of("/one/kernel.elf", "scsi");

	run_and_learn(&c, 100, 300, VERDICT_PASS);
	assert_int_equal(known_ms(&moved, "a"), 100);
	assert_int_equal(known_ms(&other, "a"), 7);
	assert_int_equal(known_ms(&scsi, "a"), 7);
}

/* How long it took us to break says nothing. */
static void a_broken_case_teaches_nothing(void **state)
{
	struct cell c = cell_of("k", NULL);

	run_and_learn(&c, 100, 300, VERDICT_BROKEN);
	assert_int_equal(known_ms(&c, "a"), 7);
}

static void a_damaged_file_is_no_history(void **state)
{
	static const char text[] = "12\nabc\tx\n\t\n-\n5000\ta\n99999999999999999999999\tb\n\xff\n";
	struct cell c = cell_of("k e/../../r n", NULL);
	_autofree_ char *path = xasprintf("%s/r_n,,static,probes.tsv", top);

	assert_int_equal(file_write_atomic(path, text, sizeof(text) - 1, 0644, NULL), 0);
	assert_int_equal(known_ms(&c, "a"), 5);
	assert_int_equal(known_ms(&c, "x"), 7);
	run_and_learn(&c, 15, 0, VERDICT_PASS);
	assert_int_equal(known_ms(&c, "a"), 10);
}

static void a_cache_that_cannot_be_written_is_no_error(void **state)
{
	struct cell c = cell_of("k", NULL);
	_autofree_ char *nowhere = xasprintf("%s/file/below", top);
	_autofree_ char *file = xasprintf("%s/file", top);
	_cleanup_(durations_release) struct durations d = {0};

	assert_int_equal(file_write_atomic(file, "", 0, 0644, NULL), 0);
	learn_to = nowhere;
	run_and_learn(&c, 100, 300, VERDICT_PASS);
	learn_to = top;
	durations_load(nowhere, &c, &d);
	assert_int_equal(d.n, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_seen_is_known),
		TEST(old_and_new_count_half_each),
		TEST(it_hangs_on_the_kernels_name_and_the_profile),
		TEST(a_broken_case_teaches_nothing),
		TEST(a_damaged_file_is_no_history),
		TEST(a_cache_that_cannot_be_written_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
