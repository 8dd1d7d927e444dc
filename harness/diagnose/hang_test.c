/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "diagnose/hang.h"

#define K(n) (0xffff800000100000ull + (n))

static const struct hang_sample halted[] = {
	{K(0), 0, true, "halt"},
	{K(0), 1, true, "halt"},
	{K(0), 0, true, "halt"},
	{K(0), 1, true, "halt"},
};
static const struct hang_sample nearly_halted[] = {
	{K(0), 0, true, "halt"}, {K(0), 1, true, "halt"}, {K(900), 0, false, "timer"},
	{K(0), 1, true, "halt"}, {K(0), 0, true, "halt"}, {K(0), 1, true, "halt"},
};
static const struct hang_sample one_busy[] = {
	{K(0), 0, true, "halt"},   {K(900), 1, false, "f"}, {K(0), 0, true, "halt"},
	{K(90000), 1, false, "g"}, {K(0), 0, true, "halt"}, {K(900000), 1, false, "h"},
};
static const struct hang_sample spinning[] = {
	{K(0), 0, true, "halt"},
	{K(900), 1, false, "SpinLock::lock"},
	{K(0), 0, true, "halt"},
	{K(4000), 1, false, "SpinLock::lock"},
	{K(0), 0, true, "halt"},
	{K(920), 1, false, "SpinLock::lock"},
	{K(900), 1, false, "SpinLock::lock"},
	{K(9000), 1, false, "irq_entry"},
	{K(900), 1, false, "SpinLock::lock"},
};
static const struct hang_sample spinning_unnamed[] = {
	{K(900), 0, false, NULL},
	{K(920), 0, false, NULL},
	{K(910), 0, false, NULL},
};
static const struct hang_sample user_spin[] = {
	{0x401000, 0, false, NULL},
	{0x401004, 0, false, NULL},
	{0x401002, 0, false, NULL},
};
static const struct hang_sample early_spin[] = {
	{0x101000, 0, false, "early_wait"},
	{0x101004, 0, false, "early_wait"},
	{0x101002, 0, false, "early_wait"},
};
static const struct hang_sample busy[] = {
	{K(0), 0, false, "a"},
	{K(9000), 0, false, "b"},
	{K(20000), 0, false, "c"},
	{K(90000), 0, false, "d"},
};
static const struct hang_sample reset_at[] = {
	{K(0), 0, true, "halt"},
	{K(900), 1, false, "fault_again"},
};
static const struct hang_sample two_looks[] = {
	{K(900), 0, false, "x"},
	{K(900), 0, false, "x"},
};

#define SAMPLES(s) .samples = (s), .n_samples = ARRAY_SIZE(s), .qemu_cpu_share = 1
/* A console that is quiet. */
#define QUIET .console_us = 5000000

