/* SPDX-License-Identifier: MIT */
/* Machines on real QEMU, with kernels of ours that end in every way. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "machine/machine.h"

/* A healthy host needs a tenth of it. */
#define LIMIT (20 * SEC)

static struct loop *loop;
static char dir[] = "/tmp/machine-test-XXXXXX";
static char *disk;

struct guest {
	struct machine *m;
	struct strbuf console;
	struct strbuf channel;
	uint64_t console_bytes, channel_bytes;
	unsigned int ends;
	enum machine_end end;
	char reason[500];
	size_t console_at_end;
};

static void on_console(void *arg, const char *data, size_t n)
{
	struct guest *g = arg;

	g->console_bytes += n;
	strbuf_add(&g->console, data, n);
}

static void on_channel(void *arg, const char *data, size_t n)
{
	struct guest *g = arg;

	g->channel_bytes += n;
	strbuf_add(&g->channel, data, n);
}

static void on_end(void *arg, enum machine_end end, const char *reason)
{
	struct guest *g = arg;

	g->ends++;
	g->end = end;
	g->console_at_end = g->console.len;
	snprintf(g->reason, sizeof(g->reason), "%s", reason);
}

/* Failed assertions jump out of a test, so what it started is released after it. */
static struct guest guests[2];

static void guest_release(struct guest *g)
{
	machine_free(g->m);
	strbuf_release(&g->console);
	strbuf_release(&g->channel);
	*g = (struct guest){.console = STRBUF_INIT(1u << 16), .channel = STRBUF_INIT(1u << 16)};
}

static int before_each(void **state)
{
	guest_release(&guests[0]);
	guest_release(&guests[1]);
	return 0;
}

static char *kernel_path(const char *name)
{
	char file[64];

	snprintf(file, sizeof(file), "fake/%s.elf", name);
	return path_join(paths_guest(), file);
}

static int try_start(struct guest *g, struct machine_spec *spec, const char *kernel,
		     struct err *err)
{
	struct machine_listener listener = {
		.on_console = on_console, .on_channel = on_channel, .on_end = on_end, .arg = g};
	_autofree_ char *path = kernel_path(kernel);

	if (!spec->kernel)
		spec->kernel = path;
	spec->run_dir = dir;
	spec->accel = ACCEL_TCG;
	return machine_start(loop, spec, &listener, &g->m, err);
}

static void start(struct guest *g, struct machine_spec *spec, const char *kernel)
{
	struct err err = ERR_INIT;

	if (try_start(g, spec, kernel, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(g->ends, 0);
	assert_int_equal(g->console_bytes, 0);
}

static bool has_ended(void *arg)
{
	return ((struct guest *)arg)->ends > 0;
}

static bool has_spoken(void *arg)
{
	return ((struct guest *)arg)->console_bytes > 0;
}

static void wait_end(struct guest *g, enum machine_end end)
{
	assert_int_equal(loop_wait(loop, has_ended, g, deadline_in(LIMIT)), 0);
	assert_int_equal(g->end, end);
	assert_int_equal(machine_ended(g->m), end);
}

/* --- Ends --- */

static void poweroff_is_told_after_the_last_byte(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.append = "fake=alive,poweroff"};

	start(g, &spec, "fake");
	wait_end(g, MACHINE_POWEROFF);
	assert_string_equal(strbuf_str(&g->console), "fake kernel: alive\n");
	/* Nothing more happens, whatever QEMU does from now on. */
	loop_wait(loop, NULL, NULL, deadline_in(200 * MSEC));
	assert_int_equal(g->ends, 1);
	assert_int_equal(g->console.len, g->console_at_end);
}

static void reset_pauses_and_registers_can_be_read(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.append = "fake=linux-panic,reset", .cpus = 1};
	struct machine_cpu_sample s[4];
	struct err err = ERR_INIT;
	size_t n = 4;

	start(g, &spec, "fake");
	wait_end(g, MACHINE_RESET);
	assert_non_null(strstr(strbuf_str(&g->console), "---[ end Kernel panic"));
	assert_int_equal(machine_sample_cpus(g->m, s, &n, deadline_in(LIMIT), &err), 0);
	assert_int_equal(n, 1);
	/* Inside of our kernel, that is all of the first 64 KiB from where it is linked. */
	assert_in_range(s[0].rip, 0x100000, 0x10ffff);
}

