/* SPDX-License-Identifier: MIT */
#include "run/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

static char root[] = "/tmp/budget-XXXXXX";

static int make_root(void **state)
{
	memcpy(root + strlen(root) - 6, "XXXXXX", 6);
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	return rm_rf(root, NULL);
}

static void put(const char *path, const char *text)
{
	_autofree_ char *file = xasprintf("%s/%s", root, path);
	_autofree_ char *dir = xstrdup(file);

	*strrchr(dir, '/') = '\0';
	assert_int_equal(mkdir_p(dir, NULL), 0);
	assert_int_equal(file_write_atomic(file, text, strlen(text), 0644, NULL), 0);
}

static struct budget read_it(unsigned int online)
{
	struct budget b;

	budget_read(root, online, &b);
	return b;
}

#define MEMINFO "MemTotal:  8000000 kB\nMemFree: 100 kB\nMemAvailable:    4194304 kB\n"

static void a_bare_host(void **state)
{
	put("proc/meminfo", MEMINFO);
	assert_int_equal(read_it(6).cores, 6);
	assert_int_equal(read_it(6).memory_mib, 4096);
}

static void nothing_can_be_read(void **state)
{
	assert_int_equal(read_it(0).cores, 1);
	assert_int_equal(read_it(0).memory_mib, 0);
}

/* The tightest of a group and those that hold it; cache that can be dropped does not count. */
static void groups_of_version_two(void **state)
{
	put("proc/meminfo", MEMINFO);
	put("proc/self/cgroup", "0::/jobs/one\n");
	put("sys/fs/cgroup/jobs/memory.max", "2147483648\n");
	put("sys/fs/cgroup/jobs/memory.current", "1073741824\n");
	put("sys/fs/cgroup/jobs/memory.stat", "anon 5\nfile 6\ninactive_file 536870912\n");
	put("sys/fs/cgroup/jobs/cpu.max", "350000 100000\n");
	put("sys/fs/cgroup/jobs/one/memory.max", "max\n");
	put("sys/fs/cgroup/jobs/one/cpu.max", "max 100000\n");
	assert_int_equal(read_it(8).cores, 3);
	assert_int_equal(read_it(2).cores, 2);
	assert_int_equal(read_it(8).memory_mib, 1536);
	put("sys/fs/cgroup/jobs/one/cpu.max", "50000 100000\n");
	assert_int_equal(read_it(8).cores, 1);
}

