/* SPDX-License-Identifier: MIT */
#include "machine/image_root.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/proc.h"
#include "base/strv.h"
#include "base/xalloc.h"

#define CHILD_LIMIT (120 * SEC)
#define FILE_MAX    (1u << 20)
#define INITRD_MAX  (256u << 20)
/* What a child may write, and take of memory and time. */
#define LIMITS "prlimit --core=0 --fsize=268435456 --as=2147483648 --cpu=100 "

/* Linux, Documentation/filesystems/ext4/super.rst. */
#define SB_AT	 1024
#define SB_MAGIC 0x38
#define RECOVER	 0x4

struct feature {
	const char *name;
	unsigned char word; /* 0 compat, 1 incompat, 2 ro_compat */
	uint32_t bit;
};

static const struct feature features[] = {
	{"has_journal", 0, 0x4},     {"fast_commit", 0, 0x400},
	{"meta_bg", 1, 0x10},	     {"64bit", 1, 0x80},
	{"mmp", 1, 0x100},	     {"flex_bg", 1, 0x200},
	{"ea_inode", 1, 0x400},	     {"metadata_csum_seed", 1, 0x2000},
	{"large_dir", 1, 0x4000},    {"inline_data", 1, 0x8000},
	{"encrypt", 1, 0x10000},     {"casefold", 1, 0x20000},
	{"quota", 2, 0x100},	     {"bigalloc", 2, 0x200},
	{"metadata_csum", 2, 0x400}, {"project", 2, 0x2000},
	{"verity", 2, 0x8000},
};

static uint32_t le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool read_super(const struct disk *d, const struct disk_partition *p, struct root *ret)
{
	unsigned char sb[1024];
	struct root r = {.at = p};
	size_t at = 0;

	if (p->size < SB_AT + sizeof(sb) || !disk_read(d, p->start + SB_AT, sb, sizeof(sb)) ||
	    sb[SB_MAGIC] != 0x53 || sb[SB_MAGIC + 1] != 0xef || sb[0x18] > 6)
		return false;
	r.block_size = 1024u << sb[0x18];
	r.inode_size = sb[0x58] | (uint32_t)sb[0x59] << 8;
	r.compat = le32(sb + 0x5c);
	r.incompat = le32(sb + 0x60);
	r.ro_compat = le32(sb + 0x64);
	for (int i = 0; i < 16; i++)
		at += (size_t)snprintf(r.uuid + at, sizeof(r.uuid) - at, "%s%02x",
				       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
				       sb[0x68 + i]);
	*ret = r;
	return true;
}

void root_find(const struct disk *d, struct root *ret_root, struct image_report *report)
{
	unsigned int lvm = 0, found = 0;

	*ret_root = (struct root){0};
	for (size_t i = 0; i < d->n; i++) {
		char magic[4] = "";

		lvm += d->partitions[i].kind == DISK_LVM;
		if (read_super(d, &d->partitions[i], ret_root))
			found++;
		else if (disk_read(d, d->partitions[i].start, magic, 4) &&
			 memcmp(magic, "XFSB", 4) == 0)
			image_report_add(report, IMAGE_DOUBT, "root",
					 "partition %u is xfs: what is on it was not looked at",
					 d->partitions[i].number);
	}
	if (lvm)
		image_report_add(report, IMAGE_REFUSED, "root",
				 "LVM: no platform finds a root in it");
	if (found > 1)
		image_report_add(report, IMAGE_DOUBT, "root",
				 "%u ext file systems: the last one is taken for the root", found);
	if (ret_root->at)
		image_report_add(report, IMAGE_FINE, "root", "ext on partition %u, UUID %s",
				 ret_root->at->number, ret_root->uuid);
	else
		image_report_add(report, IMAGE_REFUSED, "root", "no ext file system found");
}

