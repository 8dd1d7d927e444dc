/* SPDX-License-Identifier: MIT */
/* Each fixture (see fake/lib/crash_fixture.h) is fed whole, byte by byte, with other line ends,
   coloured and followed by other output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "diagnose/crash.h"
#include "diagnose/crash_match.h"
#include "diagnose/crash_table.h"
#include "fake/lib/crash_fixture.h"

#define TEXT_MAX (1 << 20)

static struct crash_fixture *fixtures;
static size_t n_fixtures;

static int read_all(void **state)
{
	crash_fixtures_read(state);
	n_fixtures = crash_fixtures(&fixtures);
	return 0;
}

static void run_all(struct strbuf *(*change)(const struct strbuf *text), size_t step)
{
	size_t bad = 0;

	for (size_t i = 0; i < n_fixtures; i++) {
		struct strbuf *text = change ? change(&fixtures[i].text) : &fixtures[i].text;

		if (crash_fixture_fails(&fixtures[i], text, step, SIZE_MAX)) {
			print_message("# %s: %s\n", fixtures[i].name, crash_fixture_why());
			bad++;
		}
		if (change) {
			strbuf_release(text);
			free(text);
		}
	}
	assert_int_equal(bad, 0);
}

/* ---- variants ---- */

static struct strbuf *new_text(void)
{
	struct strbuf *sb = xmalloc(sizeof(*sb));

	strbuf_init(sb, 4 * TEXT_MAX);
	return sb;
}

static struct strbuf *with_eol(const struct strbuf *text, const char *eol)
{
	struct strbuf *sb = new_text();

	for (size_t i = 0; i < text->len; i++)
		if (text->buf[i] == '\n')
			strbuf_addstr(sb, eol);
		else
			strbuf_addch(sb, text->buf[i]);
	return sb;
}

static struct strbuf *lfcr(const struct strbuf *text)
{
	return with_eol(text, "\n\r");
}

static struct strbuf *crlf(const struct strbuf *text)
{
	return with_eol(text, "\r\r\n");
}

static struct strbuf *coloured(const struct strbuf *text)
{
	return with_eol(text, "\x1b[0m\x1b[K\n\x1b[1;33m\x1b]0;title\x07\x1b(B");
}

static struct strbuf *followed(const struct strbuf *text)
{
	struct strbuf *sb = new_text();

	strbuf_add(sb, text->buf, text->len);
	strbuf_addch(sb, '\n');
	for (int i = 0; i < 400; i++)
		strbuf_addf(sb, "ok %d - other/output\n", i);
	return sb;
}

static void test_whole(void **state)
{
	print_message("# %zu fixtures, %zu rows\n", n_fixtures, crash_rows());
	run_all(NULL, SIZE_MAX / 2);
}

static void test_byte_by_byte(void **state)
{
	run_all(NULL, 1);
}

static void test_pieces(void **state)
{
	for (size_t step = 2; step < 40; step += 7)
		run_all(NULL, step);
}

static void test_lfcr(void **state)
{
	run_all(lfcr, 3);
}

static void test_crlf(void **state)
{
	run_all(crlf, 64);
}

static void test_coloured(void **state)
{
	run_all(coloured, 5);
}

static void test_followed(void **state)
{
	run_all(followed, 4096);
}

/* Every row is there for a reason that a fixture shows. */
static void test_rows_are_needed(void **state)
{
	size_t idle = 0;

	for (size_t row = 0; row < crash_rows(); row++) {
		const struct crash_row *r = crash_row_at(row);
		bool needed = false;

		for (size_t i = 0; i < n_fixtures && !needed; i++)
			needed = crash_fixture_fails(&fixtures[i], &fixtures[i].text, SIZE_MAX / 2,
						     row);
		if (needed)
			continue;
		idle++;
		print_message("# row %zu is not needed: kind %d %s %s\n", row, r->kind,
			      r->group ? r->group : "", r->re);
	}
	assert_int_equal(idle, 0);
}

/* A gibibyte on one line: nothing grows with its length, and what stands at its end is found. */
static void test_endless_line(void **state)
{
	static const char tail[] = "[    1.000000] Kernel panic - not syncing: at the end\n";
	static char block[1 << 20];
	struct crash_scanner *s = crash_scanner_new();
	struct rusage before, after;
	struct crash c;

	memset(block, 'x', sizeof(block));
	crash_scanner_feed(s, block, sizeof(block));
	getrusage(RUSAGE_SELF, &before);
	for (int i = 1; i < 1024; i++)
		crash_scanner_feed(s, block, sizeof(block));
	getrusage(RUSAGE_SELF, &after);
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 1024);
	assert_false(crash_scanner_pending(s));
	crash_scanner_feed(s, tail, strlen(tail));
	assert_true(crash_scanner_pending(s));
	crash_scanner_flush(s);
	assert_true(crash_scanner_next(s, &c));
	assert_string_equal(c.title, "kernel panic: at the end");
	assert_int_equal(c.end, 1024ull * sizeof(block) + strlen(tail));
	assert_in_range(c.offset, c.end - 2048, c.end - strlen(tail));
	crash_release(&c);
	crash_scanner_free(s);
}

/* A header at each place around the border of two pieces of a long line. */
static void test_border(void **state)
{
	for (size_t pad = 3400; pad < 4200; pad++) {
		_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(TEXT_MAX);
		struct crash_scanner *s = crash_scanner_new();
		struct crash c;

		for (size_t i = 0; i < pad; i++)
			strbuf_addch(&sb, 'x');
		strbuf_addstr(&sb, "[    1.000000] Kernel panic - not syncing: here\n");
		crash_scanner_feed(s, sb.buf, sb.len);
		crash_scanner_flush(s);
		assert_true(crash_scanner_next(s, &c));
		assert_string_equal(c.title, "kernel panic: here");
		crash_release(&c);
		assert_false(crash_scanner_next(s, &c));
		crash_scanner_free(s);
	}
}

