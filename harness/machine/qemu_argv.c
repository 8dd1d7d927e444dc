/* SPDX-License-Identifier: MIT */
#include "machine/qemu_argv.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

#define CMDLINE_MAX 4096

/*
 * panic=-1: reset as soon as the panic text is out, which QEMU turns into a pause.
 * nokaslr: a sampled instruction pointer must lead to a function. cryptomgr.notests: a tenth of
 * the boot under the translator. no_timer_check: on a busy host the timer's interrupts come too
 * late for the kernel's test of them, and it panics ("IO-APIC + timer doesn't work").
 */
#define LINUX_WORDS " panic=-1 nokaslr cryptomgr.notests no_timer_check"
/* What keeps one program from reading another's secrets off a real CPU is work for nothing here: a
 * twelfth of the boot, a twentieth of the probes. */
#define TRANSLATED_WORDS " mitigations=off"
/* All that the translator can do, but for what would make a kernel copy and clear with rep movsb
 * and rep stosb: it does them byte by byte, and rep movsq in an eighth of the steps. */
#define TRANSLATED_CPU "max,erms=off,fsrm=off"

unsigned int qemu_memory_mib(const struct qemu_plan *plan)
{
	return plan->spec->memory_mib ? plan->spec->memory_mib : plan->profile->memory_mib;
}

unsigned int qemu_cpus(const struct qemu_plan *plan)
{
	return plan->spec->cpus ? plan->spec->cpus : plan->profile->cpus;
}

char *qemu_cmdline(const struct qemu_plan *plan)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(CMDLINE_MAX);
	const struct machine_spec *spec = plan->spec;
	size_t len;

	strbuf_addf(&sb, "console=%s", profile_console(plan->profile));
	if (plan->profile->tty == TTY_VIRTCONSOLE)
		strbuf_addstr(&sb, " earlyprintk=ttyS0");
	if (spec->disk)
		strbuf_addf(&sb, " root=%s rw rootfstype=ext4", plan->profile->root);
	if (spec->init)
		strbuf_addf(&sb, " init=%s", spec->init);
	if (plan->kind == KERNEL_BZIMAGE)
		strbuf_addstr(&sb, LINUX_WORDS);
	if (plan->kind == KERNEL_BZIMAGE && plan->accel == ACCEL_TCG)
		strbuf_addstr(&sb, TRANSLATED_WORDS);
	strbuf_addf(&sb, " harness.channel=/dev/%s", profile_channel(plan->profile));
	/* The first-boot agent does it, as told. */
	if (spec->seed)
		strbuf_addstr(&sb, " harness.net=none");
	if (plan->cd)
		strbuf_addstr(&sb, " harness.modules=cd");
	if (spec->append)
		strbuf_addf(&sb, " %s", spec->append);
	return strbuf_detach(&sb, &len);
}

static void push(struct strv *argv, const char *option, const char *value)
{
	strv_push(argv, option);
	strv_push(argv, value);
}

/* A comma in an option's value is written twice. */
static char *escape(const char *s)
{
	char *out = xmalloc(2 * strlen(s) + 1), *o = out;

	for (; *s; s++) {
		if (*s == ',')
			*o++ = ',';
		*o++ = *s;
	}
	*o = '\0';
	return out;
}

static const char *virtio_words(const struct profile *p)
{
	static const char *const words[] = {
		[VIRTIO_MODERN] = "disable-legacy=on,disable-modern=off",
		[VIRTIO_LEGACY] = "disable-legacy=off,disable-modern=on",
		[VIRTIO_TRANSITIONAL] = "disable-legacy=off,disable-modern=off",
	};

	return words[p->virtio];
}

/*
 * Under the translator a queue is served within the guest's own write. QEMU's main thread, which
 * does it otherwise, would take that CPU from the guest on a host that has no other, while a Linux
 * guest spins until its virtconsole took what it wrote.
 */
static const char *kick_words(const struct qemu_plan *plan)
{
	return plan->accel == ACCEL_TCG ? ",ioeventfd=off" : "";
}

static void add_socket(struct strv *argv, const char *id, int fd)
{
	strv_push(argv, "-chardev");
	strv_pushf(argv, "socket,id=%s,fd=%d", id, fd);
}