static void panic_told_to_qemu(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.append = "fake=alive,pvpanic", .profile = "modern"};

	start(g, &spec, "fake");
	wait_end(g, MACHINE_PANICKED);
}

static void killed_qemu_is_gone_with_a_reason(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {0};
	uint64_t begin;

	start(g, &spec, "spin");
	assert_int_equal(loop_wait(loop, has_spoken, g, deadline_in(LIMIT)), 0);
	begin = now_us();
	kill(machine_pid(g->m), SIGKILL);
	wait_end(g, MACHINE_GONE);
	assert_true(now_us() - begin < 2 * SEC);
	assert_non_null(strstr(g->reason, "killed by signal 9"));
}

static void sample_of_a_dead_machine_fails(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {0};
	struct machine_cpu_sample s[4];
	struct err err = ERR_INIT;
	size_t n = 4;

	start(g, &spec, "spin");
	kill(machine_pid(g->m), SIGKILL);
	assert_int_equal(machine_sample_cpus(g->m, s, &n, deadline_in(LIMIT), &err), -EPIPE);
	assert_int_equal(machine_channel_write(g->m, "x", 1), -EPIPE);
}

/* --- Silence --- */

static void sample_until(struct guest *g, bool halted, uint64_t from, uint64_t to)
{
	struct machine_cpu_sample s[4];

	assert_int_equal(loop_wait(loop, has_spoken, g, deadline_in(LIMIT)), 0);
	for (int i = 0; i < 5; i++) {
		struct err err = ERR_INIT;
		size_t n = 4;

		loop_wait(loop, NULL, NULL, deadline_in(20 * MSEC));
		if (machine_sample_cpus(g->m, s, &n, deadline_in(LIMIT), &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(n, 2);
		assert_int_equal(s[0].cpu, 0);
		/* The first sample may come while the last bytes are still being printed. */
		if (i == 0)
			continue;
		assert_int_equal(s[0].halted, halted);
		assert_in_range(s[0].rip, from, to);
		assert_true(s[1].halted);
	}
	assert_int_equal(g->ends, 0);
	assert_int_equal(machine_ended(g->m), MACHINE_RUNNING);
}

static void spin_is_one_address_and_not_halted(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.cpus = 2};

	start(g, &spec, "spin");
	/* fake_spin is the second of the three ends at the beginning of the image. */
	sample_until(g, false, 0x100010, 0x100012);
}

static void halt_is_seen_as_halted(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.cpus = 2};

	start(g, &spec, "halt");
	sample_until(g, true, 0x100000, 0x100010);
}

static uint64_t status_kib(pid_t pid, const char *key)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1u << 16);
	char path[64];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	assert_int_equal(file_read(path, &sb, NULL), 0);
	at = strstr(strbuf_str(&sb), key);
	assert_non_null(at);
	return strtoull(at + strlen(key), NULL, 10);
}

