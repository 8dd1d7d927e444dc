/* SPDX-License-Identifier: MIT */
/*
 * How fast the scanner reads. Prints "name value" lines in MB/s (10^6 bytes):
 *   ordinary   a console as it is: boot messages, test output, both kinds of line ends
 *   coloured   the same with an escape sequence on every line
 *   one_line   no newline at all
 *   crashes    nothing but whole panics
 *   hostile    headers, and text made to keep the expressions busy
 * Arguments: mebibytes to read for each (default 256).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "diagnose/crash.h"

#define BLOCK_MAX (1u << 20)
#define FEED	  65536

static const char *const ordinary[] = {
	"[ INFO ] (src/driver/block/loop_device/manager.rs:215)\t Loop device id 3 added.\n",
	"[ INFO ] (src/smp/init.rs:51)\t Successfully started AP 1\n",
	"[    0.412345] EXT4-fs (vda1): mounted filesystem with ordered data mode. Quota mode: "
	"none.\n",
	"[    0.512345] virtio_net virtio1 enp0s2: renamed from eth0\n",
	"ok 17 - epoll/epoll_wait_maxevents # took 224 ms, limit 10 s\r\n",
	"not ok 18 - tty/tcsbrk # Error: errno 25, expected 0 or EINTR\r\n",
	"127.0.0.1 - - [22/Nov/2026:05:58:23 +0000] \"GET /index.html HTTP/1.1\" 200 4096\n",
	"# heartbeat 1234 uptime 56.78 memory 123456 kB free, 12 tasks\r\n",
};

static const char panic[] =
	"\x1b[41m[ ERROR ] \x1b[0m(src/debug/panic/mod.rs:44)\t Kernel Panic Occurred. raw_pid: "
	"16\n"
	"Location:\n\tFile: src/driver/net/sysfs.rs\n\tLine: 545, Column: 9\n"
	"Message:\n\tnot yet implemented: AttrMtu::show\nRust Panic Backtrace:\n"
	"[1] function:_Unwind_Backtrace() \t(+) 0051 address:0xffff80000081a8a3\n"
	"[2] function:dragonos_kernel::driver::net::show() \t(+) 0051 address:0xffff80000081a8a3\n"
	"\x1b[41m[ ERROR ] \x1b[0m(src/debug/panic/mod.rs:109)\t Catch Unwind Error: Any { .. }\n";

static void fill(struct strbuf *sb, const char *before)
{
	for (size_t i = 0; sb->len < BLOCK_MAX - 4096; i++) {
		strbuf_addstr(sb, before);
		strbuf_addstr(sb, ordinary[i % ARRAY_SIZE(ordinary)]);
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void measure(const char *name, const struct strbuf *sb, uint64_t bytes)
{
	struct crash_scanner *s = crash_scanner_new();
	struct crash c;
	uint64_t done = 0, found = 0;
	double start = seconds();
	size_t n;

	while (done < bytes) {
		for (size_t at = 0; at < sb->len; at += n) {
			n = sb->len - at < FEED ? sb->len - at : FEED;
			crash_scanner_feed(s, sb->buf + at, n);
			for (; crash_scanner_next(s, &c); found++)
				crash_release(&c);
		}
		done += sb->len;
	}
	printf("%s %.0f\n%s_found %" PRIu64 "\n", name, (double)done / 1e6 / (seconds() - start),
	       name, found);
	crash_scanner_free(s);
}

int main(int argc, char **argv)
{
	uint64_t bytes = (argc > 1 ? strtoull(argv[1], NULL, 10) : 256) << 20;
	struct strbuf plain = STRBUF_INIT(BLOCK_MAX), coloured = STRBUF_INIT(BLOCK_MAX);
	struct strbuf line = STRBUF_INIT(BLOCK_MAX), crashes = STRBUF_INIT(BLOCK_MAX);
	struct strbuf hostile = STRBUF_INIT(BLOCK_MAX);

	fill(&plain, "");
	fill(&coloured, "\x1b[1;33m");
	while (line.len < BLOCK_MAX - 64)
		strbuf_addstr(&line, "abcdefghijklmnop qrstuvwxyz 0123456789 ");
	while (crashes.len < BLOCK_MAX - 4096)
		strbuf_addstr(&crashes, panic);
	for (size_t i = 0; hostile.len < BLOCK_MAX - 4096; i++)
		strbuf_addstr(&hostile,
			      i % 150 ? "\tFile: a.rs\n"
				      : "(src/a.rs:1)\t Kernel Panic Occurred. raw_pid: 1\n");
	measure("ordinary", &plain, bytes);
	measure("coloured", &coloured, bytes);
	measure("one_line", &line, bytes);
	measure("crashes", &crashes, bytes / 16);
	measure("hostile", &hostile, bytes / 64);
	strbuf_release(&plain);
	strbuf_release(&coloured);
	strbuf_release(&line);
	strbuf_release(&crashes);
	strbuf_release(&hostile);
	return 0;
}
