/* SPDX-License-Identifier: MIT */
/*
 * What Linux says when it crashes.
 *
 * A console line is "[    1.234567] text", with "[ T123]" or "[ C0]" behind the time when the
 * kernel names the caller. A header counts right behind the time stamp, which may stand behind
 * other output in the same line but not behind a quotation mark, or at the beginning of a line (a
 * kernel without time stamps).
 *
 * Not here: "segfault at", "traps: ... trap divide error": the user's faults.
 */
#include "diagnose/crash_table.h"

#include "base/cleanup.h"

#define LOG "(?:^(?:<\\d+>)?|(?:^|[^\"'`])\\[ *\\d+\\.\\d{6}\\](?:\\[ *[TC]\\d+\\])? )"
/* Function in "name+0x1/0x2" form. */
#define FUN  "([\\w.]+)\\+0x[0-9a-f]+/0x[0-9a-f]+"
#define OOPS "oops warn kasan lockup hung rcu atomic lock ubsan"

static const struct crash_row rows[] = {
	/* ---- how a report begins ---- */
	{ROW_HEADER, .group = "oops", .flags = ROW_MIXES,
	 .word = "BUG: kernel NULL pointer dereference",
	 .re = LOG "BUG: kernel NULL pointer dereference, address: [0-9a-f]{8}"},
	{ROW_HEADER, .group = "oops", .flags = ROW_MIXES,
	 .word = "BUG: unable to handle page fault",
	 .re = LOG "BUG: unable to handle page fault for address: [0-9a-f]{8}"},
	{ROW_HEADER, .group = "oops", .flags = ROW_MIXES, .word = "BUG: unable to handle kernel",
	 .re = LOG "BUG: unable to handle kernel (?:NULL pointer|paging request)"},
	{ROW_HEADER, .group = "oops", .joins = "oops", .word = "general protection fault",
	 .re = LOG "(?:Oops: )?general protection fault(?:, probably|, maybe|:)"},
	{ROW_HEADER, .group = "oops", .flags = ROW_MIXES, .word = "kernel BUG at ",
	 .re = LOG "kernel BUG at [\\w./-]+:\\d+!"},
	{ROW_HEADER, .group = "oops", .joins = "oops",
	 .word = "Oops: ", .re = LOG "Oops: [0-9a-f]{4} \\[#\\d+\\]"},
	{ROW_HEADER, .group = "oops", .joins = "oops", .word = ": 0000 [#",
	 .re = LOG "(?:Oops: )?(?:invalid opcode|divide error|stack segment|double fault|int3|"
		   "alignment check|bounds|fpu exception|simd exception): 0000 \\[#\\d+\\]"},
	{ROW_HEADER, .group = "panic", .joins = OOPS, .lines = 120,
	 .word = "Kernel panic - not syncing", .re = LOG "Kernel panic - not syncing"},
	{ROW_HEADER, .group = "kasan", .word = "BUG: KASAN: ", .re = LOG "BUG: KASAN: "},
	{ROW_HEADER, .group = "kasan", .word = "BUG: KFENCE: ", .re = LOG "BUG: KFENCE: "},
	{ROW_HEADER, .group = "kasan", .word = "BUG: KMSAN: ", .re = LOG "BUG: KMSAN: "},
	{ROW_HEADER, .group = "kasan", .word = "BUG: KCSAN: ", .re = LOG "BUG: KCSAN: "},
	{ROW_HEADER, .group = "oops", .word = "stack guard page was hit at",
	 .re = LOG "BUG: (?:\\w+ )?stack guard page was hit at"},
	{ROW_HEADER, .group = "ubsan", .word = "UBSAN: ", .re = LOG "UBSAN: [\\w-]+ in "},
	{ROW_HEADER, .group = "lock", .word = "locking dependency detected",
	 .re = LOG "WARNING: possible circular locking dependency detected"},
	{ROW_HEADER, .group = "lock", .word = "recursive locking detected",
	 .re = LOG "WARNING: possible recursive locking detected"},
	{ROW_HEADER, .group = "lock", .word = "WARNING: inconsistent lock state",
	 .re = LOG "WARNING: inconsistent lock state"},
	{ROW_HEADER, .group = "lock", .word = "WARNING: suspicious RCU usage",
	 .re = LOG "WARNING: suspicious RCU usage"},
	{ROW_HEADER, .group = "lock", .word = "WARNING: bad unlock balance",
	 .re = LOG "WARNING: bad unlock balance detected!"},
	{ROW_HEADER, .group = "lock", .word = "BUG: spinlock ",
	 .re = LOG "BUG: spinlock (?:lockup suspected|bad magic|wrong owner|wrong CPU|"
		   "already unlocked|cpu recursion|recursion) on CPU#"},
	{ROW_HEADER, .group = "workqueue", .lines = 1, .word = "BUG: workqueue lockup",
	 .re = LOG "BUG: workqueue lockup - pool"},
	{ROW_HEADER, .group = "net", .lines = 1, .word = "unregister_netdevice: waiting for",
	 .re = LOG "unregister_netdevice: waiting for \\S+ to become free"},
	/* Newer kernels name the place first. */
	{ROW_HEADER, .group = "warn", .word = ", CPU#",
	 .re = LOG "WARNING: [\\w./-]+:\\d+ at " FUN ", CPU#\\d+: "},
	{ROW_HEADER, .group = "warn",
	 .word = "WARNING: CPU: ", .re = LOG "WARNING: CPU: \\d+ PID: "},
	{ROW_HEADER, .group = "lockup", .word = "BUG: soft lockup",
	 .re = LOG "(?:watchdog: |NMI watchdog: )?BUG: soft lockup"},
	{ROW_HEADER, .group = "lockup", .word = "hard LOCKUP",
	 .re = LOG "(?:watchdog: |NMI watchdog: )?Watchdog detected hard LOCKUP"},
	{ROW_HEADER, .group = "hung", .word = "INFO: task ",
	 .re = LOG "INFO: task .{1,40} blocked (?:in I/O wait )?for more than \\d+ seconds"},
	{ROW_HEADER, .group = "rcu", .word = "INFO: rcu_",
	 .re = LOG "(?:rcu: )?INFO: rcu_\\w+ (?:self-)?detected (?:expedited )?stall"},
	{ROW_HEADER, .group = "atomic", .word = "BUG: scheduling while atomic",
	 .re = LOG "BUG: scheduling while atomic"},
	{ROW_HEADER, .group = "atomic", .word = "BUG: sleeping function called",
	 .re = LOG "BUG: sleeping function called from invalid context"},
	{ROW_HEADER, .group = "state", .lines = 40, .word = "BUG: Bad page ",
	 .re = LOG "BUG: Bad page (?:state|map)"},
	{ROW_HEADER, .group = "oom", .lines = 1, .word = "Out of memory: Killed",
	 .re = LOG "Out of memory: Killed process"},
	{ROW_HEADER, .group = "ext4", .lines = 1, .word = "EXT4-fs error",
	 .re = LOG "EXT4-fs error \\(device"},

	/* ---- suppressed ---- */
	/* The damaged image of a test is the test's doing. */
	{ROW_NOT, .re = "EXT4-fs error \\(device (?:loop|ram|zram)\\d+p?\\d*\\)"},
	/* These modules are there to provoke. */
	{ROW_NOT, .re = "BUG: K\\w+: .*\\[(?:kasan_test|test_kasan|kfence_test|kcsan_test)\\]"},

	/* ---- late lines ---- */
	{ROW_LINE, CRASH_FATAL, .re = LOG "Kernel panic - not syncing"},
	{ROW_LINE, CRASH_FATAL, .lines = 1, .re = "---\\[ end Kernel panic - not syncing"},
	{ROW_LINE, CRASH_NO_CLASS, .lines = 24, .re = "---\\[ end trace [0-9a-f]{1,16} \\]---"},
	{ROW_LINE, CRASH_NO_CLASS, .group = "hung rcu atomic lockup", .lines = 2, .re = "</TASK>"},

	/* ---- titles ---- */
	{ROW_TITLE, CRASH_TASK, .group = "oops", .re = "BUG: kernel NULL pointer dereference",
	 .title = "BUG: kernel NULL pointer dereference in %F"},
	{ROW_TITLE, CRASH_TASK, .group = "oops", .re = "BUG: unable to handle kernel NULL pointer",
	 .title = "BUG: kernel NULL pointer dereference in %F"},
	{ROW_TITLE, CRASH_TASK, .group = "oops",
	 .re = "BUG: unable to handle (?:page fault|kernel paging request)",
	 .title = "BUG: unable to handle page fault in %F"},
	{ROW_TITLE, CRASH_TASK, .group = "oops", .re = "general protection fault",
	 .title = "general protection fault in %F"},
	{ROW_TITLE, CRASH_TASK, .group = "oops", .re = "stack guard page was hit at",
	 .title = "kernel stack overflow in %F"},
	{ROW_TITLE, CRASH_TASK, .group = "oops", .re = "kernel BUG at ([\\w./-]+):\\d+!",
	 .title = "kernel BUG in %F at %1"},
	{ROW_TITLE, CRASH_TASK, .group = "oops",
	 .re = "(?:^|\\] |Oops: )([a-z][a-z0-9 ]+): [0-9a-f]{4} \\[#", .title = "%1 in %F"},
	{ROW_TITLE, CRASH_TASK, .group = "oops", .re = "", .title = "Oops in %F"},
	{ROW_TITLE, CRASH_FATAL, .group = "panic",
	 .re = "Kernel panic - not syncing: (VFS: Unable to mount root fs)",
	 .title = "kernel panic: %1"},
	{ROW_TITLE, CRASH_FATAL, .group = "panic",
	 .re = "Kernel panic - not syncing: (Attempted to kill init)",
	 .title = "kernel panic: %1!"},
	{ROW_TITLE, CRASH_FATAL, .group = "panic",
	 .re = "Kernel panic - not syncing: (.+?)(?: in: " FUN ")?$", .title = "kernel panic: %1"},
	{ROW_TITLE, CRASH_FATAL, .group = "panic", .re = "", .title = "kernel panic"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "kasan",
	 .re = "BUG: (K\\w+): ([\\w -]+?) in ([a-zA-Z_][\\w.]*)", .title = "%1: %2 in %3"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "kasan", .re = "BUG: (K\\w+): ([\\w -]+)",
	 .title = "%1: %2 in %F"},
	{ROW_TITLE, CRASH_WARNING, .group = "warn",
	 .re = "WARNING: CPU: \\d+ PID: \\d+ at [\\w./-]+:\\d+ " FUN, .title = "WARNING in %1"},
	{ROW_TITLE, CRASH_WARNING, .group = "warn",
	 .re = "WARNING: [\\w./-]+:\\d+ at " FUN ", CPU#", .title = "WARNING in %1"},
	{ROW_TITLE, CRASH_WARNING, .group = "warn", .re = "", .title = "WARNING in %F"},
	{ROW_TITLE, CRASH_WARNING, .group = "ubsan", .re = "UBSAN: ([\\w-]+) in ",
	 .title = "UBSAN: %1 in %F"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "lock", .re = "BUG: (spinlock [a-zA-Z ]+) on CPU#",
	 .title = "BUG: %1 in %F"},
	{ROW_TITLE, CRASH_WARNING, .group = "lock", .re = "WARNING: ([\\w ]+?)(?: detected)?!?$",
	 .title = "WARNING: %1 in %F"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "workqueue", .re = "",
	 .title = "BUG: workqueue lockup"},
	{ROW_TITLE, CRASH_WARNING, .group = "net", .re = "unregister_netdevice: waiting",
	 .title = "unregister_netdevice: waiting for a device to become free"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "lockup", .re = "BUG: soft lockup",
	 .title = "BUG: soft lockup in %F"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "lockup", .re = "hard LOCKUP",
	 .title = "BUG: hard lockup in %F"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "hung", .re = "", .title = "INFO: task hung in %F"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "rcu", .re = "", .title = "INFO: rcu stall in %F"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "atomic",
	 .re = "BUG: (scheduling while atomic|sleeping function called from invalid context)",
	 .title = "BUG: %1 in %F"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "state", .re = "BUG: (Bad page (?:state|map))",
	 .title = "BUG: %1"},
	{ROW_TITLE, CRASH_WARNING, .group = "oom", .re = "",
	 .title = "Out of memory: Killed process"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "ext4",
	 .re = "EXT4-fs error \\(device [^)]*\\): (\\w+)", .title = "EXT4-fs error in %1"},

	/* ---- alternative titles ---- */
	{ROW_ALSO, .group = "oops kasan",
	 .re = "BUG: (?:unable to handle|kernel NULL|K\\w+: )|general protection fault",
	 .title = "bad access in %F"},
	{ROW_ALSO, .group = "lockup rcu hung", .re = "", .title = "stall in %F"},

	/* ---- whole or cut ---- */
	{ROW_WHOLE, .group = "panic",
	 .re = "Kernel Offset: |---\\[ end Kernel panic|Rebooting in "},
	{ROW_WHOLE, .group = "kasan ubsan", .re = "={30,}|---\\[ end "},
	{ROW_WHOLE, .group = "oops warn", .re = "---\\[ end "},
	{ROW_WHOLE, .group = "oops", .re = "RIP: 0010:"},
	{ROW_WHOLE, .group = "lockup rcu hung atomic lock ubsan", .re = "Call Trace:"},

	/* ---- frames ---- */
	{ROW_FRAME, .flags = ROW_TOP, .re = "RIP: 0010:(?:\\[<[0-9a-f]+>\\] +)*" FUN},
	{ROW_FRAME, .re = "(?:^|[^>]\\]) +(?:\\[<[0-9a-f]+>\\] )?" FUN "(?: \\[\\w+\\])?$"},
	{ROW_DROP, .re = "\\.(?:isra|constprop|part|cold|llvm)[.\\w]*$"},
	{ROW_SKIP,
	 .re = "^(?:dump_stack(?:_lvl)?|show_stack|show_regs|sched_show_task|show_trace\\w*)$"},
	{ROW_SKIP, .re = "^(?:die|__die|__die_body|die_addr|oops_end|page_fault_oops|no_context|"
			 "__bad_area\\w*|bad_area\\w*|do_trap|do_error_trap|exc_\\w+|asm_\\w+|"
			 "do_user_addr_fault|do_kern_addr_fault|kernelmode_fixup_or_oops)$"},
	{ROW_SKIP,
	 .re = "^(?:kasan_\\w+|__kasan_\\w+|__asan_\\w+|print_(?:report|address_description)\\w*|"
	       "check_memory_region|kfence_\\w+)$"},
	{ROW_SKIP, .re = "^(?:__warn\\w*|report_bug|handle_bug|panic|vpanic|check_panic_on_warn)$"},
	{ROW_SKIP,
	 .re = "^(?:watchdog_timer_fn|__hrtimer_run_queues|hrtimer_interrupt|"
	       "(?:__)?sysvec_\\w+|rcu_sched_clock_irq|print_cpu_stall|rcu_check_callbacks|"
	       "update_process_times|tick_sched_\\w+|nmi_\\w+|trigger_\\w+backtrace)$"},
	{ROW_SKIP,
	 .re = "^(?:__schedule|schedule|schedule_timeout|schedule_preempt_disabled|io_schedule|"
	       "__schedule_bug|__might_(?:sleep|resched)|___might_sleep)$"},

	{ROW_SKIP, .re = "^(?:print_(?:circular_bug|deadlock_bug|usage_bug|unlock_imbalance_bug)|"
			 "check_noncircular|__lock_acquire|lock_acquire|lock_release|"
			 "lockdep_rcu_suspicious|mark_lock|spin_(?:dump|bug)|do_raw_spin_\\w+|"
			 "__ubsan_\\w+|ubsan_epilogue|kmsan_\\w+|__msan_\\w+|kcsan_\\w+)$"},

	{ROW_PID, .re = "\\bCPU: \\d+ (?:UID: \\d+ )?PID: (\\d+)"},
	{ROW_PID, .re = "INFO: task .{1,40}:(\\d+) blocked"},
	{ROW_PID, .re = "Killed process (\\d+)"},
	{ROW_STAMP, .re = "\\A.?\\[ *(\\d{1,9})\\.(\\d{6})\\]"},
	{ROW_IP, .re = "RIP: 0010:\\[<([0-9a-f]{16})>\\]"},
};

const struct crash_os crash_linux = {"linux", rows, ARRAY_SIZE(rows)};
