/* SPDX-License-Identifier: MIT */
/*
 * What kernels say, in the form in which their UART shows it: DragonOS ends an early line with LF
 * CR and wraps the level in colours; Linux ends it with CR LF.
 */
#include <string.h>

#include "fake.h"

#define DLOG_ERROR "\033[41m[ ERROR ] \033[0m"
#define NL	   "\n\r"

#define DRAGONOS_PANIC(pid, file, line, message)                                           \
	DLOG_ERROR "(src/debug/panic/mod.rs:44)\t Kernel Panic Occurred. raw_pid: " pid NL \
		   "Location:" NL "\tFile: " file NL "\tLine: " line ", Column: 9" NL      \
		   "Message:" NL "\t" message NL

#define DRAGONOS_TRACE                                                                       \
	"Rust Panic Backtrace:" NL                                                           \
	"[1] function:rust_begin_unwind() \t(+) 0412 address:0xffff8000001a2f10" NL          \
	"[2] function:core::panicking::panic_fmt() \t(+) 0035 address:0xffff800000a01223" NL \
	"[3] function:fake::driver::ioctl() \t(+) 0060 address:0xffff80000033a03c" NL        \
	"[4] function:fake::syscall::sys_ioctl() \t(+) 0117 address:0xffff80000041c075" NL

#define LINUX_TRACE                                    \
	"[    1.300003] Call Trace:\r\n"               \
	"[    1.300004]  <TASK>\r\n"                   \
	"[    1.300005]  dump_stack_lvl+0x44/0x5c\r\n" \
	"[    1.300006]  panic+0x118/0x2f2\r\n"        \
	"[    1.300007]  do_exit.cold+0x15/0x15\r\n"   \
	"[    1.300008]  do_syscall_64+0x58/0xc0\r\n"  \
	"[    1.300009]  </TASK>\r\n"

static const struct {
	const char *name, *text;
} texts[] = {
	/* The health check waits for this line. */
	{"alive", "fake kernel: alive\n"},
	{"boot", "early_linux32_pvh_init done." NL "DragonOS release fake" NL
		 "[ INFO ] (src/init/initial_kthread.rs:165)\t Boot with specified init process: "
		 "\"/init\"" NL},
	{"dragonos-recovered",
	 DRAGONOS_PANIC("21", "src/driver/tty/fake.rs", "590",
			"not yet implemented: fake::driver::ioctl") DRAGONOS_TRACE DLOG_ERROR
	 "(src/debug/panic/mod.rs:112)\t Catch Unwind Error: Any { .. }" NL},
	{"dragonos-task", DLOG_ERROR
	 "(src/arch/x86_64/interrupt/trap.rs:119)\t do_divide_error(0), \tError code: "
	 "0x0,\trsp: 0x7ffffffde0,\trip: 0x401136,\t CPU: 1, \tpid: RawPid(19)" NL DRAGONOS_PANIC(
		 "19", "src/arch/x86_64/interrupt/trap.rs", "127", "Divide Error") DRAGONOS_TRACE
	 "Current PCB:" NL "\tProcessControlBlock { pid: RawPid(19) }" NL},
	{"dragonos-fatal",
	 DRAGONOS_PANIC("1", "src/mm/fake.rs", "311",
			"called `Option::unwrap()` on a `None` value") "Panic Counter: 3, too many "
								       "panics, halt." NL},
	/* A message that is markup, terminal control, a command of CI and no UTF-8. */
	{"hostile-panic",
	 DRAGONOS_PANIC(
		 "1", "src/mm/fake.rs", "12",
		 "<script>alert(1)</script>\033]0;owned\007\033[2J ::error::x %0A | `x` "
		 "\"q\" 'q' & \xff\xfe \xe2\x80\xae [a](b) ]]> end") "Panic Counter: 3, too many "
								     "panics, halt." NL},
	/* Two CPUs at once. */
	{"two-panics", DLOG_ERROR
	 "(src/debug/panic/mod.rs:44)\t Kernel Panic Occurred. raw_pid: 21" NL "Location:" NL
	 "\tFile: src/mm/first.rs" NL DLOG_ERROR
	 "(src/debug/panic/mod.rs:44)\t Kernel Panic Occurred. raw_pid: 22" NL
	 "\tLine: 11, Column: 9" NL "Location:" NL "Message:" NL "\tfirst message" NL
	 "\tFile: src/net/second.rs" NL "\tLine: 12, Column: 9" NL "Message:" NL
	 "\tsecond message" NL DRAGONOS_TRACE "Panic Counter: 3, too many panics, halt." NL
	 "Panic Counter: 4, too many panics, halt." NL},
	/* Cut in the middle, as when the console's buffer overflowed. */
	{"dragonos-cut",
	 DLOG_ERROR "(src/debug/panic/mod.rs:44)\t Kernel Panic Occurred. raw_pid: 7" NL
		    "Location:" NL "\tFile: src/mm/fa"},
	{"linux-oops",
	 "[    1.200001] BUG: kernel NULL pointer dereference, address: 0000000000000008\r\n"
	 "[    1.200002] #PF: supervisor read access in kernel mode\r\n"
	 "[    1.200003] #PF: error_code(0x0000) - not-present page\r\n"
	 "[    1.200004] Oops: 0000 [#1] PREEMPT SMP NOPTI\r\n"
	 "[    1.200005] CPU: 0 PID: 331 Comm: probes Not tainted 6.1.0-fake #1\r\n"
	 "[    1.200006] RIP: 0010:fake_ioctl+0x16/0x20\r\n"
	 "[    1.200007] Call Trace:\r\n"
	 "[    1.200008]  <TASK>\r\n"
	 "[    1.200009]  vfs_ioctl+0x24/0x40\r\n"
	 "[    1.200010]  __x64_sys_ioctl+0x53/0xa0\r\n"
	 "[    1.200011]  do_syscall_64+0x58/0xc0\r\n"
	 "[    1.200012]  </TASK>\r\n"
	 "[    1.200013] ---[ end trace 0000000000000000 ]---\r\n"},
	{"linux-panic",
	 "[    1.300001] Kernel panic - not syncing: Attempted to kill init! "
	 "exitcode=0x00000100\r\n"
	 "[    1.300002] CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-fake #1\r\n" LINUX_TRACE
	 "[    1.300010] ---[ end Kernel panic - not syncing: Attempted to kill init! "
	 "exitcode=0x00000100 ]---\r\n"},
};

const char *fake_text(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strlen(texts[i].name) == n && memcmp(name, texts[i].name, n) == 0)
			return texts[i].text;
	return NULL;
}
