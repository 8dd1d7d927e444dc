/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "machine/snapshot.h"

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define KEY_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static char cache[] = "/tmp/harness-snapshot-XXXXXX";
static const struct snapshot_about about = {.session = 0xfeedbeef,
					    .boot_us = 1234567,
					    .speed_us = 16001,
					    .nonce = "0123456789abcdef0123456789abcdef"};

static char *in_cache(const char *key, const char *rest)
{
	return xasprintf("%s/snapshot/%s%s", cache, key, rest);
}

static void write_file(const char *path, size_t n)
{
	_autofree_ char *bytes = xcalloc(n + 1, 1);
	_autofclose_ FILE *f = fopen(path, "we");

	memset(bytes, 'x', n);
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
}

static void fill(const struct snapshot_part *p, size_t ram)
{
	_autofree_ char *a = path_join(p->dir, "ram"), *b = path_join(p->dir, "state");
	_autofree_ char *c = path_join(p->dir, "disk.qcow2");

	write_file(a, ram);
	write_file(b, 100);
	write_file(c, 200);
}

static void save(const char *key, size_t ram)
{
	_cleanup_(snapshot_part_release) struct snapshot_part p = SNAPSHOT_PART_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(snapshot_begin(key, &p, &err), 0);
	fill(&p, ram);
	assert_int_equal(snapshot_commit(&p, &about, &err), 0);
}

static int try_open(const char *key)
{
	_cleanup_(snapshot_release) struct snapshot s = SNAPSHOT_INIT;
	struct err err = ERR_INIT;

	return snapshot_open(key, &s, &err);
}

static void what_was_saved_is_found(void **state)
{
	_cleanup_(snapshot_release) struct snapshot s = SNAPSHOT_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(try_open(KEY_A), -ENOENT);
	save(KEY_A, 5000);
	assert_int_equal(snapshot_open(KEY_A, &s, &err), 0);
	assert_int_equal(s.about.session, about.session);
	assert_int_equal(s.about.boot_us, about.boot_us);
	assert_int_equal(s.about.speed_us, about.speed_us);
	assert_string_equal(s.about.nonce, about.nonce);
	assert_int_equal(try_open(KEY_B), -ENOENT);
}

/* Opens it and says that it worked; true when that was known. */
static bool worked_before(const char *key)
{
	_cleanup_(snapshot_release) struct snapshot s = SNAPSHOT_INIT;

	assert_int_equal(snapshot_open(key, &s, NULL), 0);
	snapshot_opened(&s);
	snapshot_worked(&s);
	return s.worked;
}

/* For an hour, and of this snapshot alone: one saved anew under its key has yet to work. */
static void what_worked_is_known(void **state)
{
	_autofree_ char *worked = in_cache(KEY_A, "/worked");
	const struct timespec old[2] = {{.tv_sec = time(NULL) - 3700},
					{.tv_sec = time(NULL) - 3700}};

	save(KEY_A, 10);
	assert_false(worked_before(KEY_A));
	assert_true(worked_before(KEY_A));
	assert_true(worked_before(KEY_A));
	assert_int_equal(utimensat(AT_FDCWD, worked, old, 0), 0);
	assert_false(worked_before(KEY_A));
	assert_true(worked_before(KEY_A));
	snapshot_failed(KEY_A, "as if");
	save(KEY_A, 10);
	assert_false(worked_before(KEY_A));
}

static void one_writer_at_a_time(void **state)
{
	_cleanup_(snapshot_part_release) struct snapshot_part first = SNAPSHOT_PART_INIT;
	struct snapshot_part second = SNAPSHOT_PART_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(snapshot_begin(KEY_A, &first, &err), 0);
	assert_int_equal(snapshot_begin(KEY_A, &second, &err), -EBUSY);
	fill(&first, 10);
	assert_int_equal(snapshot_commit(&first, &about, &err), 0);
	snapshot_part_release(&first);
	assert_int_equal(snapshot_begin(KEY_A, &second, &err), -EEXIST);
}

