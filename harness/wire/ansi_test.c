/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "wire/ansi.h"

#define ROOM 4096

static size_t strip(const char *in, size_t n, size_t step, char out[ROOM])
{
	struct ansi a = ANSI_INIT;
	size_t n_out = 0;

	for (size_t i = 0; i < n; i += step)
		n_out += ansi_strip(&a, out + n_out, in + i, n - i < step ? n - i : step);
	n_out += ansi_finish(&a, out + n_out);
	assert_true(ansi_is_idle(&a));
	out[n_out] = '\0';
	return n_out;
}

static const struct {
	const char *in, *out;
} cases[] = {
	{"", ""},
	{"plain", "plain"},
	{"\x1b[41m[ ERROR ] \x1b[0m(a.rs:1)", "[ ERROR ] (a.rs:1)"},
	{"\x1b[1;33mx\x1b[m\x1b[2J\x1b[?25l\x1b[10;20Hy", "xy"},
	{"\x1b]0;a title\x07z", "z"},
	{"\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\.", "link."},
	{"\x1bP1$r0m\x1b\\q", "q"},
	{"\x1b(B\x1b)0a\x1b=b\x1b>c\x1b"
	 "7d\x1b"
	 "Me",
	 "abcde"},
	{"\x1b\x1b[31mx", "x"},
	{"\x1b[31\x1b[32mx", "[31x"},
	{"\x1b[31\nx", "[31\nx"},
	{"\x1b]0;never ended\nnext", "]0;never ended\nnext"},
	{"\x1b]0;broken\x1b[31mx", "]0;brokenx"},
	{"tail\x1b", "tail"},
	{"tail\x1b[12", "tail[12"},
	{"\xe5\x86\x85\x1b[0m\x9b", "\xe5\x86\x85\x9b"},
};

static void test_cases(void **state)
{
	char out[ROOM];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t step = 1; step < 9; step++) {
			strip(cases[i].in, strlen(cases[i].in), step, out);
			assert_string_equal(out, cases[i].out);
		}
}

/* A sequence that never ends comes out as text after a while: it may not swallow a panic. */
static void test_endless_sequence(void **state)
{
	char in[ROOM / 2], out[ROOM];

	memset(in, 'a', sizeof(in));
	memcpy(in, "\x1b]", 2);
	assert_int_equal(strip(in, sizeof(in), 7, out), sizeof(in) - 1);
	memset(in, '1', sizeof(in));
	memcpy(in, "\x1b[", 2);
	assert_int_equal(strip(in, sizeof(in), 512, out), sizeof(in) - 1);
}

/* In any order of bytes the room that is promised is enough (the sanitizer looks). */
static void test_room(void **state)
{
	static const char bytes[] = {0x1b, ']', '[', '\\', 0x07, 'a', '\n', '3', 0x1b};
	struct ansi a = ANSI_INIT;
	unsigned int seed = 1;

	for (int round = 0; round < 2000; round++) {
		size_t n = 1 + (size_t)(rand_r(&seed) % 400);
		_autofree_ char *in = malloc(n), *out = malloc(n + ANSI_HELD);

		for (size_t i = 0; i < n; i++)
			in[i] = bytes[(size_t)rand_r(&seed) % (i % 50 ? sizeof(bytes) : 2)];
		assert_true(ansi_strip(&a, out, in, n) <= n + ANSI_HELD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_endless_sequence),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