static void storm_eats_no_memory(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {0};
	uint64_t ours, theirs, bytes;
	struct deadline unread;

	start(g, &spec, "storm");
	loop_wait(loop, NULL, NULL, deadline_in(SEC));
	bytes = g->console_bytes;
	assert_true(bytes > 10000);
	ours = status_kib(getpid(), "VmRSS:");
	theirs = status_kib(machine_pid(g->m), "VmRSS:");
	loop_wait(loop, NULL, NULL, deadline_in(SEC));
	assert_true(g->console_bytes > bytes);
	assert_true(status_kib(getpid(), "VmRSS:") < ours + 4096);
	/* Nobody reads: QEMU must wait, not pile up. */
	unread = deadline_in(SEC);
	while (!deadline_passed(unread))
		assert_true(status_kib(machine_pid(g->m), "VmRSS:") < theirs + 16384);
	/* The monitor still answers in the middle of it. */
	{
		struct machine_cpu_sample s[4];
		size_t n = 4;

		assert_int_equal(machine_sample_cpus(g->m, s, &n, deadline_in(2 * SEC), NULL), 0);
		assert_false(s[0].halted);
	}
}

static void channel_bytes_come_apart_from_the_console(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.append = "fake=garbage,alive,poweroff"};

	start(g, &spec, "fake");
	wait_end(g, MACHINE_POWEROFF);
	assert_string_equal(strbuf_str(&g->console), "fake kernel: alive\n");
	assert_true(g->channel_bytes > 50);
}

static void what_is_written_reaches_the_guest(void **state)
{
	static const char line[] = "The quick brown fox jumps over the lazy dog 0123456789.\n";
	struct guest *g = &guests[0];
	struct machine_spec spec = {.append = "fake=echo-console,echo-channel,poweroff"};

	start(g, &spec, "fake");
	/* Long before the guest looks: nothing may be lost. */
	assert_int_equal(machine_channel_write(g->m, line, strlen(line)), 0);
	assert_int_equal(machine_console_write(g->m, "hello\n", 6), 0);
	wait_end(g, MACHINE_POWEROFF);
	assert_string_equal(strbuf_str(&g->console), "hello\n");
	assert_string_equal(strbuf_str(&g->channel), line);
}

/* --- Several, ports --- */

static int connect_to(uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
		close(fd);
		return -errno;
	}
	return fd;
}

static void two_at_once_share_nothing(void **state)
{
	static const uint16_t ports[] = {22, 80, 0};
	struct guest *a = &guests[0], *b = &guests[1];
	struct machine_spec sa = {.forward = ports, .disk = disk}, sb = sa;
	uint16_t p[4];

	start(a, &sa, "halt");
	start(b, &sb, "halt");
	p[0] = machine_port(a->m, 22);
	p[1] = machine_port(a->m, 80);
	p[2] = machine_port(b->m, 22);
	p[3] = machine_port(b->m, 80);
	for (int i = 0; i < 4; i++) {
		_autoclose_ int fd = connect_to(p[i]);

		assert_true(fd >= 0);
		for (int j = 0; j < i; j++)
			assert_int_not_equal(p[i], p[j]);
	}
	assert_int_equal(machine_port(a->m, 443), 0);
	assert_int_equal(machine_gdb_port(a->m), 0);
	guest_release(a);
	assert_true(connect_to(p[0]) < 0);
	assert_int_equal(b->ends, 0);
}

static void debugger_has_a_port_and_the_guest_waits(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.gdb = true};
	_autoclose_ int fd = -1;

	start(g, &spec, "poweroff");
	fd = connect_to(machine_gdb_port(g->m));
	assert_true(fd >= 0);
	assert_int_equal(loop_wait(loop, has_ended, g, deadline_in(300 * MSEC)), -ETIMEDOUT);
	assert_int_equal(g->console_bytes, 0);
}

static void every_profile_boots(void **state)
{
	const struct machine_profile_info *infos;
	size_t n = machine_profiles(&infos);

	for (size_t i = 0; i < n; i++) {
		struct guest *g = &guests[0];
		struct machine_spec spec = {
			.profile = infos[i].name, .append = "fake=alive,poweroff", .disk = disk};

		guest_release(g);
		start(g, &spec, "fake");
		wait_end(g, MACHINE_POWEROFF);
		assert_string_equal(strbuf_str(&g->console), "fake kernel: alive\n");
		assert_string_equal(machine_profile_used(g->m), infos[i].name);
		assert_string_equal(machine_accel_used(g->m), "tcg");
	}
}