static void half_a_snapshot_is_none(void **state)
{
	_autofree_ char *part = in_cache(KEY_A, ".part");
	struct snapshot_part p = SNAPSHOT_PART_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(snapshot_begin(KEY_A, &p, &err), 0);
	fill(&p, 10);
	assert_int_equal(try_open(KEY_A), -ENOENT);
	snapshot_part_release(&p);
	assert_false(file_exists(part));
	/* A file is missing. */
	assert_int_equal(snapshot_begin(KEY_A, &p, &err), 0);
	assert_int_equal(snapshot_commit(&p, &about, &err), -ENOENT);
	snapshot_part_release(&p);
	assert_int_equal(try_open(KEY_A), -ENOENT);
}

static void what_a_killed_writer_left_is_swept(void **state)
{
	_autofree_ char *left = in_cache(KEY_B, ".part/ram");
	_autofree_ char *dir = in_cache(KEY_B, ".part");

	assert_int_equal(mkdir_p(dir, NULL), 0);
	write_file(left, 10);
	save(KEY_A, 10);
	assert_false(file_exists(dir));
}

static void what_another_still_writes_stays(void **state)
{
	_cleanup_(snapshot_part_release) struct snapshot_part p = SNAPSHOT_PART_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(snapshot_begin(KEY_B, &p, &err), 0);
	save(KEY_A, 10);
	assert_true(file_exists(p.dir));
}

static void a_file_cut_short_is_damage(void **state)
{
	_autofree_ char *ram = in_cache(KEY_A, "/ram"), *text = in_cache(KEY_A, "/about");

	save(KEY_A, 5000);
	assert_int_equal(truncate(ram, 4999), 0);
	assert_int_equal(try_open(KEY_A), -EBADMSG);
	assert_int_equal(truncate(ram, 5000), 0);
	assert_int_equal(try_open(KEY_A), 0);
	assert_int_equal(truncate(text, 20), 0);
	assert_int_equal(try_open(KEY_A), -EBADMSG);
}

static void two_failures_end_it(void **state)
{
	_cleanup_(snapshot_release) struct snapshot s = SNAPSHOT_INIT;
	struct snapshot_part p = SNAPSHOT_PART_INIT;
	struct err err = ERR_INIT;

	save(KEY_A, 10);
	snapshot_failed(KEY_A, "first\nreason");
	assert_int_equal(try_open(KEY_A), -ENOENT);
	save(KEY_A, 10);
	/* One that works forgives. */
	assert_int_equal(snapshot_open(KEY_A, &s, &err), 0);
	snapshot_opened(&s);
	snapshot_worked(&s);
	snapshot_failed(KEY_A, "second");
	save(KEY_A, 10);
	snapshot_failed(KEY_A, "third");
	assert_int_equal(try_open(KEY_A), -ENOTSUP);
	assert_int_equal(snapshot_begin(KEY_A, &p, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "second"));
}

static void old_failures_are_forgotten(void **state)
{
	const struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
	_autofree_ char *failed = in_cache(KEY_A, ".failed");

	save(KEY_A, 10);
	snapshot_failed(KEY_A, "one");
	snapshot_failed(KEY_A, "two");
	assert_int_equal(try_open(KEY_A), -ENOTSUP);
	assert_int_equal(utimensat(AT_FDCWD, failed, old, 0), 0);
	assert_int_equal(try_open(KEY_A), -ENOENT);
	save(KEY_A, 10);
}

