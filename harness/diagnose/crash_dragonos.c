/* SPDX-License-Identifier: MIT */
/*
 * What DragonOS says when it crashes.
 *
 * A log line is "[ ERROR ] (src/file.rs:12)<tab> text", written in several small pieces; other
 * output may stand before it in the same line, or between two pieces. A piece itself is whole. So
 * a header counts at the beginning of a line or right behind the "(file:line)" of the prefix; where
 * else it stands it is weak and needs the lines that follow a real one. A prefix behind a quotation
 * mark is somebody's quotation.
 *
 * Not here, since they are the user's faults and end in a signal: "can not find nearest vma", "No
 * mapped vma", "user stack limit exceeded", "user stack extend failed".
 */
#include "diagnose/crash_table.h"

#include "base/cleanup.h"

/* Beginning of a line, or behind the log prefix. */
#define LOG                                         \
	"(?:^|(?:^|(?<![\"'`])\\[ [A-Z]{4,5} \\] )" \
	"\\([^()\\s\"'`]{1,200}\\.rs:\\d+\\)\\s{0,4})"
/* A panic of ours, whatever came before it. */
#define PANIC "panic exception fault"
/* Of several messages in the text, the first. */
#define FIRST_MESSAGE "\\A(?:(?!Message:$).*\\n)*+Message:\\n\\t"