/* --- Failures --- */

static void expect_refusal(struct machine_spec *spec, const char *kernel, enum err_kind kind,
			   const char *words)
{
	struct guest *g = &guests[0];
	struct err err = ERR_INIT;

	assert_true(try_start(g, spec, kernel, &err) < 0);
	assert_null(g->m);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.text, words))
		fail_msg("expected \"%s\" in \"%s\"", words, err.text);
	assert_int_equal(g->ends, 0);
}

static void bad_specs_are_usage_errors(void **state)
{
	struct machine_spec kernel = {.kernel = "/nonexistent"};
	struct machine_spec profile = {.profile = "pdp11"};
	struct machine_spec target = {.target = "moon"};
	struct machine_spec no_disk = {.disk = "/nonexistent.img"};
	struct machine_spec no_initrd = {.initrd = "/nonexistent.cpio"};

	expect_refusal(&kernel, "halt", ERR_USAGE, "cannot open kernel /nonexistent");
	expect_refusal(&profile, "halt", ERR_USAGE, "no machine profile \"pdp11\"");
	expect_refusal(&target, "halt", ERR_USAGE, "no target \"moon\"");
	expect_refusal(&no_disk, "halt", ERR_USAGE, "cannot read disk /nonexistent.img");
	expect_refusal(&no_initrd, "halt", ERR_USAGE, "cannot read initramfs");
}

static void what_qemu_refuses_is_told_in_its_words(void **state)
{
	struct machine_spec memory = {.memory_mib = 4000000000u};
	struct machine_spec cpus = {.cpus = 100000};

	expect_refusal(&memory, "halt", ERR_BROKEN, "memory");
	expect_refusal(&cpus, "halt", ERR_BROKEN, "Invalid SMP CPUs 100000");
}

/* A program of this text in the place of QEMU; NULL: none at all. */
static void with_other_qemu(const char *script, const char *words)
{
	_autofree_ char *old = xstrdup(getenv("PATH"));
	_autofree_ char *bin = path_join(dir, "bin");
	_autofree_ char *program = path_join(bin, "qemu-system-x86_64");
	_autofree_ char *path = xasprintf("%s%s%s", bin, script ? ":" : "", script ? old : "");
	struct machine_spec spec = {0};

	assert_int_equal(mkdir_p(bin, NULL), 0);
	if (script)
		assert_int_equal(file_write_atomic(program, script, strlen(script), 0755, NULL), 0);
	setenv("PATH", path, 1);
	expect_refusal(&spec, "halt", ERR_BROKEN, words);
	setenv("PATH", old, 1);
	rm_rf(bin, NULL);
}

static void missing_or_old_qemu_says_what_to_install(void **state)
{
	with_other_qemu(NULL, "install the package qemu-system-x86 (7.2 or newer)");
	/* So old that it stumbles over an option. */
	with_other_qemu(
		"#!/bin/sh\n"
		"[ \"$1\" = --version ] && echo 'QEMU emulator version 5.2.0 (D)' && exit 0\n"
		"echo 'qemu-system-x86_64: -action: invalid option' >&2; exit 1\n",
		"version 5.2: install the package qemu-system-x86 in version 7.2 or newer");
	/* Not so old. */
	with_other_qemu("#!/bin/sh\n"
			"echo '{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 1, "
			"\"major\": 7}}, \"capabilities\": []}}' >&3\n"
			"read line <&3; echo '{\"return\": {}, \"id\": 1}' >&3; read line <&3\n",
			"version 7.1: install");
	/* Something else that bears the name. */
	with_other_qemu("#!/bin/sh\necho hello >&3; read line <&3\n", "QEMU did not start");
	with_other_qemu("#!/bin/sh\necho 'no such luck' >&2; exit 7\n",
			"QEMU did not start: no such luck (exit status 7)");
}

