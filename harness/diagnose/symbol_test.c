/* SPDX-License-Identifier: MIT */
/* The program under test is its own ELF file with symbols and debug data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "diagnose/symbol.h"

#define SELF "/proc/self/exe"

int rust_new(int v) __asm__("_RNvNtC4demo3net4show");
int rust_old(int v) __asm__("_ZN4demo3net4read17h0123456789abcdefE");
int plus_plus(int v) __asm__("_ZN4demo4findEi");
int plain_target(int v);

enum { LINE_OF_RETURN = __LINE__ + 5 };

__attribute__((noinline)) int plain_target(int v)
{
	__asm__ volatile("nop");
	return v * 3;
}

__attribute__((noinline)) int rust_new(int v)
{
	return v + 1;
}

__attribute__((noinline)) int rust_old(int v)
{
	return v + 2;
}

__attribute__((noinline)) int plus_plus(int v)
{
	return v + 3;
}

static int first_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	*(uint64_t *)arg = info->dlpi_addr;
	return 1;
}

/* Where the file says that it is. */
static uint64_t address_of(int (*fn)(int))
{
	uint64_t base = 0;

	dl_iterate_phdr(first_object, &base);
	return (uint64_t)(uintptr_t)fn - base;
}

static struct symbol_file *open_self(void)
{
	struct symbol_file *f = NULL;
	struct err err = ERR_INIT;

	if (symbol_open(SELF, &f, &err) < 0)
		fail_msg("%s", err.text);
	return f;
}

static void test_function(void **state)
{
	struct symbol_file *f = open_self();
	struct symbol s;

	assert_int_equal(symbol_function(f, address_of(plain_target), &s), 0);
	assert_string_equal(s.function, "plain_target");
	assert_int_equal(s.offset, 0);
	assert_string_equal(s.file, "");
	assert_int_equal(symbol_function(f, address_of(plain_target) + 2, &s), 0);
	assert_string_equal(s.function, "plain_target");
	assert_int_equal(s.offset, 2);
	symbol_close(f);
}

static void test_demangled(void **state)
{
	struct symbol_file *f = open_self();
	struct symbol s;

	assert_int_equal(symbol_function(f, address_of(rust_new), &s), 0);
	assert_string_equal(s.function, "demo::net::show");
	assert_int_equal(symbol_function(f, address_of(rust_old), &s), 0);
	assert_string_equal(s.function, "demo::net::read");
	assert_int_equal(symbol_function(f, address_of(plus_plus), &s), 0);
	assert_string_equal(s.function, "demo::find(int)");
	symbol_close(f);
}

static void test_line(void **state)
{
	struct symbol_file *f = open_self();
	struct symbol s;
	bool seen = false;

	for (uint64_t i = 0; i < 64; i++) {
		assert_int_equal(symbol_lookup(f, address_of(plain_target) + i, &s), 0);
		if (strcmp(s.function, "plain_target") != 0)
			break;
		assert_string_equal(s.file, "harness/diagnose/symbol_test.c");
		assert_in_range(s.line, LINE_OF_RETURN - 3, LINE_OF_RETURN + 1);
		seen |= s.line == LINE_OF_RETURN;
	}
	assert_true(seen);
	symbol_close(f);
}

static void test_no_code(void **state)
{
	struct symbol_file *f = open_self();
	struct symbol s = {.line = 77};

	assert_int_equal(symbol_lookup(f, 0, &s), -ENOENT);
	assert_int_equal(symbol_lookup(f, UINT64_MAX, &s), -ENOENT);
	assert_int_equal(symbol_lookup(f, 0xffff800000000000, &s), -ENOENT);
	assert_int_equal(s.line, 77);
	symbol_close(f);
	symbol_close(NULL);
}

static void test_annotate(void **state)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(65536);
	struct symbol_file *f = open_self();
	char text[256];

	/* Addresses of this program are short: pad as a trace does. */
	snprintf(text, sizeof(text),
		 "nothing 0x10\n[1] function:plain_target() address:0x%016lx\nrip: 0x%016lx",
		 (unsigned long)address_of(plain_target) + 1,
		 (unsigned long)address_of(rust_new) + 1);
	symbol_annotate(f, text, &out);
	assert_ptr_equal(strstr(out.buf, "nothing 0x10\n[1] function:plain_target() address:0x"),
			 out.buf);
	assert_non_null(strstr(out.buf, "  <- at harness/diagnose/symbol_test.c:"));
	assert_non_null(strstr(out.buf, "  <- demo::net::show at harness/diagnose/symbol_test.c:"));
	symbol_close(f);
}

static void write_file(const char *path, const void *data, size_t n)
{
	assert_int_equal(file_write_atomic(path, data, n, 0600, NULL), 0);
}

static void test_bad_files(void **state)
{
	char path[] = "/tmp/symbol_test.XXXXXX";
	struct symbol_file *f = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(symbol_open("/nonexistent/kernel", &f, &err), -ENOENT);
	close(mkstemp(path));
	assert_int_equal(symbol_open(path, &f, &err), -ENOEXEC);
	write_file(path, "\177ELF\1\1\1\0 not much of one", 24);
	assert_int_equal(symbol_open(path, &f, &err), -ENOEXEC);
	write_file(path, "MZ a bzImage", 12);
	assert_int_equal(symbol_open(path, &f, &err), -ENOEXEC);
	assert_non_null(strstr(err.text, path));
	assert_null(f);
	unlink(path);
}

/* Cut or spoiled anywhere, it may know less, but it does not fall. */
static void test_cut_and_spoiled(void **state)
{
	_cleanup_(strbuf_release) struct strbuf self = STRBUF_INIT(256 << 20);
	char path[] = "/tmp/symbol_test.XXXXXX";
	uint64_t address = address_of(plain_target);
	struct symbol s;

	close(mkstemp(path));
	assert_int_equal(file_read(SELF, &self, NULL), 0);
	for (size_t i = 1; i <= 8; i++) {
		struct symbol_file *f = NULL;

		if (i > 4)
			for (size_t at = i; at < self.len; at += 4099)
				self.buf[at] ^= (char)(i * 31);
		write_file(path, self.buf, i > 4 ? self.len : self.len * i / 5);
		if (symbol_open(path, &f, NULL) < 0)
			continue;
		symbol_lookup(f, address, &s);
		symbol_close(f);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_function),
		cmocka_unit_test(test_demangled),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_no_code),
		cmocka_unit_test(test_annotate),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_cut_and_spoiled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