static bool has(const struct root *r, const char *name)
{
	const uint32_t words[] = {r->compat, r->incompat, r->ro_compat};

	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		if (strcmp(features[i].name, name) == 0)
			return words[features[i].word] & features[i].bit;
	return false;
}

void root_features(const struct root *root, const struct image_cloud *cloud, bool fat,
		   bool multiboot2, struct image_report *report)
{
	unsigned int wrong = 0;

	for (const struct ext4_rule *r = ext4_rules; r->feature; r++) {
		bool platform = strcmp(r->who, cloud->name) == 0;

		if (!platform && !(!fat && strcmp(r->who, EXT4_GRUB) == 0) &&
		    !(multiboot2 && strcmp(r->who, EXT4_MULTIBOOT2) == 0))
			continue;
		if (has(root, r->feature) == r->needed)
			continue;
		wrong++;
		/* A platform that writes into a FAT partition has no business with the root. */
		image_report_add(
			report,
			platform && fat && cloud->custom_folder ? IMAGE_DOUBT : IMAGE_REFUSED,
			"ext4", "%s %s: %s", r->needed ? "without" : "with", r->feature, r->why);
	}
	if (multiboot2 && (root->block_size != 4096 || root->inode_size != 256)) {
		wrong++;
		image_report_add(
			report, IMAGE_REFUSED, "ext4",
			"blocks of %u and inodes of %u: DragonOS's ext4 wants 4096 and 256",
			root->block_size, root->inode_size);
	}
	if (root->incompat & RECOVER)
		image_report_add(report, IMAGE_DOUBT, "ext4",
				 "not cleanly unmounted: its journal has to be replayed");
	if (!wrong)
		image_report_add(report, IMAGE_FINE, "ext4", "its features are taken");
}

/* debugfs and mcopy say on standard error what is not there: not an error. */
static int child(struct loop *loop, const char *words, const char *more, const char *dir,
		 struct strbuf *out, struct err *err)
{
	_cleanup_(strv_release) struct strv argv = STRV_INIT, env = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int status;

	strv_split(&argv, words, " ");
	strv_push(&argv, more);
	/* sbin for debugfs; mtools' own look at sizes does not know our disks. */
	strv_pushf(&env, "PATH=%s:/usr/sbin:/sbin", getenv("PATH") ? getenv("PATH") : "/usr/bin");
	strv_push(&env, "MTOOLS_SKIP_CHECK=1");
	strv_push(&env, "LC_ALL=C");
	spec.argv = argv.v;
	spec.env = env.v;
	spec.dir = dir;
	return proc_run(loop, &spec, deadline_in(CHILD_LIMIT), out, NULL, &status, err);
}

static int take_out(struct loop *loop, const struct root *root, const struct disk_partition *fat,
		    const char *dir, struct strbuf *lists, struct err *err)
{
	static const char commands[] =
		"dump /boot/grub/grub.cfg grub.cfg\ndump /boot/initrd initrd\n"
		"dump /etc/fstab fstab\ndump /etc/shadow shadow\ndump /etc/machine-id machine-id\n"
		"dump /etc/ssh/sshd_config sshd_config\n"
		"dump /root/.ssh/authorized_keys authorized_keys\n"
		"ls -p /etc/ssh\nls -p /etc/dropbear\nls -p /usr/bin\nls -p /usr/sbin\n"
		"ls -p /var/lib/cloud\nls -p /\n";
	_autofree_ char *file = path_join(dir, "commands");
	_autofree_ char *disk = xasprintf("disk?offset=%llu", (unsigned long long)root->at->start);
	_autofree_ char *copy = NULL;
	int r = file_write_atomic(file, commands, sizeof(commands) - 1, 0600, err);

	if (r == 0)
		r = child(loop, LIMITS "debugfs -f commands", disk, dir, lists, err);
	if (r < 0 || !fat)
		return r;
	copy = xasprintf(LIMITS "mcopy -n -s -i disk@@%llu ::boot/grub/grub.cfg ::boot/initrd "
				"::aliyun_custom_image",
			 (unsigned long long)fat->start);
	return child(loop, copy, ".", dir, NULL, err);
}