/* --- Leftovers --- */

static unsigned int count_files(const char *path)
{
	DIR *d = opendir(path);
	unsigned int n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* A process that starts a machine and then hangs, as a worker may. */
static void child_main(int report)
{
	static const uint16_t ports[] = {22, 0};
	struct guest *g = &guests[0];
	struct machine_spec spec = {.disk = disk, .forward = ports};
	pid_t pid;

	loop_free(loop);
	if (loop_new(&loop, NULL) < 0 || try_start(g, &spec, "storm", NULL) < 0)
		_exit(1);
	loop_wait(loop, has_spoken, g, deadline_in(LIMIT));
	pid = machine_pid(g->m);
	if (write(report, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	for (;;)
		pause();
}

static void nothing_outlives_a_killed_harness(void **state)
{
	int report[2], status;
	pid_t child, qemu = 0;
	uint64_t begin;

	assert_int_equal(rm_rf(dir, NULL), 0);
	assert_int_equal(mkdir_p(dir, NULL), 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	child = fork();
	if (child == 0)
		child_main(report[1]);
	close(report[1]);
	assert_int_equal(read(report[0], &qemu, sizeof(qemu)), sizeof(qemu));
	close(report[0]);
	begin = now_us();
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	/* The orphan comes to us; it was killed, by the kernel. */
	alarm(10);
	assert_int_equal(waitpid(qemu, &status, 0), qemu);
	alarm(0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(now_us() - begin < 2 * SEC);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	/* Its two logs, and no overlay of the disk. */
	assert_int_equal(count_files(dir), 2);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void free_ends_a_running_machine_at_once(void **state)
{
	struct guest *g = &guests[0];
	struct machine_spec spec = {.disk = disk};
	uint64_t begin;
	pid_t pid;

	start(g, &spec, "storm");
	assert_int_equal(loop_wait(loop, has_spoken, g, deadline_in(LIMIT)), 0);
	pid = machine_pid(g->m);
	begin = now_us();
	guest_release(g);
	assert_true(now_us() - begin < SEC);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(g->ends, 0);
}

static int setup(void **state)
{
	_autoclose_ int fd = -1;

	if (!mkdtemp(dir) || loop_new(&loop, NULL) < 0)
		return -1;
	disk = xasprintf("%s,disk.img", dir); /* a comma, as any path may have */
	fd = open(disk, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	return fd < 0 ? -1 : ftruncate(fd, 4 << 20);
}

static int teardown(void **state)
{
	loop_free(loop);
	unlink(disk);
	free(disk);
	return rm_rf(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(poweroff_is_told_after_the_last_byte, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(reset_pauses_and_registers_can_be_read, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(panic_told_to_qemu, before_each, before_each),
		cmocka_unit_test_setup_teardown(killed_qemu_is_gone_with_a_reason, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(sample_of_a_dead_machine_fails, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(spin_is_one_address_and_not_halted, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(halt_is_seen_as_halted, before_each, before_each),
		cmocka_unit_test_setup_teardown(storm_eats_no_memory, before_each, before_each),
		cmocka_unit_test_setup_teardown(channel_bytes_come_apart_from_the_console,
						before_each, before_each),
		cmocka_unit_test_setup_teardown(what_is_written_reaches_the_guest, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(two_at_once_share_nothing, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(debugger_has_a_port_and_the_guest_waits,
						before_each, before_each),
		cmocka_unit_test_setup_teardown(every_profile_boots, before_each, before_each),
		cmocka_unit_test_setup_teardown(bad_specs_are_usage_errors, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(what_qemu_refuses_is_told_in_its_words, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(missing_or_old_qemu_says_what_to_install,
						before_each, before_each),
		cmocka_unit_test_setup_teardown(nothing_outlives_a_killed_harness, before_each,
						before_each),
		cmocka_unit_test_setup_teardown(free_ends_a_running_machine_at_once, before_each,
						before_each),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
