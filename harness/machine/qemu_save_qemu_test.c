/* SPDX-License-Identifier: MIT */
/* Machines that are saved and woken, with a kernel of ours that never stops talking. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "machine/machine.h"

/* A healthy host needs a hundredth of it. */
#define LIMIT deadline_in(60 * SEC)

static struct loop *loop;
static char dir[] = "/tmp/harness-save-XXXXXX";
static char *kernel, *disk, *saved;
static struct rig {
	struct machine *m;
	uint64_t heard, wanted;
	bool ended;
} rigs[3];

static void on_console(void *arg, const char *data, size_t n)
{
	((struct rig *)arg)->heard += n;
}

static void on_end(void *arg, enum machine_end end, const char *reason)
{
	((struct rig *)arg)->ended = true;
}

static int try_start(struct rig *rig, bool may_save, const char *wake, struct err *err)
{
	const struct machine_listener listener = {
		.on_console = on_console, .on_end = on_end, .arg = rig};
	const struct machine_spec spec = {.kernel = kernel,
					  .disk = disk,
					  .run_dir = dir,
					  .accel = ACCEL_TCG,
					  .memory_mib = 64,
					  .may_save = may_save,
					  .wake = wake};

	return machine_start(loop, &spec, &listener, &rig->m, err);
}

static void start(struct rig *rig, bool may_save, const char *wake)
{
	struct err err = ERR_INIT;

	if (try_start(rig, may_save, wake, &err) < 0)
		fail_msg("%s", err.text);
}

static bool heard_enough(void *arg)
{
	const struct rig *rig = arg;

	return rig->heard >= rig->wanted || rig->ended;
}

/* It runs: more comes from it. */
static void talks(struct rig *rig)
{
	rig->wanted = rig->heard + 20000;
	assert_int_equal(loop_wait(loop, heard_enough, rig, LIMIT), 0);
	assert_false(rig->ended);
}

static void save(struct rig *rig)
{
	struct err err = ERR_INIT;

	start(rig, true, NULL);
	talks(rig);
	if (machine_save(rig->m, saved, LIMIT, &err) < 0)
		fail_msg("%s", err.text);
}

static off_t size_of(const char *name)
{
	_autofree_ char *path = path_join(saved, name);
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

static void it_is_woken_where_it_was_saved(void **state)
{
	_autofree_ char *overlay = path_join(dir, "disk.qcow2");

	save(&rigs[0]);
	assert_int_equal(size_of("ram"), 64 << 20);
	assert_true(size_of("state") > 0 && size_of("disk.qcow2") > 0);
	assert_false(file_exists(overlay));
	/* The saved one goes on; two others wake beside it. */
	talks(&rigs[0]);
	start(&rigs[1], false, saved);
	start(&rigs[2], false, saved);
	talks(&rigs[1]);
	talks(&rigs[2]);
	talks(&rigs[0]);
}

static void zero(const char *name, off_t from, size_t n)
{
	_autofree_ char *path = path_join(saved, name);
	_autofree_ char *zeros = xcalloc(n, 1);
	_autoclose_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, zeros, n, from), n);
}

static void damage_is_told_in_the_words_of_qemu(void **state)
{
	_autofree_ char *ram = path_join(saved, "ram");
	struct err err = ERR_INIT;

	save(&rigs[0]);
	zero("state", 0, 4);
	assert_true(try_start(&rigs[1], false, saved, &err) < 0);
	if (!strstr(err.text, "load of migration failed"))
		fail_msg("%s", err.text);
	assert_int_equal(unlink(ram), 0);
	err = (struct err)ERR_INIT;
	assert_int_equal(try_start(&rigs[2], false, saved, &err), -ENOENT);
}