/* debugfs -p: "/inode/mode/uid/gid/name/size/". */
static bool listed(const struct strbuf *lists, const char *name)
{
	_autofree_ char *want = xasprintf("/%s/", name);

	return strstr(strbuf_str(lists), want) != NULL;
}

/* False: not there, empty, or larger than such a file is. */
static bool read_text(const char *dir, const char *name, struct strbuf *sb)
{
	_autofree_ char *path = path_join(dir, name);

	strbuf_reset(sb);
	return file_read(path, sb, NULL) == 0 && sb->len > 0;
}

/* Does a text name this UUID where it names one? */
static void look_uuid(const char *text, const char *word, const char *what, const struct root *root,
		      struct image_report *report)
{
	const char *at = strstr(text, word);
	unsigned int seen = 0;

	for (; at; at = strstr(at + 1, word)) {
		seen++;
		if (strncasecmp(at + strlen(word), root->uuid, 36) == 0)
			return;
	}
	if (seen)
		image_report_add(report, IMAGE_REFUSED, "uuid",
				 "%s names a UUID, but not the root's (%s)", what, root->uuid);
}

/* A line's start, after blanks. */
static const char *next_line(const char *s)
{
	s = strchr(s, '\n');
	return s ? s + 1 : NULL;
}

static void look_shadow(const char *text, struct image_report *report)
{
	for (const char *l = text; l && *l; l = next_line(l)) {
		size_t n = strcspn(l, ":\n");
		const char *hash = l[n] == ':' ? l + n + 1 : NULL;

		if (!hash || *hash == '*' || *hash == '!' || *hash == 'x')
			continue;
		image_report_add(report, IMAGE_REFUSED, "secrets", "user %.*s %s",
				 n > 32 ? 32 : (int)n, l,
				 *hash == ':' ? "needs no password" : "has a password");
	}
}

static bool option_is(const char *text, const char *option, const char *value)
{
	for (const char *l = text; l && *l; l = next_line(l)) {
		const char *v = l + strspn(l, " \t");

		if (strncasecmp(v, option, strlen(option)) != 0 ||
		    !isspace((unsigned char)v[strlen(option)]))
			continue;
		v += strlen(option);
		v += strspn(v, " \t");
		return strncasecmp(v, value, strlen(value)) == 0;
	}
	return false;
}

static void look_secrets(const char *dir, const struct strbuf *lists, struct image_report *report)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(FILE_MAX);
	size_t before = report->n;

	if (strstr(strbuf_str(lists), "/ssh_host_") || strstr(strbuf_str(lists), "_host_key/"))
		image_report_add(report, IMAGE_REFUSED, "secrets",
				 "an ssh host key: every instance would share it");
	if (read_text(dir, "machine-id", &text) && text.len >= 32)
		image_report_add(report, IMAGE_REFUSED, "secrets",
				 "/etc/machine-id is set: every instance would share it");
	if (read_text(dir, "shadow", &text))
		look_shadow(strbuf_str(&text), report);
	if (read_text(dir, "authorized_keys", &text))
		image_report_add(report, IMAGE_REFUSED, "secrets",
				 "somebody's key opens root on every instance");
	if (read_text(dir, "sshd_config", &text)) {
		if (option_is(strbuf_str(&text), "PermitEmptyPasswords", "yes"))
			image_report_add(report, IMAGE_REFUSED, "sshd", "PermitEmptyPasswords yes");
		if (option_is(strbuf_str(&text), "PermitRootLogin", "yes") ||
		    option_is(strbuf_str(&text), "PasswordAuthentication", "yes"))
			image_report_add(report, IMAGE_DOUBT, "sshd",
					 "sshd lets guess at passwords");
	}
	if (report->n == before)
		image_report_add(report, IMAGE_FINE, "secrets",
				 "no host key, machine-id, password or key of root's");
}

