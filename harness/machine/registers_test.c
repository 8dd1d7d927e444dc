/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "machine/registers.h"

/* As QEMU prints them: a 64-bit CPU that runs, a 32-bit one that is halted. */
static const char two[] =
	"\r\nCPU#0\r\nRAX=0000000000000000 RBX=0000000000000000\r\n"
	"RIP=ffffffff81e0b3ab RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0\r\n"
	"ES =0000 0000000000000000 ffffffff 00c00000\r\n"
	"\r\nCPU#1\r\nEAX=00000000 EBX=00000000\r\n"
	"EIP=000fd09a EFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1\r\n";

static void both_widths(void **state)
{
	struct machine_cpu_sample s[4];

	assert_int_equal(registers_parse(two, s, 4), 2);
	assert_int_equal(s[0].cpu, 0);
	assert_true(s[0].rip == 0xffffffff81e0b3ab);
	assert_false(s[0].halted);
	assert_int_equal(s[1].cpu, 1);
	assert_true(s[1].rip == 0xfd09a);
	assert_true(s[1].halted);
}

static void room_is_kept(void **state)
{
	struct machine_cpu_sample s[1];

	assert_int_equal(registers_parse(two, s, 1), 1);
}

static void other_text_gives_nothing(void **state)
{
	struct machine_cpu_sample s[2];

	assert_int_equal(registers_parse("", s, 2), 0);
	assert_int_equal(registers_parse("unknown command: 'info registers -a'\r\n", s, 2), 0);
	/* A CPU without an instruction pointer is not a sample. */
	assert_int_equal(registers_parse("CPU#0\r\nHLT=1\r\nCPU#", s, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_widths),
		cmocka_unit_test(room_is_kept),
		cmocka_unit_test(other_text_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