static const struct {
	const char *name;
	struct hang_evidence e;
	enum hang_cause cause;
	enum verdict verdict;
	const char *text; /* part of it */
} cases[] = {
	{"QEMU gone",
	 {QUIET, SAMPLES(halted), .qemu_gone = true, .reset = true, .channel_closed = true},
	 HANG_QEMU_GONE,
	 VERDICT_LOST,
	 "QEMU ended"},
	{"panic event",
	 {QUIET, SAMPLES(halted), .panic_event = true, .reset = true},
	 HANG_PANIC_EVENT,
	 VERDICT_CRASH,
	 "panic"},
	{"reset",
	 {QUIET, SAMPLES(spinning), .reset = true, .host_lag_us = 9000000},
	 HANG_SILENT_RESET,
	 VERDICT_CRASH,
	 "silent reset"},
	{"poweroff",
	 {QUIET, .powered_off = true, .channel_closed = true},
	 HANG_POWEROFF,
	 VERDICT_LOST,
	 "switched itself off"},
	{"starved, own timers late",
	 {QUIET, SAMPLES(busy), .host_lag_us = HANG_LAG_US},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"starved though it answers",
	 {QUIET, .agent_answers = true, .qemu_cpu_share = -1, .host_lag_us = 5000000},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"starved, no CPU time",
	 {QUIET, .samples = busy, .n_samples = 4, .qemu_cpu_share = 0.03},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"starved in the last seconds, though it answers",
	 {QUIET, .agent_answers = true, .qemu_cpu_share = -1, .window_us = 10000000,
	  .cpu_us = 300000, .waited_us = 9000000},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"a busy host that gives enough",
	 {QUIET, SAMPLES(spinning), .window_us = 10000000, .cpu_us = 2000000, .waited_us = 8000000},
	 HANG_SPIN,
	 VERDICT_CRASH,
	 "kernel spins"},
	{"an idle guest gets little of a busy host, and wants little",
	 {QUIET, SAMPLES(halted), .window_us = 10000000, .cpu_us = 50000, .waited_us = 3000000},
	 HANG_LOST_WAKEUP,
	 VERDICT_CRASH,
	 "lost wakeup"},
	{"idle, many threads, a host at its limit",
	 {QUIET, SAMPLES(halted), .window_us = 10000000, .cpu_us = 50000, .waited_us = 9000000},
	 HANG_LOST_WAKEUP,
	 VERDICT_CRASH,
	 "lost wakeup"},
	/* A probe that blocks for ever, on a host at three times its limit. */
	{"answers, idle, many threads, a host at its limit",
	 {QUIET, SAMPLES(nearly_halted), .agent_answers = true, .window_us = 10000000,
	  .cpu_us = 300000, .waited_us = 9000000},
	 HANG_TEST,
	 VERDICT_TIMEOUT,
	 "the test hung: its limit passed and the agent answers"},
	{"answers, one CPU never halts, and gets nothing",
	 {QUIET, .samples = one_busy, .n_samples = ARRAY_SIZE(one_busy), .qemu_cpu_share = 0.1,
	  .agent_answers = true, .window_us = 10000000, .cpu_us = 300000, .waited_us = 9000000},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"answers, two looks tell nothing of what it wants",
	 {QUIET, SAMPLES(two_looks), .agent_answers = true, .window_us = 10000000, .cpu_us = 300000,
	  .waited_us = 9000000},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"no answer, and not always halted",
	 {QUIET, SAMPLES(nearly_halted), .window_us = 10000000, .cpu_us = 300000,
	  .waited_us = 9000000},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"answers, wants little and waits for it",
	 {QUIET, .agent_answers = true, .qemu_cpu_share = -1, .window_us = 10000000,
	  .cpu_us = 100000, .waited_us = 3000000},
	 HANG_TEST,
	 VERDICT_TIMEOUT,
	 "the test hung"},
	{"stopped and let go in turn",
	 {QUIET, .agent_answers = true, .qemu_cpu_share = -1, .looks = 8, .looks_stopped = 5},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "host starved"},
	{"QEMU stopped",
	 {QUIET, .stopped = true, .qemu_cpu_share = -1, .channel_closed = true},
	 HANG_HOST_STARVED,
	 VERDICT_BROKEN,
	 "QEMU is stopped"},
	{"guest held",
	 {QUIET, .held = true, .qemu_cpu_share = -1},
	 HANG_QEMU_GONE,
	 VERDICT_LOST,
	 "QEMU holds the guest"},
	{"test hung on a slow clock",
	 {QUIET, SAMPLES(halted), .agent_answers = true, .guest_clock = 0.1},
	 HANG_TEST,
	 VERDICT_TIMEOUT,
	 "clock is slow"},
	{"test hung on a good clock",
	 {QUIET, SAMPLES(halted), .agent_answers = true, .guest_clock = 0.97},
	 HANG_TEST,
	 VERDICT_TIMEOUT,
	 "its limit passed"},
	{"reset in a known place",
	 {QUIET, SAMPLES(reset_at), .reset = true},
	 HANG_SILENT_RESET,
	 VERDICT_CRASH,
	 "silent reset in fault_again: "},
	{"idle needs no CPU time",
	 {QUIET, .samples = halted, .n_samples = 4, .qemu_cpu_share = 0.02},
	 HANG_LOST_WAKEUP,
	 VERDICT_CRASH,
	 "lost wakeup"},
	{"CPU time not known",
	 {QUIET, .samples = busy, .n_samples = 4, .qemu_cpu_share = -1},
	 HANG_SILENCE,
	 VERDICT_LOST,
	 "silence"},
	{"test hung",
	 {QUIET, SAMPLES(halted), .agent_answers = true},
	 HANG_TEST,
	 VERDICT_TIMEOUT,
	 "the test hung"},
	{"test hung and talks much",
	 {SAMPLES(spinning), .agent_answers = true, .console_bytes = 9000000,
	  .console_us = 5000000},
	 HANG_TEST,
	 VERDICT_TIMEOUT,
	 "the test hung"},
	{"channel closed",
	 {QUIET, SAMPLES(halted), .channel_closed = true},
	 HANG_CHANNEL_BROKEN,
	 VERDICT_BROKEN,
	 "closed its end"},
	{"garbage",
	 {QUIET, SAMPLES(busy), .channel_bytes = 4000},
	 HANG_CHANNEL_BROKEN,
	 VERDICT_BROKEN,
	 "no frame"},
	{"frames of others but no answer",
	 {QUIET, SAMPLES(busy), .channel_bytes = 4000, .channel_frames = 3},
	 HANG_SILENCE,
	 VERDICT_LOST,
	 "silence"},
	{"log storm",
	 {SAMPLES(spinning), .console_bytes = 4000000, .console_us = 5000000, .heartbeats = 3},
	 HANG_LOG_STORM,
	 VERDICT_CRASH,
	 "log storm: 800 kB/s"},
	{"heartbeats go on",
	 {SAMPLES(halted), .heartbeats = 2, .console_us = 5000000},
	 HANG_CHANNEL_BROKEN,
	 VERDICT_BROKEN,
	 "heartbeats arrive"},
	{"heartbeats and a spin",
	 {QUIET, SAMPLES(spinning), .heartbeats = 1},
	 HANG_SPIN,
	 VERDICT_CRASH,
	 "kernel spins"},
	{"spin",
	 {QUIET, SAMPLES(spinning)},
	 HANG_SPIN,
	 VERDICT_CRASH,
	 "kernel spins in SpinLock::lock (CPU 1, 5 of 6 looks)"},
	{"spin without symbols",
	 {QUIET, SAMPLES(spinning_unnamed)},
	 HANG_SPIN,
	 VERDICT_CRASH,
	 "kernel spins in 0xffff8000001003"},
	{"spin in user code",
	 {QUIET, SAMPLES(user_spin)},
	 HANG_SPIN,
	 VERDICT_CRASH,
	 "stays in user code"},
	{"spin of an early kernel",
	 {QUIET, SAMPLES(early_spin)},
	 HANG_SPIN,
	 VERDICT_CRASH,
	 "kernel spins in early_wait (CPU 0, 3 of 3 looks)"},
	{"two looks are none", {QUIET, SAMPLES(two_looks)}, HANG_SILENCE, VERDICT_LOST, "silence"},
	{"lost wakeup",
	 {QUIET, SAMPLES(halted)},
	 HANG_LOST_WAKEUP,
	 VERDICT_CRASH,
	 "lost wakeup: all CPUs are halted"},
	{"halted but talks",
	 {QUIET, SAMPLES(halted), .console_bytes = 300},
	 HANG_CHANNEL_BROKEN,
	 VERDICT_BROKEN,
	 "the console talks"},
	{"busy everywhere", {QUIET, SAMPLES(busy)}, HANG_SILENCE, VERDICT_LOST, "silence"},
	{"nothing known", {.qemu_cpu_share = -1}, HANG_SILENCE, VERDICT_LOST, "silence"},
};