static void groups_of_version_one(void **state)
{
	put("proc/meminfo", MEMINFO);
	put("proc/self/cgroup", "4:memory:/a\n3:cpu,cpuacct:/b\n2:cpuset:/\n0::/\n");
	put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
	put("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1073741824\n");
	put("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "268435456\n");
	put("sys/fs/cgroup/cpu/b/cpu.cfs_quota_us", "200000\n");
	put("sys/fs/cgroup/cpu/b/cpu.cfs_period_us", "100000\n");
	assert_int_equal(read_it(8).cores, 2);
	assert_int_equal(read_it(8).memory_mib, 768);
	put("sys/fs/cgroup/cpu/b/cpu.cfs_quota_us", "-1\n");
	assert_int_equal(read_it(8).cores, 8);
}

/* In a container the path is the host's: the limit stands at the top. */
static void a_path_that_is_not_there(void **state)
{
	put("proc/meminfo", MEMINFO);
	put("proc/self/cgroup", "0::/../../host/path\n");
	put("sys/fs/cgroup/memory.max", "1073741824\n");
	put("sys/fs/cgroup/memory.current", "0\n");
	assert_int_equal(read_it(8).memory_mib, 1024);
}

static void more_than_fits_already(void **state)
{
	put("proc/meminfo", MEMINFO);
	put("proc/self/cgroup", "0::/a\n");
	put("sys/fs/cgroup/a/memory.max", "1000\n");
	put("sys/fs/cgroup/a/memory.current", "2000\n");
	assert_int_equal(read_it(8).memory_mib, 0);
}

static unsigned int jobs(struct budget b, unsigned int cpus, unsigned int asked, const char *words)
{
	const struct budget_need needs[] = {{512, cpus}, {1024, 1}, {512, cpus}};
	_autofree_ char *why = NULL;
	unsigned int n = budget_jobs(&b, needs, ARRAY_SIZE(needs), asked, &why);

	if (words)
		assert_non_null(why && strstr(why, words) ? why : NULL);
	else
		assert_null(why);
	return n;
}

static void as_many_as_there_is_room_for(void **state)
{
	assert_int_equal(jobs((struct budget){4, 100000}, 1, 0, NULL), 4);
	assert_int_equal(jobs((struct budget){1000, 1u << 30}, 1, 0, NULL), 64);
	/* The largest together: 1024 + 512 + 2 × 128. */
	assert_int_equal(jobs((struct budget){4, 1792}, 1, 0, NULL), 2);
	assert_int_equal(jobs((struct budget){4, 1791}, 1, 0, NULL), 1);
	assert_int_equal(jobs((struct budget){4, 1}, 1, 0, NULL), 1);
}

/* A machine of many virtual CPUs may stand beside others, and shares a set with none. */
static void parts_of_a_set_need_a_core_for_each_cpu(void **state)
{
	assert_int_equal(jobs((struct budget){2, 100000}, 2, 2, NULL), 2);
	assert_int_equal(budget_parts(&(struct budget){4, 0}, 2), 2);
	assert_int_equal(budget_parts(&(struct budget){3, 0}, 2), 1);
	assert_int_equal(budget_parts(&(struct budget){2, 0}, 1), 2);
	assert_int_equal(budget_parts(&(struct budget){2, 0}, 8), 1);
}

static void more_than_asked_never(void **state)
{
	assert_int_equal(jobs((struct budget){4, 100000}, 1, 1, NULL), 1);
	assert_int_equal(jobs((struct budget){4, 100000}, 1, 4, NULL), 4);
}

static void less_than_asked_is_told_with_numbers(void **state)
{
	assert_int_equal(jobs((struct budget){4, 100000}, 1, 5, "-j 5 is more"), 4);
	assert_int_equal(jobs((struct budget){4, 100000}, 1, 5, "4 cores and 100000 MiB"), 4);
	assert_int_equal(jobs((struct budget){4, 100000}, 1, 5, "up to 1152 MiB"), 4);
	assert_int_equal(jobs((struct budget){4, 1791}, 1, 2, "1791 MiB"), 1);
	assert_int_equal(jobs((struct budget){1, 100000}, 1, 2, "1 core and"), 1);
	assert_int_equal(jobs((struct budget){2, 0}, 1, 2, "1 machine at once"), 1);
}

static void no_cell_takes_nothing(void **state)
{
	const struct budget b = {1, 0};
	char *why;

	assert_int_equal(budget_jobs(&b, NULL, 0, 7, &why), 7);
	assert_null(why);
}

static void this_host_is_read(void **state)
{
	struct budget b;

	assert_true(budget_online() >= 1);
	budget_read("", budget_online(), &b);
	assert_true(b.cores >= 1 && b.cores <= budget_online());
	assert_true(b.memory_mib > 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bare_host),
		TEST(nothing_can_be_read),
		TEST(groups_of_version_two),
		TEST(groups_of_version_one),
		TEST(a_path_that_is_not_there),
		TEST(more_than_fits_already),
		cmocka_unit_test(as_many_as_there_is_room_for),
		cmocka_unit_test(parts_of_a_set_need_a_core_for_each_cpu),
		cmocka_unit_test(more_than_asked_never),
		cmocka_unit_test(less_than_asked_is_told_with_numbers),
		cmocka_unit_test(no_cell_takes_nothing),
		cmocka_unit_test(this_host_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