/* One controller for each, since DragonOS sees only the first port of a controller. */
static void add_virtconsole(struct strv *argv, const struct qemu_plan *plan, const char *chardev)
{
	strv_push(argv, "-device");
	strv_pushf(argv, "virtio-serial-pci,id=%s-bus,max_ports=1,%s%s", chardev,
		   virtio_words(plan->profile), kick_words(plan));
	strv_push(argv, "-device");
	strv_pushf(argv, "virtconsole,bus=%s-bus.0,chardev=%s", chardev, chardev);
}

static void add_ttys(struct strv *argv, const struct qemu_plan *plan)
{
	enum profile_tty tty = plan->profile->tty;

	add_socket(argv, "monitor", QEMU_FD_MONITOR);
	push(argv, "-mon", "chardev=monitor,mode=control");
	push(argv, "-chardev", "stdio,id=uart,signal=off");
	push(argv, "-serial", "chardev:uart");
	add_socket(argv, "channel", QEMU_FD_CHANNEL);
	if (tty == TTY_UART) {
		push(argv, "-serial", "chardev:channel");
		return;
	}
	if (tty == TTY_VIRTCONSOLE) {
		add_socket(argv, "console", QEMU_FD_CONSOLE);
		add_virtconsole(argv, plan, "console");
	}
	add_virtconsole(argv, plan, "channel");
}

/* snapshot=on: what the guest writes goes to a file that QEMU removes while it is open. */
static void add_drive(struct strv *argv, const struct qemu_plan *plan)
{
	const struct machine_spec *spec = plan->spec;
	_autofree_ char *saved = spec->wake ? path_join(spec->wake, "disk.qcow2") : NULL;
	_autofree_ char *file = escape(saved ? saved : plan->overlay ? plan->overlay : spec->disk);

	strv_push(argv, "-drive");
	strv_pushf(argv, "if=none,id=disk,format=%s,%s,file=%s",
		   saved || plan->overlay ? "qcow2"
		   : spec->disk_format	  ? spec->disk_format
					  : "raw",
		   plan->overlay ? "cache=unsafe" : "snapshot=on", file);
}

static void add_disk(struct strv *argv, const struct qemu_plan *plan)
{
	const char *virtio = virtio_words(plan->profile), *kick = kick_words(plan);

	add_drive(argv, plan);
	strv_push(argv, "-device");
	switch (plan->profile->disk) {
	case DISK_VIRTIO_BLK:
		strv_pushf(argv, "virtio-blk-pci,drive=disk,%s%s", virtio, kick);
		break;
	case DISK_VIRTIO_SCSI:
		strv_pushf(argv, "virtio-scsi-pci,id=scsi,%s%s", virtio, kick);
		push(argv, "-device", "scsi-hd,bus=scsi.0,drive=disk");
		break;
	case DISK_NVME:
		strv_push(argv, "nvme,drive=disk,serial=harness");
		break;
	case DISK_AHCI:
		strv_push(argv, "ahci,id=ahci");
		push(argv, "-device", "ide-hd,bus=ahci.0,drive=disk");
		break;
	}
}

/* A drive; without a seed it is empty. */
static void add_cd(struct strv *argv, const char *cd)
{
	_autofree_ char *file = cd ? escape(cd) : NULL;

	if (!cd) {
		push(argv, "-device", "ide-cd,bus=ide.1");
		return;
	}
	strv_push(argv, "-drive");
	strv_pushf(argv, "if=none,id=cd,media=cdrom,readonly=on,format=raw,file=%s", file);
	push(argv, "-device", "ide-cd,bus=ide.1,drive=cd");
}

/*
 * restrict=on: the guest reaches nobody; only the forwards lead in. Port 0 lets the kernel choose,
 * so that two machines never race for one. romfile=: no boot ROM that would look for a server.
 * A machine with a seed has its network elsewhere (usernet.h).
 */