static void used_at(const char *key, time_t when)
{
	const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
	_autofree_ char *path = in_cache(key, "/about");

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Of every disk: these tests need no room to speak of. */
static uint64_t free_bytes = 1ull << 40;

int statvfs(const char *path, struct statvfs *ret)
{
	*ret = (struct statvfs){.f_frsize = 4096, .f_bavail = free_bytes / 4096};
	return 0;
}

/* Nothing is begun where a snapshot would leave a run no room, and nothing stays behind. */
static void a_full_disk_is_told(void **state)
{
	_cleanup_(snapshot_part_release) struct snapshot_part p = SNAPSHOT_PART_INIT;
	_autofree_ char *part = in_cache(KEY_A, ".part");
	struct err err = ERR_INIT;

	free_bytes = (1ull << 30) - 4096;
	assert_int_equal(snapshot_begin(KEY_A, &p, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "less than 1024 MiB are free in "));
	assert_false(file_exists(part));
	free_bytes = 1ull << 30;
	assert_int_equal(snapshot_begin(KEY_A, &p, &err), 0);
	free_bytes = 1ull << 40;
}

static void the_least_recently_used_goes(void **state)
{
	setenv(SNAPSHOT_MAX_ENV, "1", 1);
	save(KEY_A, 400 << 10);
	save(KEY_B, 400 << 10);
	used_at(KEY_A, 2000000000);
	used_at(KEY_B, 1000000000);
	save(KEY_C, 400 << 10);
	assert_int_equal(try_open(KEY_A), 0);
	assert_int_equal(try_open(KEY_B), -ENOENT);
	assert_int_equal(try_open(KEY_C), 0);
	/* The one just made stays, however large. */
	assert_int_equal(try_open(KEY_B), -ENOENT);
	save(KEY_B, 2 << 20);
	assert_int_equal(try_open(KEY_B), 0);
	assert_int_equal(try_open(KEY_A), -ENOENT);
	unsetenv(SNAPSHOT_MAX_ENV);
}

static void one_that_is_being_opened_stays(void **state)
{
	_cleanup_(snapshot_release) struct snapshot s = SNAPSHOT_INIT;
	_autofree_ char *dir = in_cache(KEY_A, "");
	struct err err = ERR_INIT;

	save(KEY_A, 10);
	assert_int_equal(snapshot_open(KEY_A, &s, &err), 0);
	snapshot_failed(KEY_A, "somebody else's failure");
	assert_true(file_exists(dir));
	snapshot_opened(&s);
	snapshot_failed(KEY_A, "again");
	assert_false(file_exists(dir));
}

static void a_hash_is_of_the_content(void **state)
{
	_autofree_ char *path = in_cache("file", "");
	char one[65], two[65], three[65];
	struct err err = ERR_INIT;

	_autofree_ char *dir = in_cache("", "");

	assert_int_equal(mkdir_p(dir, NULL), 0);
	write_file(path, 10);
	assert_int_equal(snapshot_file_hash(path, one, &err), 0);
	assert_int_equal(snapshot_file_hash(path, two, &err), 0);
	assert_string_equal(one, two);
	write_file(path, 11);
	assert_int_equal(snapshot_file_hash(path, three, &err), 0);
	assert_string_not_equal(one, three);
	assert_int_equal(snapshot_file_hash("/nowhere", one, &err), -ENOENT);
}

static int clean(void **state)
{
	_autofree_ char *dir = in_cache("", "");

	return rm_rf(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_was_saved_is_found, clean),
		cmocka_unit_test_teardown(what_worked_is_known, clean),
		cmocka_unit_test_teardown(one_writer_at_a_time, clean),
		cmocka_unit_test_teardown(half_a_snapshot_is_none, clean),
		cmocka_unit_test_teardown(what_a_killed_writer_left_is_swept, clean),
		cmocka_unit_test_teardown(what_another_still_writes_stays, clean),
		cmocka_unit_test_teardown(a_file_cut_short_is_damage, clean),
		cmocka_unit_test_teardown(two_failures_end_it, clean),
		cmocka_unit_test_teardown(old_failures_are_forgotten, clean),
		cmocka_unit_test_teardown(a_full_disk_is_told, clean),
		cmocka_unit_test_teardown(the_least_recently_used_goes, clean),
		cmocka_unit_test_teardown(one_that_is_being_opened_stays, clean),
		cmocka_unit_test_teardown(a_hash_is_of_the_content, clean),
	};
	int r;

	if (!mkdtemp(cache))
		return 1;
	setenv("HARNESS_CACHE", cache, 1);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	rm_rf(cache, NULL);
	return r;
}
