/* SPDX-License-Identifier: MIT */
/* The policy, with programs of ours in the place of QEMU and /dev/null in that of /dev/kvm. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/xalloc.h"
#include "machine/accel.h"

static struct loop *loop;
static char dir[] = "/tmp/accel-test-XXXXXX";
static char *bin, *ran;

/* Each run of the program leaves a byte in the file "ran". */
static void be_qemu(const char *what)
{
	_autofree_ char *program = path_join(bin, "qemu-system-x86_64");
	_autofree_ char *cache = path_join(paths_cache(), "kvm-health");
	_autofree_ char *text = xasprintf("#!/bin/sh\nprintf x >>%s\n%s\n", ran, what);

	unlink(cache);
	unlink(ran);
	assert_int_equal(file_write_atomic(program, text, strlen(text), 0755, NULL), 0);
}

static size_t runs(void)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(1000);

	if (file_exists(ran))
		assert_int_equal(file_read(ran, &sb, NULL), 0);
	return sb.len;
}

static void choose(enum machine_accel wish, enum machine_accel expected, const char *reason)
{
	_autofree_ char *why = NULL;
	enum machine_accel accel = (enum machine_accel)99;
	struct err err = ERR_INIT;

	if (accel_choose_on(loop, "/dev/null", wish, &accel, &why, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(accel, expected);
	if (!reason)
		assert_null(why);
	else if (!why || !strstr(why, reason))
		fail_msg("expected \"%s\" in \"%s\"", reason, why ? why : "(null)");
}

static void refuse_kvm(const char *reason)
{
	enum machine_accel accel = (enum machine_accel)99;
	struct err err = ERR_INIT;

	assert_int_equal(accel_choose_on(loop, "/dev/null", ACCEL_KVM, &accel, NULL, &err),
			 -ENOTSUP);
	assert_int_equal(accel, 99);
	if (!strstr(err.text, reason))
		fail_msg("expected \"%s\" in \"%s\"", reason, err.text);
}

static void healthy_is_used_and_remembered(void **state)
{
	be_qemu("echo 'fake kernel: alive'");
	choose(ACCEL_AUTO, ACCEL_KVM, NULL);
	choose(ACCEL_AUTO, ACCEL_KVM, NULL);
	choose(ACCEL_KVM, ACCEL_KVM, NULL);
	assert_int_equal(runs(), 1);
}

static void demanded_translator_asks_nobody(void **state)
{
	be_qemu("echo 'fake kernel: alive'");
	choose(ACCEL_TCG, ACCEL_TCG, NULL);
	assert_int_equal(runs(), 0);
}

static void hanging_guest_costs_three_seconds_once(void **state)
{
	uint64_t begin = now_us();

	be_qemu("exec sleep 100");
	choose(ACCEL_AUTO, ACCEL_TCG, "did not come to its end within 3 s");
	assert_in_range(now_us() - begin, 2900 * MSEC, 4500 * MSEC);
	begin = now_us();
	choose(ACCEL_AUTO, ACCEL_TCG, "did not come to its end");
	refuse_kvm("not healthy here: a tiny guest did not come to its end within 3 s");
	assert_true(now_us() - begin < SEC);
	assert_int_equal(runs(), 1);
}

static void dying_guest_is_told_with_its_words(void **state)
{
	be_qemu("echo 'KVM internal error. Suberror: 1' >&2; echo more >&2; exit 1");
	choose(ACCEL_AUTO, ACCEL_TCG, "died under KVM: KVM internal error. Suberror: 1 (exit");
	refuse_kvm("Suberror: 1");
	be_qemu("echo 'fake kernel: alive'; kill -ABRT $$");
	choose(ACCEL_AUTO, ACCEL_TCG, "killed by signal 6");
}

static void quiet_success_is_no_proof(void **state)
{
	be_qemu("exit 0");
	choose(ACCEL_AUTO, ACCEL_TCG, "ended under KVM without its line");
}

static void another_qemu_is_asked_again(void **state)
{
	_autofree_ char *cache = path_join(paths_cache(), "kvm-health");

	be_qemu("exit 1");
	choose(ACCEL_AUTO, ACCEL_TCG, "died");
	/* As after a reboot of the host: another key. */
	assert_int_equal(file_write_atomic(cache, "another key\nok\n", 15, 0644, NULL), 0);
	choose(ACCEL_AUTO, ACCEL_TCG, "died");
	assert_int_equal(runs(), 2);
}

static void no_device_or_no_qemu(void **state)
{
	_autofree_ char *why = NULL, *program = path_join(bin, "qemu-system-x86_64");
	_autofree_ char *path = xstrdup(getenv("PATH"));
	enum machine_accel accel;
	struct err err = ERR_INIT;

	assert_int_equal(accel_choose_on(loop, "/nonexistent/kvm", ACCEL_AUTO, &accel, &why, NULL),
			 0);
	assert_int_equal(accel, ACCEL_TCG);
	assert_string_equal(why, "cannot open /nonexistent/kvm: No such file or directory");
	assert_int_equal(accel_choose_on(loop, "/nonexistent/kvm", ACCEL_KVM, &accel, NULL, &err),
			 -ENOTSUP);
	unlink(program);
	setenv("PATH", bin, 1);
	choose(ACCEL_AUTO, ACCEL_TCG, "there is no qemu-system-x86_64");
	setenv("PATH", path, 1);
}

static void interrupted_check_proves_nothing(void **state)
{
	_autofree_ char *cache = path_join(paths_cache(), "kvm-health");
	enum machine_accel accel;

	be_qemu("exec sleep 100");
	loop_cancel(loop, 2);
	assert_int_equal(accel_choose_on(loop, "/dev/null", ACCEL_AUTO, &accel, NULL, NULL),
			 -EINTR);
	loop_uncancel(loop);
	assert_false(file_exists(cache));
}

static void words_of_the_wish(void **state)
{
	assert_int_equal(accel_parse("auto"), ACCEL_AUTO);
	assert_int_equal(accel_parse("kvm"), ACCEL_KVM);
	assert_int_equal(accel_parse("tcg"), ACCEL_TCG);
	assert_int_equal(accel_parse("KVM"), -1);
	assert_int_equal(accel_parse(""), -1);
}

static int setup(void **state)
{
	_autofree_ char *path = NULL, *cache = NULL;

	if (!mkdtemp(dir) || loop_new(&loop, NULL) < 0)
		return -1;
	bin = path_join(dir, "bin");
	ran = path_join(dir, "ran");
	cache = path_join(dir, "cache");
	path = xasprintf("%s:%s", bin, getenv("PATH"));
	setenv("PATH", path, 1);
	setenv("HARNESS_CACHE", cache, 1);
	return mkdir_p(bin, NULL);
}

static int teardown(void **state)
{
	loop_free(loop);
	free(bin);
	free(ran);
	return rm_rf(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(healthy_is_used_and_remembered),
		cmocka_unit_test(demanded_translator_asks_nobody),
		cmocka_unit_test(hanging_guest_costs_three_seconds_once),
		cmocka_unit_test(dying_guest_is_told_with_its_words),
		cmocka_unit_test(quiet_success_is_no_proof),
		cmocka_unit_test(another_qemu_is_asked_again),
		cmocka_unit_test(no_device_or_no_qemu),
		cmocka_unit_test(interrupted_check_proves_nothing),
		cmocka_unit_test(words_of_the_wish),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
