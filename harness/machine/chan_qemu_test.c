/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "machine/chan.h"
#include "machine/image.h"
#include "machine/machine.h"

#define LIMIT deadline_in(120 * SEC)
#define MIB   (1u << 20)

static struct {
	struct loop *loop;
	struct machine *machine;
	struct chan *chan;
	char dir[40];
	uint64_t console_bytes;
	FILE *trace;
} vm;

static void on_console(void *arg, const char *data, size_t n)
{
	vm.console_bytes += n;
	if (getenv("VM_CONSOLE"))
		fwrite(data, 1, n, stderr);
	chan_feed_console(vm.chan, data, n);
}

static void on_channel(void *arg, const char *data, size_t n)
{
	chan_feed(vm.chan, data, n);
}

static void on_end(void *arg, enum machine_end end, const char *reason)
{
	chan_set_dead(vm.chan);
}

static int send_bytes(void *arg, const void *data, size_t n)
{
	return machine_channel_write(vm.machine, data, n);
}

static int type_bytes(void *arg, const void *data, size_t n)
{
	return machine_console_write(vm.machine, data, n);
}

static void on_trouble(void *arg, const char *kind, const char *text)
{
	print_message("# trouble %s: %s\n", kind, text);
}

static void on_trace(void *arg, char direction, const char *line, size_t n)
{
	if (vm.trace)
		fprintf(vm.trace, "%llu %c %.*s\n", (unsigned long long)now_us(), direction, (int)n,
			line);
}

static const struct chan_listener to_test = {.write = send_bytes,
					     .write_console = type_bytes,
					     .on_trouble = on_trouble,
					     .on_trace = on_trace};

static void must(int r, const struct err *err)
{
	if (r < 0)
		fail_msg("%s", err->text);
}

/* KERNEL in the environment is tried instead of the reference. */
static void boot(const char *profile, const char *append)
{
	static const struct machine_listener to_chan = {
		.on_console = on_console, .on_channel = on_channel, .on_end = on_end};
	_cleanup_(image_kernel_release) struct image_kernel kernel = {0};
	_autofree_ char *disk = NULL;
	struct err err = ERR_INIT;
	struct machine_spec spec = {.profile = profile, .init = "/harness/agent", .append = append};
	uint64_t from;

	must(image_ready(vm.loop, "static", &disk, &err), &err);
	must(image_reference("cloud", &kernel, &err), &err);
	spec.kernel = getenv("KERNEL") ? getenv("KERNEL") : kernel.kernel;
	spec.initrd = getenv("KERNEL") ? NULL : kernel.initrd;
	spec.disk = disk;
	spec.run_dir = vm.dir;
	from = now_us();
	must(machine_start(vm.loop, &spec, &to_chan, &vm.machine, &err), &err);
	must(chan_wait_hello(vm.chan, LIMIT, &err), &err);
	print_message("# %s: hello after %llu ms on %s, release %s, speed_us %s, trouble: %s\n",
		      profile, (unsigned long long)(now_us() - from) / 1000,
		      chan_fact(vm.chan, "channel"), chan_fact(vm.chan, "release"),
		      chan_fact(vm.chan, "speed_us"), chan_fact(vm.chan, "trouble"));
}

static int setup(void **state)
{
	snprintf(vm.dir, sizeof(vm.dir), "/tmp/harness-chan-XXXXXX");
	if (!mkdtemp(vm.dir) || loop_new(&vm.loop, NULL) < 0)
		return -1;
	if (getenv("CHAN_TRACE"))
		vm.trace = fopen(getenv("CHAN_TRACE"), "we");
	return chan_new(vm.loop, &to_test, &vm.chan, NULL);
}

static int teardown(void **state)
{
	machine_free(vm.machine);
	chan_free(vm.chan);
	loop_free(vm.loop);
	rm_rf(vm.dir, NULL);
	if (vm.trace)
		fclose(vm.trace);
	memset(&vm, 0, sizeof(vm));
	return 0;
}

static char *noise(size_t n)
{
	char *p = xmalloc(n);
	uint32_t x = 99;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (char)(x >> 16);
	}
	return p;
}

static void report(const char *what, uint64_t bytes, uint64_t us)
{
	print_message("# %s: %llu ms, %llu KiB/s\n", what, (unsigned long long)us / 1000,
		      (unsigned long long)(bytes * 1000000 / 1024 / (us + 1)));
}

/* n bytes through a file of the guest and back. */
static void round_trip(size_t n)
{
	_cleanup_(strbuf_release) struct strbuf back = STRBUF_INIT(4 * MIB);
	_autofree_ char *data = noise(n);
	struct err err = ERR_INIT;
	uint64_t from = now_us();

	must(chan_put(vm.chan, "/tmp/noise", data, n, 0600, LIMIT, &err), &err);
	report("put", n, now_us() - from);
	from = now_us();
	must(chan_get(vm.chan, "/tmp/noise", &back, LIMIT, &err), &err);
	report("get", n, now_us() - from);
	assert_int_equal(back.len, n);
	assert_memory_equal(back.buf, data, n);
}

