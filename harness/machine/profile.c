/* SPDX-License-Identifier: MIT */
#include "machine/profile.h"

#include <string.h>

#include "base/cleanup.h"

static const struct profile profiles[] = {
	{
		.info = {"modern", "q35, virtio 1.x: what most clouds offer today"},
		.machine = "q35",
		.virtio = VIRTIO_MODERN,
		.disk = DISK_VIRTIO_BLK,
		.tty = TTY_UART_HVC,
		.root = "/dev/vda1",
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"dragonos",
			 "q35, virtio 1.x, log and channel on UARTs: DragonOS's default"},
		.machine = "q35",
		.virtio = VIRTIO_MODERN,
		.disk = DISK_VIRTIO_BLK,
		.tty = TTY_UART,
		.root = "/dev/vda1",
		.memory_mib = 1024,
		.cpus = 2,
	},
	{
		.info = {"legacy", "i440fx, virtio 0.9 only: older clouds"},
		.machine = "pc",
		.virtio = VIRTIO_LEGACY,
		.disk = DISK_VIRTIO_BLK,
		.tty = TTY_UART,
		.root = "/dev/vda1",
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"transitional", "i440fx, virtio 0.9 and 1.x, virtconsoles, a balloon"},
		.machine = "pc",
		.virtio = VIRTIO_TRANSITIONAL,
		.disk = DISK_VIRTIO_BLK,
		.tty = TTY_VIRTCONSOLE,
		.root = "/dev/vda1",
		.balloon = true,
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"scsi", "q35, disk on virtio-scsi"},
		.machine = "q35",
		.virtio = VIRTIO_MODERN,
		.disk = DISK_VIRTIO_SCSI,
		.tty = TTY_UART_HVC,
		.root = "/dev/sda1",
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"nvme", "q35, disk on NVMe",
			 .cannot_wake = "QEMU cannot save its NVMe controller"},
		.machine = "q35",
		.virtio = VIRTIO_MODERN,
		.disk = DISK_NVME,
		.tty = TTY_UART_HVC,
		.root = "/dev/nvme0n1p1",
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		/* Debian's cloud kernel has no AHCI driver. */
		.info = {"ahci", "q35, disk on AHCI, log and channel on UARTs",
			 .reference = "generic"},
		.machine = "q35",
		.virtio = VIRTIO_MODERN,
		.disk = DISK_AHCI,
		.tty = TTY_UART,
		.root = "/dev/sda1",
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"tencent-like", "i440fx, virtio 0.9 and 1.x, a balloon, a CD on IDE with "
					 "what the cloud tells"},
		.machine = "pc",
		.virtio = VIRTIO_TRANSITIONAL,
		.disk = DISK_VIRTIO_BLK,
		.tty = TTY_UART,
		.root = "/dev/vda1",
		.cloud = &cloud_tencent,
		.balloon = true,
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"aliyun-like", "i440fx, virtio 0.9 only, a balloon; what the cloud tells "
					"on the disk and by metadata"},
		.machine = "pc",
		.virtio = VIRTIO_LEGACY,
		.disk = DISK_VIRTIO_BLK,
		.tty = TTY_UART,
		.root = "/dev/vda1",
		.cloud = &cloud_aliyun,
		.balloon = true,
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"huawei-like", "i440fx, virtio 0.9 and 1.x, disk on virtio-scsi; what the "
					"cloud tells by metadata"},
		.machine = "pc",
		.virtio = VIRTIO_TRANSITIONAL,
		.disk = DISK_VIRTIO_SCSI,
		.tty = TTY_UART,
		.root = "/dev/sda1",
		.cloud = &cloud_huawei,
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
	{
		.info = {"nocloud", "i440fx, virtio 0.9 and 1.x, a CD on IDE with a NoCloud seed"},
		.machine = "pc",
		.virtio = VIRTIO_TRANSITIONAL,
		.disk = DISK_VIRTIO_BLK,
		.tty = TTY_UART,
		.root = "/dev/vda1",
		.cloud = &cloud_nocloud,
		.pvpanic = true,
		.memory_mib = 512,
		.cpus = 2,
	},
};

const struct profile *profile_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		if (strcmp(profiles[i].info.name, name) == 0)
			return &profiles[i];
	return NULL;
}

const char *profile_default(bool bare_elf)
{
	return bare_elf ? "dragonos" : "modern";
}

const char *profile_console(const struct profile *p)
{
	return p->tty == TTY_VIRTCONSOLE ? "hvc0" : "ttyS0";
}

bool profile_log_is_uart(const struct profile *p)
{
	return p->tty != TTY_VIRTCONSOLE;
}

const char *profile_channel(const struct profile *p)
{
	static const char *const names[] = {
		[TTY_UART] = "ttyS1",
		[TTY_UART_HVC] = "hvc0",
		[TTY_VIRTCONSOLE] = "hvc1",
	};

	return names[p->tty];
}

const char *machine_profile_disk(const char *profile)
{
	static const char *const blk[] = {
		[VIRTIO_MODERN] = "virtio-blk, virtio 1.x alone",
		[VIRTIO_LEGACY] = "virtio-blk, virtio 0.9 alone",
		[VIRTIO_TRANSITIONAL] = "virtio-blk, virtio 0.9 and 1.x",
	};
	static const char *const others[] = {
		[DISK_VIRTIO_SCSI] = "virtio-scsi",
		[DISK_NVME] = "NVMe",
		[DISK_AHCI] = "AHCI",
	};
	const struct profile *p = profile ? profile_find(profile) : NULL;

	if (!p)
		return NULL;
	return p->disk == DISK_VIRTIO_BLK ? blk[p->virtio] : others[p->disk];
}

size_t machine_profiles(const struct machine_profile_info **ret_infos)
{
	static struct machine_profile_info infos[ARRAY_SIZE(profiles)];

	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		infos[i] = profiles[i].info;
	*ret_infos = infos;
	return ARRAY_SIZE(profiles);
}
