/* SPDX-License-Identifier: MIT */
/* What is said of a machine that QEMU does not run, and of one that was reset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "step/watch.h"

struct rig {
	struct loop *loop;
	struct machine *machine;
	struct watch_facts facts;
	struct strbuf reason, detail;
};

static void on_end(void *arg, enum machine_end end, const char *reason)
{
	((struct rig *)arg)->facts.end = end;
}

static void on_console(void *arg, const char *data, size_t n)
{
	((struct rig *)arg)->facts.console_bytes += n;
}

static bool has_ended(void *arg)
{
	return ((struct rig *)arg)->facts.end != MACHINE_RUNNING;
}

static void start(struct rig *rig, const char *kernel, bool gdb)
{
	static char path[512];
	const char *build = getenv("B");
	const struct machine_listener listener = {
		.on_console = on_console, .on_end = on_end, .arg = rig};
	struct machine_spec spec = {.kernel = path, .accel = ACCEL_TCG, .gdb = gdb};
	struct err err = ERR_INIT;

	*rig = (struct rig){.reason = STRBUF_INIT(2000), .detail = STRBUF_INIT(65536)};
	snprintf(path, sizeof(path), "%s/guest/fake/%s.elf", build && *build ? build : "build",
		 kernel);
	assert_int_equal(loop_new(&rig->loop, NULL), 0);
	watch_init(&rig->facts);
	if (machine_start(rig->loop, &spec, &listener, &rig->machine, &err) < 0)
		fail_msg("%s", err.text);
	rig->facts.kernel = path;
	watch_start(&rig->facts, rig->loop, rig->machine);
}

static void stop(struct rig *rig)
{
	watch_release(&rig->facts);
	machine_free(rig->machine);
	loop_free(rig->loop);
	strbuf_release(&rig->reason);
	strbuf_release(&rig->detail);
}

static void wants(const struct rig *rig, const char *in_reason, const char *in_detail)
{
	if (!strstr(strbuf_str(&rig->reason), in_reason) ||
	    !strstr(strbuf_str(&rig->detail), in_detail))
		fail_msg("want '%s' and '%s', got: %s\n%s", in_reason, in_detail,
			 strbuf_str(&rig->reason), strbuf_str(&rig->detail));
}

/* It waits for a debugger, which never comes. */
static void test_held(void **state)
{
	struct rig rig;

	start(&rig, "spin", true);
	assert_int_equal(
		watch_judge(&rig.facts, rig.loop, rig.machine, NULL, &rig.reason, &rig.detail),
		VERDICT_LOST);
	wants(&rig, "QEMU holds the guest: it is prelaunch", "cause: QEMU gone");
	/* Looking did not let it go. */
	assert_int_equal(rig.facts.console_bytes, 0);
	stop(&rig);
}

/* A triple fault: the registers are as they were. */
static void test_reset_place(void **state)
{
	struct rig rig;

	start(&rig, "reset", false);
	assert_int_equal(loop_wait(rig.loop, has_ended, &rig, deadline_in(60 * SEC)), 0);
	assert_int_equal(
		watch_judge(&rig.facts, rig.loop, rig.machine, NULL, &rig.reason, &rig.detail),
		VERDICT_CRASH);
	wants(&rig, "silent reset in fake_reset: ", "fake_reset+");
	stop(&rig);
}

/* The guest's clock against the host's, by heartbeats alone. */
static void test_guest_clock(void **state)
{
	struct watch_facts f;

	watch_init(&f);
	assert_true(watch_guest_clock(&f) <= 0);
	for (uint64_t i = 0; i < 3 * WATCH_BEATS; i++) {
		watch_heartbeat(&f, i * 100, 1);
		f.beats[i % WATCH_BEATS].host_us = SEC + i * 500 * MSEC;
	}
	assert_true(watch_guest_clock(&f) > 0.19 && watch_guest_clock(&f) < 0.21);
	watch_heartbeat(&f, 0, 1); /* it began anew */
	assert_true(watch_guest_clock(&f) <= 0);
	watch_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_reset_place),
		cmocka_unit_test(test_guest_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
