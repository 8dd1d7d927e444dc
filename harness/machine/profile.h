/* SPDX-License-Identifier: MIT */
/*
 * profile: what hardware a QEMU machine has. A table; adding a profile is an entry in it.
 *
 * Pure data. Called by qemu_argv (devices), qemu (names) and, through machine_profiles(), by verbs.
 */
#ifndef MACHINE_PROFILE_H
#define MACHINE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "machine/cloud.h"
#include "machine/machine.h"

/* Said to every virtio device, since QEMU's default depends on machine type and bus. */
enum profile_virtio {
	VIRTIO_MODERN,	     /* 1.x registers only: PCI ids 1af4:104x */
	VIRTIO_LEGACY,	     /* 0.9 registers only: 1af4:100x */
	VIRTIO_TRANSITIONAL, /* both, on the old ids */
};

enum profile_disk { DISK_VIRTIO_BLK, DISK_VIRTIO_SCSI, DISK_NVME, DISK_AHCI };

/* The first UART is always there: every kernel's early text comes from it. */
enum profile_tty {
	TTY_UART,	/* log on ttyS0, channel on ttyS1 */
	TTY_UART_HVC,	/* log on ttyS0, channel on hvc0 */
	TTY_VIRTCONSOLE /* early log on ttyS0, log on hvc0, channel on hvc1: one controller each */
};

struct profile {
	struct machine_profile_info info;
	const char *machine; /* QEMU's machine type */
	enum profile_virtio virtio;
	enum profile_disk disk;
	enum profile_tty tty;
	const char *root;	   /* the disk's first partition, as the guest calls it */
	const struct cloud *cloud; /* whose hardware it resembles, NULL: nobody's */
	bool balloon;
	bool pvpanic;
	unsigned int memory_mib, cpus;
};

/* NULL: no such profile. */
const struct profile *profile_find(const char *name);
/* A kernel without an initramfs, in an ELF file: that is how DragonOS comes. */
const char *profile_default(bool bare_elf);
const char *profile_console(const struct profile *p); /* bare name: "ttyS0", "hvc0" */
const char *profile_channel(const struct profile *p);
bool profile_log_is_uart(const struct profile *p);

#endif