static void look_agent(const struct strbuf *lists, const struct image_cloud *cloud,
		       struct image_report *report)
{
	if (listed(lists, "dragonconfig") || listed(lists, "cloud-init"))
		image_report_add(report, IMAGE_FINE, "agent", "%s",
				 listed(lists, "dragonconfig") ? "DragonConfig" : "cloud-init");
	else
		image_report_add(report, cloud->agent_missing, "agent",
				 "no agent that configures the instance at its first boot");
	if (cloud->custom_folder && listed(lists, "qemu-ga"))
		image_report_add(report, IMAGE_REFUSED, "agent", "qemu-guest-agent is there");
}

static void look_folder(const char *dir, bool fat, const struct strbuf *lists,
			struct image_report *report)
{
	_autofree_ char *copied = path_join(dir, "aliyun_custom_image");

	if (fat ? file_exists(copied) : listed(lists, "aliyun_custom_image"))
		image_report_add(report, IMAGE_FINE, "folder",
				 "aliyun_custom_image is on the first partition");
	else
		image_report_add(report, IMAGE_DOUBT, "folder",
				 "no aliyun_custom_image: only as Others Linux");
}

static void look_drivers(const char *dir, struct image_report *report)
{
	static const char *const wanted[] = {"virtio_pci.ko", "virtio_net.ko", "virtio_blk.ko"};
	_cleanup_(strbuf_release) struct strbuf initrd = STRBUF_INIT(INITRD_MAX);
	bool all = true;

	if (!read_text(dir, "initrd", &initrd) || memcmp(strbuf_str(&initrd), "0707", 4) != 0) {
		image_report_add(
			report, IMAGE_DOUBT, "drivers",
			"no plain /boot/initrd: whether the kernel has virtio is not known");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (memmem(initrd.buf, initrd.len, wanted[i], strlen(wanted[i])))
			continue;
		all = false;
		image_report_add(report, IMAGE_DOUBT, "drivers",
				 "%s is not in the initrd: it must be built into the kernel",
				 wanted[i]);
	}
	if (all)
		image_report_add(report, IMAGE_FINE, "drivers", "virtio is in the initrd");
}

void root_look(const struct root *root, const struct disk_partition *fat,
	       const struct image_cloud *cloud, const char *dir, const struct strbuf *lists,
	       struct image_report *report)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(FILE_MAX);
	bool multiboot2 = false;

	if (read_text(dir, "fstab", &text))
		look_uuid(strbuf_str(&text), "UUID=", "/etc/fstab", root, report);
	if (read_text(dir, "grub.cfg", &text)) {
		multiboot2 = strstr(strbuf_str(&text), "multiboot2 ") != NULL;
		look_uuid(strbuf_str(&text), "root=UUID=", "grub.cfg", root, report);
	} else {
		image_report_add(report, IMAGE_DOUBT, "boot",
				 "no /boot/grub/grub.cfg: what is booted is not known");
	}
	root_features(root, cloud, fat != NULL, multiboot2, report);
	if (!multiboot2)
		look_drivers(dir, report);
	look_agent(lists, cloud, report);
	look_secrets(dir, lists, report);
	if (cloud->custom_folder)
		look_folder(dir, fat != NULL, lists, report);
	if (listed(lists, "instances"))
		image_report_add(report, IMAGE_DOUBT, "agent", "it has been booted before");
}

int root_files(struct loop *loop, const struct root *root, const struct disk_partition *fat,
	       const struct image_cloud *cloud, const char *dir, struct image_report *report,
	       struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf lists = STRBUF_INIT(4u << 20);
	int r = take_out(loop, root, fat, dir, &lists, err);

	if (r == 0)
		root_look(root, fat, cloud, dir, &lists, report);
	return r;
}