/* Headers without end: the first ones stay, memory does not grow. */
static void test_flood(void **state)
{
	static const char line[] = "[    1.000000] Out of memory: Killed process 7 (x)\n";
	struct crash_scanner *s = crash_scanner_new();
	struct crash c;
	size_t n = 0;

	for (int i = 0; i < 5000; i++)
		crash_scanner_feed(s, line, strlen(line));
	while (crash_scanner_next(s, &c)) {
		if (!n)
			assert_int_equal(c.offset, 0);
		crash_release(&c);
		n++;
	}
	assert_in_range(n, 16, 256);
	crash_scanner_free(s);
}

/* A scanner that is dropped with work left leaks nothing (the sanitizer looks). */
static void test_free_with_work_left(void **state)
{
	static const char text[] =
		"[    1.000000] Out of memory: Killed process 7 (x)\n"
		"(src/a.rs:1)\t Kernel Panic Occurred. raw_pid: 1\nMessage:\n\ta\n"
		"(src/a.rs:1)\t Kernel Panic Occurred. raw_pid: 2\n";
	struct crash_scanner *s = crash_scanner_new();

	crash_scanner_feed(s, text, strlen(text));
	assert_true(crash_scanner_pending(s));
	crash_scanner_free(s);
	crash_scanner_free(NULL);
}

static void test_place(void **state)
{
	struct crash c = {.os = "dragonos",
			  .title = "panic: Illegal user space access from kernel in src/a.rs",
			  .also = {"bad access"},
			  .n_also = 1,
			  .n_frames = CRASH_FRAMES,
			  .frames = {"a", "b", "c", "d", "e"}};

	crash_set_place(&c, "dragonos_kernel::ipc::do_kernel_pipe2::h0123456789abcdef");
	assert_string_equal(c.title,
			    "panic: Illegal user space access from kernel in ipc::do_kernel_pipe2");
	assert_string_equal(c.also[0], "bad access in ipc::do_kernel_pipe2");
	assert_string_equal(c.frames[0], "ipc::do_kernel_pipe2");
	assert_string_equal(c.frames[4], "d");
	assert_int_equal(c.n_frames, CRASH_FRAMES);
	assert_int_equal(strlen(c.fingerprint), 16);
}

static struct crash crash_of(const char *fixture)
{
	struct crash_scanner *s = crash_scanner_new();
	struct crash c;

	for (size_t i = 0; i < n_fixtures; i++)
		if (strcmp(fixtures[i].name, fixture) == 0)
			crash_scanner_feed(s, fixtures[i].text.buf, fixtures[i].text.len);
	crash_scanner_flush(s);
	assert_true(crash_scanner_next(s, &c));
	crash_scanner_free(s);
	return c;
}

/* The same panic with its message lost, the same bad access by another check; but not two accesses
 * whose place is not known, nor two messages from one file. */
static void test_same(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{"dragonos-also-todo.txt", "dragonos-also-message-lost.txt", true},
		{"dragonos-also-null.txt", "dragonos-also-page-fault.txt", true},
		{"dragonos-also-null.txt", "dragonos-reserved-bits.txt", false},
		{"dragonos-page-fault.txt", "dragonos-null-pointer.txt", false},
		{"dragonos-oom-alloc.txt", "dragonos-refill.txt", false},
		{"linux-null-pointer.txt", "linux-panic-init.txt", false},
		{"linux-hung-task.txt", "linux-hung-task.txt", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct crash a = crash_of(pairs[i].a), b = crash_of(pairs[i].b);

		if (crash_same(&a, &b) != pairs[i].same || crash_same(&b, &a) != pairs[i].same)
			fail_msg("%s and %s: '%s', '%s'", pairs[i].a, pairs[i].b, a.title, b.title);
		crash_release(&a);
		crash_release(&b);
	}
}

static void test_class_names(void **state)
{
	assert_string_equal(crash_class_name(CRASH_RECOVERED), "recovered");
	assert_string_equal(crash_class_name(CRASH_WARNING), "warning");
	assert_string_equal(crash_class_name((enum crash_class)77), "?");
}

static void test_no_root(void **state)
{
	assert_true(crash_is_no_root("panic: Failed to find rootfs device /dev/vda2 in "
				     "src/filesystem/vfs/vcore.rs"));
	assert_true(crash_is_no_root("kernel panic: VFS: Unable to mount root fs"));
	assert_false(
		crash_is_no_root("panic: not yet implemented in src/driver/tty/tty_device.rs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	     cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_pieces),	     cmocka_unit_test(test_lfcr),
		cmocka_unit_test(test_crlf),	     cmocka_unit_test(test_coloured),
		cmocka_unit_test(test_followed),     cmocka_unit_test(test_rows_are_needed),
		cmocka_unit_test(test_endless_line), cmocka_unit_test(test_border),
		cmocka_unit_test(test_flood),	     cmocka_unit_test(test_free_with_work_left),
		cmocka_unit_test(test_same),	     cmocka_unit_test(test_place),
		cmocka_unit_test(test_class_names),  cmocka_unit_test(test_no_root),
	};

	return cmocka_run_group_tests(tests, read_all, crash_fixtures_release);
}
