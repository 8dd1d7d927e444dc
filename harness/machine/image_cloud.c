/* SPDX-License-Identifier: MIT */
#include "machine/image_cloud.h"

#include <stddef.h>
#include <string.h>

const char *const disk_format_names[DISK_FORMATS + 1] = {"raw", "qcow2", "vhd", "vmdk", NULL};

const struct image_cloud image_clouds[] = {
	{
		.name = "qemu",
		.title = "QEMU",
		.agent_missing = IMAGE_DOUBT,
		.format = DISK_RAW,
		.size_mib = 512,
	},
	{
		.name = "tencent",
		.title = "Tencent Cloud CVM",
		.format = DISK_QCOW2,
		.gpt = IMAGE_DOUBT,
		.agent_missing = IMAGE_REFUSED,
		.size_mib = 2048,
		.max_virtual_mib = 500u << 10,
		.max_file_mib = 50u << 10,
		.profile = "tencent-like",
		.note = "unless the import is forced, Tencent looks for cloud-init in the image: "
			"DragonConfig goes by that name, whether that is enough was not tried",
	},
	{
		.name = "aliyun",
		.title = "Alibaba Cloud ECS",
		.format = DISK_QCOW2,
		.formats = {[DISK_VMDK] = IMAGE_DOUBT},
		.agent_missing = IMAGE_DOUBT,
		/* Customized Linux wants more than 5 GiB. */
		.size_mib = 6144,
		.one_root = true,
		.custom_folder = true,
		.profile = "aliyun-like",
		.note = "import it as Customized Linux: then the platform writes os.conf",
	},
	{
		.name = "huawei",
		.title = "Huawei Cloud ECS",
		.format = DISK_QCOW2,
		.agent_missing = IMAGE_DOUBT,
		.size_mib = 2048,
		.max_virtual_mib = 1024u << 10,
		.max_file_mib = 128u << 10,
		.profile = "huawei-like",
		.note = "import it as Other Linux; the instance's disk has 40 GiB or more",
	},
	{
		.name = "baidu",
		.title = "Baidu Cloud BCC",
		.format = DISK_QCOW2,
		.agent_missing = IMAGE_DOUBT,
		.size_mib = 2048,
		.max_virtual_mib = 500u << 10,
		.one_root = true,
		.note = "Baidu imports distributions of its list only, and this is none of them",
	},
	{0},
};

const struct image_cloud *image_cloud_find(const char *name)
{
	for (const struct image_cloud *c = image_clouds; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

#define NOT_READ "DragonOS's ext4 does not read it"

/* GRUB's are those of GRUB 2.06, multiboot2's those of DragonOS f64a0d5 (64bit was tried: it does
 * not mount a root without). */
const struct ext4_rule ext4_rules[] = {
	{"64bit", EXT4_MULTIBOOT2, true,
	 "DragonOS's ext4 reads group descriptors of 64 bytes only"},
	{"64bit", "aliyun", false, "Alibaba refuses a root that has it"},
	{"project", "aliyun", false, "Alibaba refuses a root that has it"},
	{"quota", "aliyun", false, "Alibaba refuses a root that has it"},
	{"metadata_csum", "baidu", false, "Baidu refuses a root that has it"},
	{"encrypt", EXT4_GRUB, false, "GRUB does not read it"},
	{"casefold", EXT4_GRUB, false, "GRUB does not read it"},
	{"inline_data", EXT4_GRUB, false, "GRUB does not read it"},
	{"ea_inode", EXT4_GRUB, false, "GRUB does not read it"},
	{"metadata_csum_seed", EXT4_GRUB, false, "GRUB 2.06 does not read it"},
	{"large_dir", EXT4_GRUB, false, "GRUB 2.06 does not read it"},
	{"fast_commit", EXT4_MULTIBOOT2, false, NOT_READ},
	{"meta_bg", EXT4_MULTIBOOT2, false, NOT_READ},
	{"mmp", EXT4_MULTIBOOT2, false, NOT_READ},
	{"inline_data", EXT4_MULTIBOOT2, false, NOT_READ},
	{"casefold", EXT4_MULTIBOOT2, false, NOT_READ},
	{"encrypt", EXT4_MULTIBOOT2, false, NOT_READ},
	{"quota", EXT4_MULTIBOOT2, false, NOT_READ},
	{"project", EXT4_MULTIBOOT2, false, NOT_READ},
	{"verity", EXT4_MULTIBOOT2, false, NOT_READ},
	{"bigalloc", EXT4_MULTIBOOT2, false, NOT_READ},
	{0},
};

const struct ext4_rule *ext4_rule_find(const char *feature, const char *who)
{
	for (const struct ext4_rule *r = ext4_rules; r->feature; r++)
		if (strcmp(r->feature, feature) == 0 && strcmp(r->who, who) == 0)
			return r;
	return NULL;
}