static const struct crash_row rows[] = {
	/* ---- how a report begins ---- */
	{ROW_HEADER, .group = "panic", .joins = "exception fault", .flags = ROW_TAKES,
	 .word = "Kernel Panic Occurred", .re = LOG "Kernel Panic Occurred"},
	{ROW_HEADER, .group = "panic", .joins = "exception fault", .flags = ROW_TAKES | ROW_WEAK,
	 .word = "Kernel Panic Occurred", .re = "Kernel Panic Occurred\\. raw_pid:"},
	{ROW_HEADER, .group = "exception", .word = "Error code: 0x",
	 .re = LOG "do_\\w+\\(\\d+\\), \\s*Error code: 0x"},
	{ROW_HEADER, .group = "fault", .word = "BUG: kernel NULL pointer",
	 .re = LOG "BUG: kernel NULL pointer dereference, address: (?:0x|$)"},
	{ROW_HEADER, .group = "fault", .word = "BUG: unable to handle page fault",
	 .re = LOG "BUG: unable to handle page fault for address: (?:0x|$)"},
	{ROW_HEADER, .group = "fault", .word = "illegally accessed user address",
	 .re = LOG "Kernel code at .{0,40}illegally accessed user address"},
	{ROW_HEADER, .group = "fault", .word = "kernel stack guard page fault at",
	 .re = LOG "kernel stack guard page fault at"},

	/* The error level may be filtered, and any part may be lost: the rest still tells. */
	{ROW_HEADER, .group = "panic", .joins = "exception fault",
	 .flags = ROW_FRAGMENT | ROW_WEAK | ROW_TAKES, .word = "Location:", .re = "^Location:$"},
	{ROW_HEADER, .group = "panic", .joins = "exception fault",
	 .flags = ROW_FRAGMENT | ROW_WEAK | ROW_TAKES, .word = "Message:", .re = "^Message:$"},
	{ROW_HEADER, .group = "panic", .joins = "exception fault",
	 .flags = ROW_FRAGMENT | ROW_TAKES,
	 .word = "Rust Panic Backtrace:", .re = "^Rust Panic Backtrace:$"},
	{ROW_HEADER, .group = "unwound", .flags = ROW_FRAGMENT | ROW_TAIL,
	 .word = "Catch Unwind Error:", .re = LOG "Catch Unwind Error: "},
	{ROW_HEADER, .group = "halt", .flags = ROW_FRAGMENT | ROW_TAIL,
	 .word = "too many panics, halt.",
	 .re = "^Panic Counter: (?:\\d+)?, too many panics, halt\\."},
	{ROW_HEADER, .group = "idle", .flags = ROW_FRAGMENT | ROW_TAIL,
	 .word = "<idle task pid=0, cannot exit>", .re = "^\\t<idle task pid=0, cannot exit>"},

	/* One line, no panic. */
	{ROW_HEADER, .group = "exit", .lines = 1, .word = "Init process (pid=1) attempted",
	 .re = LOG "Init process \\(pid=1\\) attempted to (?:group_)?exit"},
	{ROW_HEADER, .group = "exit", .lines = 1, .word = "Idle process (pid=0) attempted",
	 .re = LOG "Idle process \\(pid=0\\) attempted to exit"},
	{ROW_HEADER, .group = "sched", .lines = 1, .word = "exited but sched again!",
	 .re = LOG "raw_pid .{0,40}exited but sched again!"},
	{ROW_HEADER, .group = "root", .lines = 1, .word = "Failed to initialize rootfs filesystem",
	 .re = LOG "Failed to initialize rootfs filesystem"},
	{ROW_HEADER, .group = "root", .lines = 1, .word = "Failed to migrate virtual filesystem",
	 .re = LOG "Failed to migrate virtual filesystem"},
	{ROW_HEADER, .group = "oom", .lines = 1,
	 .word = "page fault OOM: pid=", .re = LOG "page fault OOM: pid="},
	{ROW_HEADER, .group = "oom", .lines = 1,
	 .word = "oom-kill: trigger_pid=", .re = LOG "oom-kill: trigger_pid="},
	{ROW_HEADER, .group = "oom", .lines = 1, .word = "oom: no victim for trigger",
	 .re = LOG "oom: no victim for trigger"},
	{ROW_HEADER, .group = "oom", .lines = 1,
	 .word = "fatal user page-fault OOM:", .re = LOG "fatal user page-fault OOM:"},
	{ROW_HEADER, .group = "ext4", .lines = 1, .word = "filesystem fail-stopped",
	 .re = LOG ".{0,120}filesystem fail-stopped"},
	{ROW_HEADER, .group = "ext4", .lines = 1, .word = "Filesystem is fail-stopped",
	 .re = LOG ".{0,80}Filesystem is fail-stopped"},
	{ROW_HEADER, .group = "ext4", .lines = 1, .word = "unresolved inode tombstone",
	 .re = LOG ".{0,120}unresolved inode tombstone"},
	{ROW_HEADER, .group = "virtio", .lines = 1, .word = "Pci transport create failed",
	 .re = LOG "Pci transport create failed because of error:"},
	{ROW_HEADER, .group = "virtio", .lines = 1,
	 .word = "invalid or missing notification register",
	 .re = LOG ".{0,120}has invalid or missing notification register"},
	{ROW_HEADER, .group = "virtio", .lines = 1, .word = "setup_irq failed",
	 .re = LOG ".{0,120}setup_irq failed"},
	{ROW_HEADER, .group = "virtio", .lines = 1, .word = "Vector set failed",
	 .re = LOG ".{0,120}Vector set failed"},
	{ROW_HEADER, .group = "net", .lines = 1, .word = "DHCP worker stopped without a lease",
	 .re = LOG "DHCP worker stopped without a lease"},

	/* ---- what makes a weak beginning a real one ---- */
	{ROW_CONFIRM, .group = "panic",
	 .re = "^\\tFile: .*\\n(?s:.{0,400}?)\\tLine: \\d+, Column: \\d+"},
	{ROW_CONFIRM, .group = "panic",
	 .re = "^Rust Panic Backtrace:\\n(?:.*\\n){0,40}?.*\\[1\\] function:"},

	/* ---- late lines ---- */
	{ROW_LINE, CRASH_RECOVERED, .lines = 1, .re = "Catch Unwind Error: Any"},
	{ROW_LINE, CRASH_TASK, .lines = 4, .re = "^Current PCB:"},
	{ROW_LINE, CRASH_TASK, .lines = 1, .re = "^\\tProcessControlBlock \\{"},
	{ROW_LINE, CRASH_FATAL, .lines = 1, .re = "<idle task pid=0, cannot exit>"},
	{ROW_LINE, CRASH_FATAL, .lines = 1, .re = "<unavailable before process manager init>"},
	{ROW_LINE, CRASH_FATAL, .lines = 1, .re = "too many panics, halt\\."},

	/* ---- titles ---- */
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "do_(\\w+)\\(\\d+\\), \\s*Error code: (?s:.*?)^Message:\\n"
	       "\\t(\\w+(?: \\w+){1,3})$",
	 .title = "%2 in do_%1"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "BUG: kernel NULL pointer dereference, address:",
	 .title = "BUG: kernel NULL pointer dereference in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "BUG: unable to handle page fault for address:",
	 .title = "BUG: unable to handle page fault in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .re = "kernel stack guard page fault at",
	 .title = "kernel stack overflow in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "^Message:\\n\\tdo_kern_addr_fault has not yet been implemented",
	 .title = "kernel page fault in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "^Message:\\n\\t(Reserved bits are never expected to be set|"
	       "kernel access to user addr failed without fixup|unexpected fault error)",
	 .title = "page fault: %1 in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .flags = ROW_CONTINUES,
	 .re = FIRST_MESSAGE "panic in a function that cannot unwind",
	 .title = "panic: panic in a function that cannot unwind in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .flags = ROW_CONTINUES,
	 .re = FIRST_MESSAGE "panic in a destructor during cleanup",
	 .title = "panic: panic in a destructor during cleanup in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "^\\tFile: (\\S+\\.rs)$(?s:.*?)^Message:\\n\\t(.*\\S)\\s*$",
	 .title = "panic: %2 in %P1"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "^\\tFile: (?s:.{0,400}?)^(\\S+\\.rs)$(?s:.*?)^Message:\\n\\t(.*\\S)\\s*$",
	 .title = "panic: %2 in %P1"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .re = "^Message:\\n\\t(.*\\S)\\s*$",
	 .title = "panic: %1 in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC,
	 .re = "do_(\\w+)\\(\\d+\\), \\s*Error code: ", .title = "exception in do_%1"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .re = "illegally accessed user address",
	 .title = "panic: Illegal user space access from kernel in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .flags = ROW_PARTIAL,
	 .re = "^\\tFile: (\\S+\\.rs)$", .title = "panic: message lost in %P1"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .flags = ROW_PARTIAL,
	 .re = "\\[\\d+\\] function:", .title = "panic: message lost in %F"},
	{ROW_TITLE, CRASH_TASK, .group = PANIC, .flags = ROW_PARTIAL, .re = "",
	 .title = "panic: message lost"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "unwound", .flags = ROW_PARTIAL, .re = "",
	 .title = "panic: text lost before Catch Unwind Error"},
	{ROW_TITLE, CRASH_FATAL, .group = "halt", .flags = ROW_PARTIAL, .re = "",
	 .title = "panic: text lost before too many panics, halt"},
	{ROW_TITLE, CRASH_FATAL, .group = "idle", .flags = ROW_PARTIAL, .re = "",
	 .title = "panic: text lost before idle task cannot exit"},

	{ROW_TITLE, CRASH_FATAL, .group = "exit",
	 .re = "(Init|Idle) process \\(pid=\\d\\) attempted to (?:group_)?exit",
	 .title = "%1 process attempted to exit"},
	{ROW_TITLE, CRASH_FATAL, .group = "sched", .re = "exited but sched again!",
	 .title = "exited but sched again!"},
	{ROW_TITLE, CRASH_FATAL, .group = "root",
	 .re = "(Failed to (?:initialize rootfs filesystem|migrate virtual filesystem))",
	 .title = "%1"},
	{ROW_TITLE, CRASH_WARNING, .group = "oom",
	 .re = "(fatal user page-fault OOM|page fault OOM|oom-kill|oom: no victim)", .title = "%1"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "ext4",
	 .re = "unresolved inode tombstone.*fail-stopped",
	 .title = "filesystem fail-stopped: unresolved inode tombstone"},
	{ROW_TITLE, CRASH_RECOVERED, .group = "ext4", .re = "fail-stopped",
	 .title = "filesystem fail-stopped"},
	{ROW_TITLE, CRASH_WARNING, .group = "ext4", .re = "",
	 .title = "unresolved inode tombstone"},
	{ROW_TITLE, CRASH_WARNING, .group = "virtio",
	 .re = "(Pci transport create failed|invalid or missing notification register|"
	       "setup_irq failed|Vector set failed)",
	 .title = "virtio: %1"},
	{ROW_TITLE, CRASH_WARNING, .group = "net", .re = "",
	 .title = "DHCP worker stopped without a lease"},

	/* ---- alternative titles ---- */
	{ROW_ALSO, .group = PANIC,
	 .re = "BUG: kernel NULL pointer|BUG: unable to handle page fault|"
	       "do_kern_addr_fault has not yet|illegally accessed user address|"
	       "Reserved bits are never|kernel access to user addr failed|"
	       "Message:\\n\\tunexpected fault error",
	 .title = "bad access in %F"},
	/* The message may be lost, and a fault's place is its handler's. */
	{ROW_ALSO, .group = PANIC,
	 .re = "^\\tFile: (?!\\S*(?:mm/fault|interrupt/trap)\\.rs)(\\S+\\.rs)$",
	 .title = "panic at %P1 in %F"},

	/* ---- whole or cut ---- */
	{ROW_WHOLE, .group = PANIC, .re = "Kernel Panic Occurred\\. raw_pid: \\d+$"},
	{ROW_WHOLE, .group = PANIC,
	 .re = "^Location:\\n\\tFile: \\S+\\n\\tLine: \\d+, Column: \\d+$|^No location info$"},
	{ROW_WHOLE, .group = PANIC, .re = "^Message:\\n\\t"},
	{ROW_WHOLE, .group = PANIC,
	 .re = "Catch Unwind Error: |^Current PCB:|too many panics, halt"},
	{ROW_WHOLE, .group = "unwound halt idle", .re = "Kernel Panic Occurred"},

	/* ---- frames ---- */
	{ROW_FRAME, .re = "\\[\\d+\\] function:(.+?)\\(\\)\\s+\\(\\+\\)"},
	{ROW_DROP, .re = "::h[0-9a-f]{16}$"},
	{ROW_DROP, .re = "\\bdragonos_kernel::"},
	{ROW_SKIP, .re = "^_Unwind_|^unwinding::"},
	{ROW_SKIP, .re = "(?:^|::)rust_begin_unwind$"},
	{ROW_SKIP, .re = "^core::panicking::"},
	{ROW_SKIP,
	 .re = "^<?core::(?:option|result|slice|str|cell)::.*(?:fail|unwrap|expect|panic)"},
	{ROW_SKIP, .re = "^debug::panic::"},
	{ROW_SKIP, .re = "^__entry_err_code|^do_page_fault$|::do_(?:user_addr|kern_addr)_fault$"},

	/* ---- paths: the same in every build directory ---- */
	{ROW_PATH, .re = "^.*?/(library/.*)$"},
	{ROW_PATH, .re = "^.*/registry/src/[^/]+/([^/]+?)-\\d[^/]*(/.*)$"},
	{ROW_PATH, .re = "^.*/git/checkouts/([^/]+)-[0-9a-f]{16}/[0-9a-f]+(/.*)$"},
	{ROW_PATH, .re = "^.*/kernel/((?:src|crates)/.*)$"},

	{ROW_PID, .re = "Kernel Panic Occurred\\. raw_pid: (\\d+)"},
	{ROW_PID, .re = "Error code: .*\\bpid: RawPid\\((\\d+)\\)"},
	{ROW_PID, .re = "\\bpid=(?:RawPid\\()?(\\d+)"},
	{ROW_IP, .re = "\\brip: 0x([0-9a-f]+)"},
	{ROW_IP, .re = "Kernel code at 0x([0-9a-f]+) illegally"},
	{ROW_IP, .re = "\\br?ip=0x([0-9a-f]+)"},
};

const struct crash_os crash_dragonos = {"dragonos", rows, ARRAY_SIZE(rows)};