static void a_disk_that_is_full_stops_no_machine(void **state)
{
	const struct rlimit small = {1 << 20, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
	struct err err = ERR_INIT;
	int r;

	start(&rigs[0], true, NULL);
	talks(&rigs[0]);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = machine_save(rigs[0].m, saved, LIMIT, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(r, -EFBIG);
	talks(&rigs[0]);
}

static void only_one_that_was_started_for_it_is_saved(void **state)
{
	struct err err = ERR_INIT;

	start(&rigs[0], false, NULL);
	assert_int_equal(machine_save(rigs[0].m, saved, LIMIT, &err), -EINVAL);
	talks(&rigs[0]);
}

/* --- Keys --- */

static int key_of(const struct machine_spec *spec, char ret[65])
{
	struct err err = ERR_INIT;

	return machine_snapshot_key(loop, spec, ret, &err);
}

static void a_key_is_of_all_that_the_guest_depends_on(void **state)
{
	static const uint16_t ports[] = {22, 0};
	const struct machine_spec base = {.kernel = kernel, .disk = disk, .accel = ACCEL_TCG};
	_autofree_ char *other = path_join(dir, "other.elf");
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1 << 20);
	struct machine_spec others[7];
	char key[65], again[65];

	assert_int_equal(file_read(kernel, &sb, NULL), 0);
	strbuf_addch(&sb, '\0');
	assert_int_equal(file_write_atomic(other, sb.buf, sb.len, 0644, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = base;
	others[0].append = "quiet";
	others[1].memory_mib = 100;
	others[2].cpus = 1;
	others[3].profile = "legacy";
	others[4].kernel = other;
	others[5].initrd = other;
	others[6].disk = other;
	assert_int_equal(key_of(&base, key), 0);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		assert_int_equal(key_of(&others[i], again), 0);
		assert_string_not_equal(key, again);
	}
	others[0] = base;
	others[0].forward = ports;
	others[0].run_dir = "/elsewhere";
	assert_int_equal(key_of(&others[0], again), 0);
	assert_string_equal(key, again);
}

static void what_cannot_wake_says_why(void **state)
{
	const struct machine_spec spec = {
		.kernel = kernel, .disk = disk, .accel = ACCEL_TCG, .profile = "nvme"};
	struct err err = ERR_INIT;
	char key[65];

	assert_int_equal(machine_snapshot_key(loop, &spec, key, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "NVMe"));
}

/* As long as this is so, the profile's word is true. */
static void nvme_is_refused_by_qemu(void **state)
{
	const struct machine_listener listener = {
		.on_console = on_console, .on_end = on_end, .arg = &rigs[0]};
	const struct machine_spec spec = {.kernel = kernel,
					  .disk = disk,
					  .run_dir = dir,
					  .profile = "nvme",
					  .accel = ACCEL_TCG,
					  .memory_mib = 64,
					  .may_save = true};
	struct err err = ERR_INIT;

	if (machine_start(loop, &spec, &listener, &rigs[0].m, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(machine_save(rigs[0].m, saved, LIMIT, &err) < 0);
	talks(&rigs[0]);
}

static int before_each(void **state)
{
	rm_rf(saved, NULL);
	return mkdir_p(saved, NULL);
}

static int after_each(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rigs); i++) {
		machine_free(rigs[i].m);
		rigs[i] = (struct rig){0};
	}
	return 0;
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, before_each, after_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_is_woken_where_it_was_saved),
		T(damage_is_told_in_the_words_of_qemu),
		T(a_disk_that_is_full_stops_no_machine),
		T(only_one_that_was_started_for_it_is_saved),
		T(a_key_is_of_all_that_the_guest_depends_on),
		T(what_cannot_wake_says_why),
		T(nvme_is_refused_by_qemu),
	};
	int r;

	signal(SIGXFSZ, SIG_IGN);
	if (!mkdtemp(dir) || loop_new(&loop, NULL) < 0)
		return 1;
	setenv("HARNESS_CACHE", dir, 1);
	kernel = path_join(paths_guest(), "fake/storm.elf");
	disk = path_join(dir, "disk.img");
	saved = path_join(dir, "saved");
	if (file_write_atomic(disk, "", 0, 0644, NULL) < 0 || truncate(disk, 1 << 20) < 0)
		return 1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	loop_free(loop);
	rm_rf(dir, NULL);
	free(kernel);
	free(disk);
	free(saved);
	return r;
}
