/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "machine/qemu_argv.h"

static const uint16_t ports[] = {22, 80, 0};
static const struct machine_spec spec = {
	.kernel = "/k", .disk = "/d", .init = "/sbin/agent", .append = "a=b", .forward = ports};

/* The words joined by spaces, with one at each end. */
static char *argv_text(const struct qemu_plan *plan)
{
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	_autofree_ char *cmdline = qemu_cmdline(plan);
	struct strbuf sb = STRBUF_INIT(65536);
	size_t n;

	qemu_argv(plan, cmdline, &argv);
	for (char **a = argv.v; *a; a++)
		strbuf_addf(&sb, " %s", *a);
	strbuf_addch(&sb, ' ');
	return strbuf_detach(&sb, &n);
}

static struct qemu_plan plan_for(const char *profile)
{
	struct qemu_plan plan = {
		.spec = &spec, .profile = profile_find(profile), .accel = ACCEL_TCG};

	assert_non_null(plan.profile);
	return plan;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in \"%s\"", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in \"%s\"", part, text);
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

static void what_every_profile_says(void **state)
{
	const struct machine_profile_info *infos;
	size_t n = machine_profiles(&infos);

	assert_true(n >= 7);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plan plan = plan_for(infos[i].name);
		_autofree_ char *text = argv_text(&plan);

		has(text, " -nodefaults -no-user-config -sandbox on,");
		has(text, " -action reboot=shutdown,shutdown=pause,panic=pause ");
		has(text, ",snapshot=on,");
		has(text, ",restrict=on,hostfwd=tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:0-:80 ");
		has(text, " -kernel /k -append console=");
		has_not(text, " -initrd ");
		has_not(text, "0.0.0.0");
		assert_int_equal(count(text, " virtio-"), count(text, "disable-legacy=o"));
		assert_int_equal(count(text, " virtio-"), count(text, "disable-modern=o"));
	}
}

struct expected {
	const char *profile, *argv, *cmdline;
};

