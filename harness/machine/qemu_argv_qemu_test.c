/* SPDX-License-Identifier: MIT */
/* Does a real QEMU make of a profile's command line the devices that were meant? */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "machine/monitor.h"
#include "machine/qemu_argv.h"

#define LIMIT	    (20 * SEC)
#define VIRTIO	    0x1af4
#define DEVICES_MAX 32

static struct loop *loop;
static char dir[] = "/tmp/qemu-argv-test-XXXXXX";
static char *disk, *kernel;
static struct proc proc;
static struct monitor monitor;
static int far_ends[QEMU_FD_END];

static int release(void **state)
{
	proc_release(&proc);
	monitor_release(&monitor);
	for (int i = 0; i < QEMU_FD_END; i++)
		cleanup_close(&far_ends[i]);
	return 0;
}

/* QEMU with the profile's devices, its CPUs not started. */
static void launch(const char *profile)
{
	struct machine_spec spec = {.kernel = kernel, .disk = disk};
	struct qemu_plan plan = {
		.spec = &spec, .profile = profile_find(profile), .accel = ACCEL_TCG};
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct proc_spec ps = PROC_SPEC_INIT;
	int theirs[QEMU_FD_END];
	struct err err = ERR_INIT;

	qemu_argv(&plan, "fake=halt", &argv);
	strv_push(&argv, "-S");
	for (int i = QEMU_FD_MONITOR; i < QEMU_FD_END; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		far_ends[i] = pair[0];
		theirs[i] = pair[1];
	}
	ps.argv = argv.v;
	ps.stderr_fd = STDERR_FILENO;
	ps.extra_fds = theirs + QEMU_FD_MONITOR;
	ps.n_extra_fds = QEMU_FD_END - QEMU_FD_MONITOR;
	memset(&proc, 0, sizeof(proc));
	memset(&monitor, 0, sizeof(monitor));
	assert_int_equal(proc_spawn(&proc, loop, &ps, &err), 0);
	for (int i = QEMU_FD_MONITOR; i < QEMU_FD_END; i++)
		close(theirs[i]);
	assert_int_equal(
		monitor_init(&monitor, loop, TAKE_FD(far_ends[QEMU_FD_MONITOR]), NULL, &err), 0);
	if (monitor_handshake(&monitor, deadline_in(LIMIT), &err) < 0)
		fail_msg("%s: %s", profile, err.text);
}

/* Device ids of one vendor on the root bus. */
static size_t pci_ids(int64_t vendor, int64_t *ids)
{
	_cleanup_(qmp_message_release) struct qmp_message m = {0};
	struct err err = ERR_INIT;
	size_t n = 0;

	if (monitor_run(&monitor, "query-pci", &m, deadline_in(LIMIT), &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < qmp_length(&m, "0.devices") && n < DEVICES_MAX; i++) {
		char path[64];
		int64_t v, id;

		snprintf(path, sizeof(path), "0.devices.%zu.id.vendor", i);
		assert_true(qmp_integer(&m, path, &v));
		snprintf(path, sizeof(path), "0.devices.%zu.id.device", i);
		assert_true(qmp_integer(&m, path, &id));
		if (v == vendor)
			ids[n++] = id;
	}
	return n;
}

static void every_virtio_device_is_of_the_profiles_kind(void **state)
{
	const struct machine_profile_info *infos;
	size_t n = machine_profiles(&infos);

	for (size_t i = 0; i < n; i++) {
		const struct profile *p = profile_find(infos[i].name);
		int64_t low = p->virtio == VIRTIO_MODERN ? 0x1040 : 0x1000;
		int64_t ids[DEVICES_MAX];
		size_t found;

		launch(p->info.name);
		found = pci_ids(VIRTIO, ids);
		assert_true(found >= 1); /* the network at least */
		for (size_t k = 0; k < found; k++)
			if (ids[k] < low || ids[k] >= low + 0x3f)
				fail_msg("%s has virtio device %llx", p->info.name,
					 (unsigned long long)ids[k]);
		release(NULL);
	}
}

/*
 * Legacy and transitional devices share their ids; what tells them apart is the virtio capability
 * region: a legacy one has none, and so only its I/O ports and MSI-X table.
 */
static void legacy_has_no_modern_registers(void **state)
{
	static const struct {
		const char *profile;
		bool io, mem64;
	} table[] = {
		{"legacy", true, false}, {"transitional", true, true}, {"modern", false, true}};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(qmp_message_release) struct qmp_message m = {0};
		struct err err = ERR_INIT;
		const char *at, *end, *io, *mem;

		launch(table[i].profile);
		if (monitor_run_human(&monitor, "info qtree", &m, deadline_in(LIMIT), &err) < 0)
			fail_msg("%s", err.text);
		at = strstr(m.text, "dev: virtio-net-pci");
		assert_non_null(at);
		end = strstr(at, "bus: virtio-bus");
		assert_non_null(end);
		io = strstr(at, "bar 0: i/o");
		mem = strstr(at, "bar 4: mem");
		assert_int_equal(io && io < end, table[i].io);
		assert_int_equal(mem && mem < end, table[i].mem64);
		release(NULL);
	}
}

static void disk_is_on_the_profiles_bus(void **state)
{
	static const struct {
		const char *profile, *device;
	} table[] = {
		{"modern", "dev: virtio-blk-device"},
		{"scsi", "dev: scsi-hd"},
		{"nvme", "dev: nvme"},
		{"ahci", "dev: ide-hd"},
		{"legacy", "dev: virtio-blk-device"},
		{"transitional", "dev: virtio-balloon-pci"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(qmp_message_release) struct qmp_message m = {0};

		launch(table[i].profile);
		assert_int_equal(
			monitor_run_human(&monitor, "info qtree", &m, deadline_in(LIMIT), NULL), 0);
		if (!strstr(m.text, table[i].device))
			fail_msg("%s has no %s", table[i].profile, table[i].device);
		release(NULL);
	}
}

/* A journalled root needs to be able to say "write it now". */
static void disk_offers_flush(void **state)
{
	_cleanup_(qmp_message_release) struct qmp_message m = {0};

	launch("dragonos");
	assert_int_equal(monitor_run_human(&monitor,
					   "info virtio-status /machine/peripheral-anon/"
					   "device[0]/virtio-backend",
					   &m, deadline_in(LIMIT), NULL),
			 0);
	assert_non_null(strstr(m.text, "virtio-blk"));
	assert_non_null(strstr(m.text, "VIRTIO_BLK_F_FLUSH"));
}

static int setup(void **state)
{
	_autoclose_ int fd = -1;

	for (int i = 0; i < QEMU_FD_END; i++)
		far_ends[i] = -1;
	if (!mkdtemp(dir) || loop_new(&loop, NULL) < 0)
		return -1;
	kernel = path_join(paths_guest(), "fake/halt.elf");
	disk = path_join(dir, "disk.img");
	fd = open(disk, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return fd < 0 ? -1 : ftruncate(fd, 4 << 20);
}

static int teardown(void **state)
{
	loop_free(loop);
	free(kernel);
	free(disk);
	return rm_rf(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_virtio_device_is_of_the_profiles_kind, release),
		cmocka_unit_test_teardown(legacy_has_no_modern_registers, release),
		cmocka_unit_test_teardown(disk_is_on_the_profiles_bus, release),
		cmocka_unit_test_teardown(disk_offers_flush, release),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
