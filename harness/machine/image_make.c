/* SPDX-License-Identifier: MIT */
#include "machine/image_make.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/sha256.h"
#include "base/strv.h"
#include "base/xalloc.h"
#include "machine/image.h"
#include "machine/kernel_file.h"

#define BUILD_LIMIT   (1800 * SEC)
#define CONVERT_LIMIT (1800 * SEC)
#define FAT_MIB	      128
#define MIN_MIB	      128
#define MAX_MIB	      (64u << 10)
/* Of every file, unless SOURCE_DATE_EPOCH says otherwise. */
#define EPOCH "1700000000"

/* The Multiboot2 Specification 1.6, section 3.1. */
#define MB2_MAGIC     0xe85250d6u
#define MB2_SEARCH    32768
#define MB2_HEADER    16
#define BZIMAGE_MAGIC 0x202

/* What becomes settings of cloud-image.sh. */
struct plan {
	const struct image_make *m;
	_Bool multiboot2;
	char *kernel, *initrd; /* owned; initrd NULL: none */
	struct strbuf without; /* features of ext4 */
	unsigned int fat_mib;
	char epoch[24];
};

static void plan_release(struct plan *p)
{
	free(p->kernel);
	free(p->initrd);
	strbuf_release(&p->without);
}

static bool has_multiboot2(const unsigned char *head, size_t n)
{
	for (size_t at = 0; at + MB2_HEADER <= n; at += 8) {
		uint32_t w[4];

		memcpy(w, head + at, sizeof(w));
		if (w[0] == MB2_MAGIC && w[0] + w[1] + w[2] + w[3] == 0)
			return true;
	}
	return false;
}

/* How GRUB starts it. */
static int look_at_kernel(const char *path, bool *ret_multiboot2, struct err *err)
{
	unsigned char head[MB2_SEARCH] = {0};
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
	enum kernel_kind kind;

	if (n < 0)
		return err_usage(err, "cannot read kernel %s: %s", path, strerror(errno));
	if (memcmp(head + BZIMAGE_MAGIC, "HdrS", 4) == 0) {
		*ret_multiboot2 = false;
		return kernel_file_check(path, &kind, err);
	}
	if (!has_multiboot2(head, (size_t)n))
		return err_usage(err,
				 "kernel %s is neither a bzImage nor has it a multiboot2 header in "
				 "its first %d bytes: GRUB cannot boot it",
				 path, MB2_SEARCH);
	*ret_multiboot2 = true;
	return 0;
}

static int choose_kernel(struct plan *p, struct err *err)
{
	const struct image_make *m = p->m;
	_cleanup_(image_kernel_release) struct image_kernel ref = {0};
	int r = 0;

	if (m->kernel) {
		p->kernel = realpath(m->kernel, NULL);
		if (!p->kernel)
			return err_usage(err, "cannot read kernel %s: %s", m->kernel,
					 strerror(errno));
	} else {
		r = image_reference("cloud", &ref, err);
		if (r < 0)
			return r;
		p->kernel = TAKE(ref.kernel);
		p->initrd = xasprintf("%s/reference/cloud/initramfs-image.cpio", paths_cache());
	}
	if (m->initrd) {
		free(p->initrd);
		p->initrd = realpath(m->initrd, NULL);
		if (!p->initrd)
			return err_usage(err, "cannot read initrd %s: %s", m->initrd,
					 strerror(errno));
	}
	r = look_at_kernel(p->kernel, &p->multiboot2, err);
	if (r == 0 && p->multiboot2 && p->initrd)
		return err_usage(err, "a kernel that is booted by multiboot2 takes no initrd here");
	return r;
}

/* The root has what the kernel needs. What the cloud refuses is left out; where the two disagree,
 * the first partition is one that both read, and the root comes after it. */
static int choose_features(struct plan *p, struct strbuf *notes, struct err *err)
{
	const struct image_cloud *cloud = p->m->cloud;

	strbuf_init(&p->without, 1000);
	for (const struct ext4_rule *r = ext4_rules; r->feature; r++) {
		const struct ext4_rule *need = ext4_rule_find(r->feature, EXT4_MULTIBOOT2);

		if (r->needed || strcmp(r->who, cloud->name) != 0)
			continue;
		if (!p->multiboot2 || !need || !need->needed) {
			strbuf_addf(&p->without, "%s%s", p->without.len ? " " : "", r->feature);
			continue;
		}
		if (!cloud->custom_folder)
			return err_usage(err, "no root file system suits both, of %s: %s; %s",
					 r->feature, r->why, need->why);
		p->fat_mib = FAT_MIB;
		strbuf_addf(notes,
			    "%s: %s, but %s: the first partition is FAT with what boots, the root "
			    "has it all the same\n",
			    r->feature, r->why, need->why);
	}
	return 0;
}