static void what_each_profile_says(void **state)
{
	static const struct expected table[] = {
		{"modern",
		 " virtio-blk-pci,drive=disk,disable-legacy=on,disable-modern=off,"
		 "ioeventfd=off ",
		 "console=ttyS0 root=/dev/vda1 rw rootfstype=ext4 init=/sbin/agent "
		 "harness.channel=/dev/hvc0 a=b"},
		{"dragonos",
		 " -serial chardev:uart -chardev socket,id=channel,fd=4 "
		 "-serial chardev:channel ",
		 "console=ttyS0 root=/dev/vda1 rw rootfstype=ext4 init=/sbin/agent "
		 "harness.channel=/dev/ttyS1 a=b"},
		{"legacy",
		 " virtio-net-pci,netdev=net,romfile=,disable-legacy=off,"
		 "disable-modern=on ",
		 "harness.channel=/dev/ttyS1"},
		{"transitional", " virtio-balloon-pci,disable-legacy=off,disable-modern=off ",
		 "console=hvc0 earlyprintk=ttyS0 root=/dev/vda1 "},
		{"transitional", " virtconsole,bus=channel-bus.0,chardev=channel ",
		 "harness.channel=/dev/hvc1"},
		{"transitional",
		 " virtio-serial-pci,id=channel-bus,max_ports=1,disable-legacy=off,"
		 "disable-modern=off,ioeventfd=off ",
		 "harness.channel=/dev/hvc1"},
		{"scsi", " scsi-hd,bus=scsi.0,drive=disk ", "root=/dev/sda1 "},
		{"nvme", " nvme,drive=disk,serial=harness ", "root=/dev/nvme0n1p1 "},
		{"ahci", " ide-hd,bus=ahci.0,drive=disk ", "root=/dev/sda1 "},
		{"tencent-like", " -device ide-cd,bus=ide.1 ", "root=/dev/vda1 "},
		{"tencent-like", " virtio-balloon-pci,disable-legacy=off,disable-modern=off ",
		 "harness.channel=/dev/ttyS1"},
		{"aliyun-like",
		 " virtio-blk-pci,drive=disk,disable-legacy=off,disable-modern=on,"
		 "ioeventfd=off ",
		 "root=/dev/vda1 "},
		{"huawei-like", " scsi-hd,bus=scsi.0,drive=disk ", "root=/dev/sda1 "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct qemu_plan plan = plan_for(table[i].profile);
		_autofree_ char *text = argv_text(&plan);
		_autofree_ char *cmdline = qemu_cmdline(&plan);

		has(text, table[i].argv);
		has(cmdline, table[i].cmdline);
	}
}

static void log_on_a_uart(void **state)
{
	assert_true(profile_log_is_uart(profile_find("dragonos")));
	assert_true(profile_log_is_uart(profile_find("modern")));
	assert_false(profile_log_is_uart(profile_find("transitional")));
}

static void linux_gets_words_of_its_own(void **state)
{
	struct qemu_plan plan = plan_for("modern");
	_autofree_ char *pvh = qemu_cmdline(&plan);
	_autofree_ char *bz = NULL;

	plan.kind = KERNEL_BZIMAGE;
	bz = qemu_cmdline(&plan);
	has_not(pvh, "nokaslr");
	has(bz, " panic=-1 nokaslr cryptomgr.notests no_timer_check ");
}

/* On a real CPU its kernel does what it does for its user, and is told all that the CPU can. */
static void only_the_translator_is_spared(void **state)
{
	struct qemu_plan plan = plan_for("modern");
	_autofree_ char *translated = NULL, *real = NULL, *pvh = argv_text(&plan);

	has_not(pvh, "mitigations");
	plan.kind = KERNEL_BZIMAGE;
	translated = argv_text(&plan);
	plan.accel = ACCEL_KVM;
	real = argv_text(&plan);
	has(translated, " -cpu max,erms=off,fsrm=off ");
	has(translated, " mitigations=off");
	has(real, " -cpu host ");
	has_not(real, "erms");
	has_not(real, "mitigations");
}

static void options_of_a_spec(void **state)
{
	struct machine_spec s = {.kernel = "/k",
				 .disk = "/a,b,file=/etc/shadow",
				 .initrd = "/i",
				 .memory_mib = 99,
				 .cpus = 3,
				 .gdb = true};
	struct qemu_plan plan = plan_for("modern");
	_autofree_ char *text = NULL;

	plan.spec = &s;
	plan.accel = ACCEL_KVM;
	text = argv_text(&plan);
	has(text, "file=/a,,b,,file=/etc/shadow ");
	has(text, " -initrd /i ");
	has(text, " -m 99 ");
	has(text, " -smp 3 ");
	has(text, " -accel kvm -cpu host ");
	has(text, " virtio-blk-pci,");
	has_not(text, "ioeventfd");
	has(text, " -gdb chardev:gdb -S ");
	has_not(text, "hostfwd");
	has_not(text, "init=");
}

/* Its network is not QEMU's: no port leads in or out there. */
static void a_machine_with_a_seed(void **state)
{
	static const struct seed seed = {.instance_id = (char *)"i"};
	struct machine_spec s = {.kernel = "/k", .disk = "/d", .forward = ports, .seed = &seed};
	struct qemu_plan plan = plan_for("tencent-like");
	_autofree_ char *text = NULL, *cmdline = NULL;

	plan.spec = &s;
	plan.cd = (char *)"/a,b/cd.iso";
	text = argv_text(&plan);
	cmdline = qemu_cmdline(&plan);
	has(text, " -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny ");
	has(text, " -netdev socket,id=net,fd=8 -device "
		  "virtio-net-pci,netdev=net,romfile=,mac=" CLOUD_MAC ",disable-legacy=off,");
	has(text, " if=none,id=cd,media=cdrom,readonly=on,format=raw,file=/a,,b/cd.iso "
		  "-device ide-cd,bus=ide.1,drive=cd ");
	has_not(text, "hostfwd");
	has_not(text, "user,");
	has(cmdline, " harness.net=none harness.modules=cd");
	assert_int_equal(QEMU_FD_NET, 8);
}

/* A BIOS boots what is on the disk, and speaks on a screen. */
static void a_machine_without_a_kernel(void **state)
{
	const struct machine_spec image = {.disk = "/d", .disk_format = "vpc"};
	struct qemu_plan plan = plan_for("nocloud");
	_autofree_ char *text = NULL, *with = argv_text(&plan);

	plan.spec = &image;
	text = argv_text(&plan);
	has(text, " if=none,id=disk,format=vpc,snapshot=on,file=/d ");
	has(text, " -vga std ");
	has_not(text, " -kernel ");
	has_not(text, " -append ");
	has(with, " -kernel /k ");
	has_not(with, " -vga ");
}

/* Its kernel and its command line lie in the memory that was saved. */
static void a_machine_that_wakes(void **state)
{
	const struct machine_spec woken = {
		.kernel = "/k", .initrd = "/i", .disk = "/d", .wake = "/saved"};
	struct qemu_plan plan = plan_for("modern");
	_autofree_ char *text = NULL;

	plan.spec = &woken;
	text = argv_text(&plan);
	has(text, ",mem-path=/dev/fd/6,share=off ");
	has(text, " -incoming defer ");
	has(text, ",snapshot=on,file=/saved/disk.qcow2 ");
	has_not(text, " -kernel ");
	has_not(text, " -initrd ");
	has_not(text, " -append ");
	has_not(text, " -vga ");
}

static void unknown_profile(void **state)
{
	assert_null(profile_find("no-such"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_every_profile_says),
		cmocka_unit_test(what_each_profile_says),
		cmocka_unit_test(log_on_a_uart),
		cmocka_unit_test(linux_gets_words_of_its_own),
		cmocka_unit_test(only_the_translator_is_spared),
		cmocka_unit_test(options_of_a_spec),
		cmocka_unit_test(a_machine_with_a_seed),
		cmocka_unit_test(a_machine_without_a_kernel),
		cmocka_unit_test(a_machine_that_wakes),
		cmocka_unit_test(unknown_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