static int sh(const char *script)
{
	struct chan_exec exec = {
		.argv = (char *[]){"/bin/busybox", "sh", "-c", (char *)script, NULL}};
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(65536);
	struct err err = ERR_INIT;
	int status = -1;

	must(chan_run(vm.chan, &exec, &out, &out, &status, LIMIT, &err), &err);
	if (out.len && getenv("VM_SHOW"))
		print_message("# %s\n", strbuf_str(&out));
	return status;
}

static void small_calls(void)
{
	struct err err = ERR_INIT;
	uint64_t from = now_us();

	for (int i = 0; i < 50; i++)
		must(chan_ping(vm.chan, LIMIT, &err), &err);
	print_message("# ping: %llu us\n", (unsigned long long)(now_us() - from) / 50);
	from = now_us();
	for (int i = 0; i < 10; i++)
		assert_int_equal(sh("exit 7"), 7 << 8);
	print_message("# exec of a shell: %llu ms\n",
		      (unsigned long long)(now_us() - from) / 10000);
}

static void check_counters(void)
{
	struct chan_counters n;

	chan_get_counters(vm.chan, &n);
	print_message("# frames in %llu out %llu, resent %llu, missing %llu, crc %llu, "
		      "guest crc %llu resent %llu\n",
		      (unsigned long long)n.frames_in, (unsigned long long)n.frames_out,
		      (unsigned long long)n.resent, (unsigned long long)n.missing,
		      (unsigned long long)n.bad_crc, (unsigned long long)n.guest_bad_crc,
		      (unsigned long long)n.guest_resent);
	assert_int_equal(n.lost, 0);
	assert_int_equal(n.sessions, 1);
}

static void ends_on_request(void)
{
	struct err err = ERR_INIT;

	must(chan_poweroff(vm.chan, &err), &err);
	for (struct deadline d = LIMIT;
	     machine_ended(vm.machine) == MACHINE_RUNNING && !deadline_passed(d);)
		loop_wait(vm.loop, NULL, NULL, deadline_in(20 * MSEC));
	assert_int_equal(machine_ended(vm.machine), MACHINE_POWEROFF);
}

static void works_on(const char *profile)
{
	boot(profile, NULL);
	if (getenv("VM_SHOW"))
		sh(getenv("VM_SHOW"));
	small_calls();
	round_trip(MIB / 8);
	check_counters();
	ends_on_request();
}

static void works_on_hvc(void **state)
{
	works_on("modern");
}

static void works_on_a_uart(void **state)
{
	works_on("dragonos");
}

/* Start something that prints to the console as fast as it can. */
static void flood_console(const char *profile, const char *append, const char *script)
{
	struct chan_exec exec = {
		.argv = (char *[]){"/bin/busybox", "sh", "-c", (char *)script, NULL}};
	struct err err = ERR_INIT;
	uint64_t before;

	boot(profile, append);
	must(chan_spawn(vm.chan, &exec, NULL, LIMIT, &err), &err);
	before = vm.console_bytes;
	while (vm.console_bytes < before + 20000)
		must(chan_ping(vm.chan, LIMIT, &err), &err);
}

static void work_through_the_flood(void)
{
	uint64_t before = vm.console_bytes, from = now_us();

	for (int i = 0; i < 20; i++)
		assert_int_equal(sh("for i in 1 2 3 4 5 6 7 8 9; do echo $i; done | sha1sum"), 0);
	round_trip(MIB / 32);
	report("console meanwhile", vm.console_bytes - before, now_us() - from);
	check_counters();
}

#define FLOOD                                                                               \
	"while :; do echo '# a line that says next to nothing, over and over again'; done " \
	">/dev/ttyS0"
#define STORM                                                                              \
	"while :; do echo 'a line of the kernel, over and over again'; usleep 2000; done " \
	">/dev/kmsg"

static void console_flood_beside_the_channel(void **state)
{
	flood_console("modern", "printk.devkmsg=on", FLOOD);
	work_through_the_flood();
}

static void console_flood_beside_a_uart(void **state)
{
	flood_console("dragonos", "printk.devkmsg=on", FLOOD);
	work_through_the_flood();
}

/* The last resort: frames among the lines of the kernel, on one device. */
static void console_is_the_channel(void **state)
{
	flood_console("dragonos", "printk.devkmsg=on harness.channel=/dev/ttyS0", STORM);
	work_through_the_flood();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(works_on_hvc, setup, teardown),
		cmocka_unit_test_setup_teardown(works_on_a_uart, setup, teardown),
		cmocka_unit_test_setup_teardown(console_flood_beside_the_channel, setup, teardown),
		cmocka_unit_test_setup_teardown(console_flood_beside_a_uart, setup, teardown),
		cmocka_unit_test_setup_teardown(console_is_the_channel, setup, teardown),
	};

	if (getenv("CACHE") && !getenv("HARNESS_CACHE"))
		setenv("HARNESS_CACHE", getenv("CACHE"), 1);
	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