static int choose_epoch(struct plan *p, struct err *err)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");

	if (!text || !*text)
		text = EPOCH;
	if (strlen(text) > 10 || strspn(text, "0123456789") != strlen(text))
		return err_usage(err, "SOURCE_DATE_EPOCH=%.40s: not a number of seconds", text);
	/* ext4's times without their extra bits, and FAT's beginning. */
	if (strtoull(text, NULL, 10) > INT32_MAX || strtoull(text, NULL, 10) < 315532800)
		return err_usage(err, "SOURCE_DATE_EPOCH=%s: from 1980 to 2038 only", text);
	snprintf(p->epoch, sizeof(p->epoch), "%s", text);
	return 0;
}

static int check_words(const char *words, struct err *err)
{
	for (const char *c = words; c && *c; c++)
		if (!isprint((unsigned char)*c) || *c == '\'' || *c == '%')
			return err_usage(err,
					 "--append: only printable characters, no ' and no %%");
	return 0;
}

static int check(struct plan *p, struct strbuf *notes, struct err *err)
{
	const struct image_make *m = p->m;
	int r = check_words(m->append, err);

	if (r == 0 && (m->size_mib < MIN_MIB || m->size_mib > MAX_MIB))
		return err_usage(err, "a disk of %llu MiB: from %d to %u",
				 (unsigned long long)m->size_mib, MIN_MIB, MAX_MIB);
	if (r == 0)
		r = choose_epoch(p, err);
	if (r == 0)
		r = choose_kernel(p, err);
	if (r == 0)
		r = choose_features(p, notes, err);
	if (r < 0)
		return r;
	if (m->gpt && p->multiboot2)
		strbuf_addf(notes, "DragonOS reads no GPT: a kernel must, to find its root here\n");
	if (m->cloud->formats[m->format] != IMAGE_FINE)
		strbuf_addf(notes, "%s may not take %s\n", m->cloud->title,
			    disk_format_names[m->format]);
	if (m->gpt && m->cloud->gpt != IMAGE_FINE)
		strbuf_addf(notes, "%s may not take GPT\n", m->cloud->title);
	if (m->cloud->note)
		strbuf_addf(notes, "%s\n", m->cloud->note);
	return 0;
}

static void add_words(struct strv *argv, const struct plan *p)
{
	const char *root = p->multiboot2 || p->initrd ? "%ROOT%" : "%DEVICE%";
	_autofree_ char *more = xasprintf(" %s", p->m->append ? p->m->append : "");

	if (!p->m->append)
		more[0] = '\0';
	if (p->multiboot2)
		strv_pushf(argv,
			   "words=console=/dev/ttyS0 root=%s rw rootfstype=ext4 init=/sbin/init "
			   "loglevel=4%s",
			   root, more);
	else
		/* A guest of KVM does not test its timer; under the translator on a busy host the
		 * test fails by chance, and Linux panics. */
		strv_pushf(argv,
			   "words=root=%s rw console=tty0 console=ttyS0,115200n8 no_timer_check%s",
			   root, more);
}

static int run_builder(struct loop *loop, const struct plan *p, const char *raw, struct err *err)
{
	_autofree_ char *script = path_join(paths_data(), "guest-userland/cloud-image.sh");
	_autofree_ char *cache = xasprintf("CACHE=%s", paths_cache());
	_cleanup_(strv_release) struct strv argv = STRV_INIT, env = STRV_INIT;
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(16384);
	struct proc_spec spec = PROC_SPEC_INIT;
	int status, r;

	strv_push(&argv, script);
	strv_pushf(&argv, "out=%s", raw);
	strv_pushf(&argv, "cloud=%s", p->m->cloud->name);
	strv_pushf(&argv, "lane=%s", p->m->lane);
	strv_pushf(&argv, "agent=%s/dragonconfig", paths_guest());
	strv_pushf(&argv, "kernel=%s", p->kernel);
	if (p->initrd)
		strv_pushf(&argv, "initrd=%s", p->initrd);
	strv_pushf(&argv, "boot=%s", p->multiboot2 ? "multiboot2" : "linux");
	add_words(&argv, p);
	strv_pushf(&argv, "table=%s", p->m->gpt ? "gpt" : "mbr");
	strv_pushf(&argv, "size_mib=%llu", (unsigned long long)p->m->size_mib);
	strv_pushf(&argv, "fat_mib=%u", p->fat_mib);
	strv_pushf(&argv, "without=%s", strbuf_str(&p->without));
	strv_pushf(&argv, "epoch=%s", p->epoch);
	strv_push_all(&env, environ);
	strv_push(&env, cache);
	spec.argv = argv.v;
	spec.env = env.v;
	r = proc_run(loop, &spec, deadline_in(BUILD_LIMIT), NULL, &said, &status, err);
	if (r == 0 && status != 0)
		return err_set(err, EIO, "cannot make the disk: %.800s", strbuf_str(&said));
	return r;
}