static bool fails(const struct hang_row *rows, size_t n, size_t i)
{
	struct hang_finding f;

	hang_judge_by(rows, n, &cases[i].e, &f);
	return f.cause != cases[i].cause || f.verdict != cases[i].verdict ||
	       !strstr(f.text, cases[i].text);
}

static void test_table(void **state)
{
	size_t bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hang_finding f;

		if (!fails(hang_table, hang_table_rows, i))
			continue;
		hang_judge(&cases[i].e, &f);
		print_message("# %s: %s, %s, '%s'\n", cases[i].name, hang_cause_name(f.cause),
			      verdict_name(f.verdict), f.text);
		bad++;
	}
	assert_int_equal(bad, 0);
}

static void test_rows_are_needed(void **state)
{
	struct hang_row rows[64];

	assert_true(hang_table_rows <= ARRAY_SIZE(rows));
	for (size_t row = 0; row < hang_table_rows; row++) {
		bool needed = false;

		memcpy(rows, hang_table, row * sizeof(*rows));
		memcpy(rows + row, hang_table + row + 1,
		       (hang_table_rows - row - 1) * sizeof(*rows));
		for (size_t i = 0; i < ARRAY_SIZE(cases) && !needed; i++)
			needed = fails(rows, hang_table_rows - 1, i);
		if (!needed)
			fail_msg("row %zu is not needed: %s", row, hang_table[row].text);
	}
}

static void read_page(const char *path, struct strbuf *sb)
{
	struct err err = ERR_INIT;

	if (file_read(path, sb, &err) < 0)
		fail_msg("%s", err.text);
}

/* The manual has each row of the table, in its order, and the man page each cause and verdict. */
static void test_manual(void **state)
{
	_cleanup_(strbuf_release) struct strbuf page = STRBUF_INIT(1 << 20);
	_cleanup_(strbuf_release) struct strbuf man = STRBUF_INIT(1 << 20);
	const char *at;
	char text[400];

	read_page("docs/en/VERDICTS.md", &page);
	read_page("docs/harness.1", &man);
	at = strbuf_str(&page);
	for (size_t i = 0; i < hang_table_rows; i++) {
		const struct hang_row *row = &hang_table[i];

		snprintf(text, sizeof(text), "| %s | %s | %s |\n", hang_cause_name(row->cause),
			 verdict_name(row->verdict), row->text);
		at = strstr(at, text);
		if (!at)
			fail_msg("VERDICTS.md lacks, at this place: %s", text);
		snprintf(text, sizeof(text), ".It %s Ta %s Ta", hang_cause_name(row->cause),
			 verdict_name(row->verdict));
		if (!strstr(strbuf_str(&man), text))
			fail_msg("harness.1 lacks: %s", text);
	}
}

static void test_names(void **state)
{
	struct hang_finding f;

	for (int c = 0; c < HANG_CAUSES; c++)
		assert_true(strlen(hang_cause_name((enum hang_cause)c)) > 3);
	assert_string_equal(hang_cause_name(HANG_CAUSES), "?");
	hang_judge(&(struct hang_evidence){QUIET, SAMPLES(spinning)}, &f);
	assert_string_equal(f.function, "SpinLock::lock");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_rows_are_needed),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