static void add_network(struct strv *argv, const struct qemu_plan *plan)
{
	_cleanup_(strbuf_release) struct strbuf net = STRBUF_INIT(CMDLINE_MAX);

	const struct machine_spec *spec = plan->spec;

	strbuf_addstr(&net, "user,id=net,ipv6=off,restrict=on");
	for (const uint16_t *p = spec->forward; p && *p; p++)
		strbuf_addf(&net, ",hostfwd=tcp:127.0.0.1:0-:%u", *p);
	strv_push(argv, "-netdev");
	if (spec->seed)
		strv_pushf(argv, "socket,id=net,fd=%d", QEMU_FD_NET);
	else
		strv_push(argv, strbuf_str(&net));
	strv_push(argv, "-device");
	strv_pushf(argv, "virtio-net-pci,netdev=net,romfile=%s,%s",
		   spec->seed ? ",mac=" CLOUD_MAC : "", virtio_words(plan->profile));
}

/*
 * Memory of a machine to be saved is a file that we hold too; one that wakes maps the saved file
 * privately, so that nothing is read before it is touched and nothing is written back.
 */
static void add_memory(struct strv *argv, const struct qemu_plan *plan)
{
	const struct machine_spec *spec = plan->spec;
	const struct profile *p = plan->profile;
	unsigned int mib = qemu_memory_mib(plan);
	bool named = spec->wake || spec->may_save;

	strv_push(argv, "-machine");
	strv_pushf(argv, "%s%s", p->machine, named ? ",memory-backend=ram" : "");
	strv_push(argv, "-m");
	strv_pushf(argv, "%u", mib);
	if (!named)
		return;
	strv_push(argv, "-object");
	strv_pushf(argv, "memory-backend-file,id=ram,size=%uM,mem-path=/dev/fd/%d,share=%s", mib,
		   QEMU_FD_RAM, spec->wake ? "off" : "on");
	if (spec->wake)
		push(argv, "-incoming", "defer");
}

static void add_board(struct strv *argv, const struct qemu_plan *plan)
{
	bool kvm = plan->accel == ACCEL_KVM;

	strv_push(argv, QEMU_PROGRAM);
	strv_push(argv, "-nodefaults");
	strv_push(argv, "-no-user-config");
	/* A guest that breaks out finds no way to start anything. */
	push(argv, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny");
	push(argv, "-display", "none");
	add_memory(argv, plan);
	push(argv, "-accel", kvm ? "kvm" : "tcg,thread=multi");
	push(argv, "-cpu", kvm ? "host" : TRANSLATED_CPU);
	strv_push(argv, "-smp");
	strv_pushf(argv, "%u", qemu_cpus(plan));
	push(argv, "-action", "reboot=shutdown,shutdown=pause,panic=pause");
}

/* What starts it. A boot loader on the disk speaks on the screen too, and its kernel finds one, as
 * in any cloud. One that wakes has its kernel in memory: reading the file again is a fifth of the
 * wake. */
static void add_kernel(struct strv *argv, const struct machine_spec *spec, const char *cmdline)
{
	if (!spec->kernel) {
		push(argv, "-vga", "std");
		return;
	}
	if (spec->wake)
		return;
	push(argv, "-kernel", spec->kernel);
	if (spec->initrd)
		push(argv, "-initrd", spec->initrd);
	push(argv, "-append", cmdline);
}

void qemu_argv(const struct qemu_plan *plan, const char *cmdline, struct strv *argv)
{
	const struct machine_spec *spec = plan->spec;
	const struct profile *p = plan->profile;

	add_board(argv, plan);
	add_ttys(argv, plan);
	if (spec->disk)
		add_disk(argv, plan);
	if (p->cloud && p->cloud->cd)
		add_cd(argv, plan->cd);
	add_network(argv, plan);
	if (p->balloon) {
		strv_push(argv, "-device");
		strv_pushf(argv, "virtio-balloon-pci,%s", virtio_words(p));
	}
	if (p->pvpanic)
		push(argv, "-device", "pvpanic");
	if (spec->gdb) {
		push(argv, "-chardev", "socket,id=gdb,host=127.0.0.1,port=0,server=on,wait=off");
		push(argv, "-gdb", "chardev:gdb");
		strv_push(argv, "-S");
	}
	add_kernel(argv, spec, cmdline);
}