/* The partition table is in it, and GRUB with the root's UUID: as good as the whole disk. */
static int seed_of(const char *raw, char ret_seed[65], struct err *err)
{
	enum { N = 1 << 20 };
	_autofree_ char *head = xmalloc(N);
	_autoclose_ int fd = open(raw, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || pread(fd, head, N, 0) != N)
		return err_errno(err, errno ? errno : EIO, "cannot read %s", raw);
	data_sha256(head, N, ret_seed);
	return 0;
}

/* One coroutine: several write in the order of their luck. */
static int convert(struct loop *loop, const char *raw, const char *to, enum disk_format format,
		   struct err *err)
{
	static const char *const options[DISK_FORMATS][4] = {
		[DISK_QCOW2] = {"qcow2", "-c", "compat=1.1,compression_type=zlib"},
		[DISK_VHD] = {"vpc", NULL, "subformat=dynamic,force_size=on"},
		[DISK_VMDK] = {"vmdk", NULL, "subformat=streamOptimized"},
	};
	_cleanup_(strbuf_release) struct strbuf said = STRBUF_INIT(16384);
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	char seed[65];
	int status, r;

	strv_split(&argv, "qemu-img convert -m 1 -f raw -O", " ");
	strv_push(&argv, options[format][0]);
	if (options[format][1])
		strv_push(&argv, options[format][1]);
	strv_push(&argv, "-o");
	strv_push(&argv, options[format][2]);
	strv_push(&argv, raw);
	strv_push(&argv, to);
	spec.argv = argv.v;
	r = proc_run(loop, &spec, deadline_in(CONVERT_LIMIT), NULL, &said, &status, err);
	if (r < 0)
		return r == -ENOENT ? err_set(err, ENOENT,
					      "no qemu-img on this host: run scripts/deps.sh "
					      "(package qemu-utils)")
				    : r;
	if (status != 0)
		return err_set(err, EIO, "qemu-img: %.600s", strbuf_str(&said));
	r = seed_of(raw, seed, err);
	return r < 0 ? r : image_seal(to, format, seed, err);
}

/* In a folder of its own beside the result, which is renamed into its place. */
static int make_in(struct loop *loop, const struct plan *p, const char *dir, struct err *err)
{
	_autofree_ char *raw = path_join(dir, "raw");
	_autofree_ char *done = path_join(dir, path_base(p->m->out));
	int r = run_builder(loop, p, raw, err);

	if (r == 0 && p->m->format != DISK_RAW)
		r = convert(loop, raw, done, p->m->format, err);
	if (r == 0 && rename(p->m->format == DISK_RAW ? raw : done, p->m->out) < 0)
		r = err_errno(err, errno, "cannot write %s", p->m->out);
	return r;
}

int image_make(struct loop *loop, const struct image_make *m, struct strbuf *notes, struct err *err)
{
	_cleanup_(plan_release) struct plan p = {.m = m};
	_autofree_ char *parent = xstrndup(m->out, (size_t)(path_base(m->out) - m->out));
	_autofree_ char *dir = NULL;
	int r = check(&p, notes, err);

	if (r < 0)
		return r;
	if (!*path_base(m->out) || strcmp(path_base(m->out), "raw") == 0)
		return err_usage(err, "%s: not a name for an image", m->out);
	dir = xasprintf("%s.harness-image.XXXXXX", parent);
	if (!mkdtemp(dir))
		return err_errno(err, errno, "cannot write beside %s", m->out);
	if (dir[0] != '/') {
		_autofree_ char *whole = realpath(dir, NULL);

		if (whole) {
			free(dir);
			dir = TAKE(whole);
		}
	}
	r = make_in(loop, &p, dir, err);
	rm_rf(dir, NULL);
	return r;
}
