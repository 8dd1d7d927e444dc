/* SPDX-License-Identifier: MIT */
#include "machine/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "base/xalloc.h"

#define ABOUT_MAX  4096
#define FAILED_MAX 65536
/* The cause may have been the host's. */
#define FORGET_SECONDS 3600
/* What a run may still need beside the snapshot. */
#define FREE_MIB 1024
#define MIB	 ((uint64_t)1 << 20)

static const char *const files[] = {"ram", "state", "disk.qcow2"};

static char *path_of(const char *key, const char *suffix)
{
	return xasprintf("%s/snapshot/%s%s", paths_cache(), key, suffix);
}

/* how: as for flock(2). -EWOULDBLOCK when somebody else holds it. */
static int take_lock(const char *path, int how, int *ret_fd, struct err *err)
{
	_autoclose_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	int r;

	if (fd < 0)
		return err_errno(err, errno, "cannot open %s", path);
	do
		r = flock(fd, how);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return err_errno(err, errno, "cannot lock %s", path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* Not synced: what a crash of the host leaves behind is not used after it (the key holds the
 * host's boot). */
static int write_text(const char *path, const char *text, struct err *err)
{
	_autoclose_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int r = fd < 0 ? -errno : fd_write_all(fd, text, strlen(text));

	return r < 0 ? err_errno(err, -r, "cannot write %s", path) : 0;
}

static int make_folder(struct err *err)
{
	_autofree_ char *dir = path_of("", "");

	return mkdir_p(dir, err);
}

/* --- What failed --- */

static bool is_remembered(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && time(NULL) - st.st_mtime <= FORGET_SECONDS;
}

/* Why the key was given up; NULL: it was not. Caller frees. */
static char *given_up(const char *key)
{
	_autofree_ char *path = path_of(key, ".failed");
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FAILED_MAX);
	unsigned int n = 0;

	if (!is_remembered(path)) {
		unlink(path);
		return NULL;
	}
	if (file_read(path, &sb, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < sb.len; i++)
		n += sb.buf[i] == '\n';
	if (n < SNAPSHOT_FAILURES_MAX)
		return NULL;
	return xasprintf("%u wakes failed, the first: %.*s (%s)", n,
			 (int)strcspn(strbuf_str(&sb), "\n"), strbuf_str(&sb), path);
}

static void remember_failure(const char *key, const char *reason)
{
	_autofree_ char *path = path_of(key, ".failed");
	_autofree_ char *line = xasprintf("%s\n", reason);
	_autoclose_ int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	for (char *s = line; *s && s[1]; s++)
		if (*s == '\n')
			*s = ' ';
	if (fd >= 0)
		fd_write_all(fd, line, strlen(line));
}

/* --- Removing --- */

/* Nobody opens a folder's files meanwhile. False: somebody does, and it stays. */
static bool remove_folder(const char *key)
{
	_autofree_ char *lock = path_of("lock", "");
	_autofree_ char *dir = path_of(key, "");
	_autoclose_ int fd = -1;

	if (take_lock(lock, LOCK_EX | LOCK_NB, &fd, NULL) < 0)
		return false;
	return rm_rf(dir, NULL) == 0;
}

struct entry {
	char key[SNAPSHOT_KEY_SIZE];
	uint64_t bytes, used_ns;
};

static bool is_key(const char *name)
{
	return strlen(name) == SNAPSHOT_KEY_SIZE - 1 &&
	       strspn(name, "0123456789abcdef") == SNAPSHOT_KEY_SIZE - 1;
}

static uint64_t blocks_of(const char *dir, const char *name)
{
	_autofree_ char *path = path_join(dir, name);
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

static void measure(struct entry *e)
{
	_autofree_ char *dir = path_of(e->key, "");
	_autofree_ char *about = path_join(dir, "about");
	struct stat st = {0};

	e->bytes = 0;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		e->bytes += blocks_of(dir, files[i]);
	if (stat(about, &st) == 0)
		e->used_ns =
			(uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
}

static size_t list(struct entry **ret)
{
	_autofree_ char *path = path_of("", "");
	struct entry *v = NULL;
	DIR *d = opendir(path);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d))) {
		if (!is_key(e->d_name))
			continue;
		v = xreallocarray(v, n + 1, sizeof(*v));
		v[n] = (struct entry){0};
		memcpy(v[n].key, e->d_name, SNAPSHOT_KEY_SIZE);
		measure(&v[n++]);
	}
	if (d)
		closedir(d);
	*ret = v;
	return n;
}

static int by_use(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->used_ns < y->used_ns ? -1 : x->used_ns > y->used_ns;
}

static uint64_t ceiling(void)
{
	const char *text = getenv(SNAPSHOT_MAX_ENV);

	return (text && *text ? strtoull(text, NULL, 10) : SNAPSHOT_MAX_MIB) * MIB;
}

/* The least recently used go; the one just made stays in any case. */
static void trim(const char *keep)
{
	_autofree_ struct entry *v = NULL;
	size_t n = list(&v);
	uint64_t total = 0, most = ceiling();

	for (size_t i = 0; i < n; i++)
		total += v[i].bytes;
	if (n)
		qsort(v, n, sizeof(*v), by_use);
	for (size_t i = 0; i < n && total > most; i++)
		if (strcmp(v[i].key, keep) != 0 && remove_folder(v[i].key))
			total -= v[i].bytes;
}

/* Parts whose writer was killed: nobody holds their lock. */
static void sweep_parts(void)
{
	_autofree_ char *path = path_of("", "");
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		_autoclose_ int fd = -1;
		_autofree_ char *key = xstrndup(e->d_name, SNAPSHOT_KEY_SIZE - 1);
		_autofree_ char *lock = path_of(key, ".lock");
		_autofree_ char *part = path_of(key, ".part");

		if (is_key(key) && strcmp(e->d_name + SNAPSHOT_KEY_SIZE - 1, ".part") == 0 &&
		    take_lock(lock, LOCK_EX | LOCK_NB, &fd, NULL) == 0)
			rm_rf(part, NULL);
	}
	if (d)
		closedir(d);
}

/* --- Waking --- */

static int parse_about(const char *dir, struct snapshot_about *ret, struct err *err)
{
	_autofree_ char *path = path_join(dir, "about");
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(ABOUT_MAX);
	unsigned long long sizes[ARRAY_SIZE(files)], boot_us, speed_us;
	int r = file_read(path, &sb, err);

	if (r < 0)
		return r;
	if (sscanf(strbuf_str(&sb),
		   "session=%x\nboot_us=%llu\nspeed_us=%llu\nnonce=%32[0-9a-f]\nsizes=%llu %llu "
		   "%llu\n",
		   &ret->session, &boot_us, &speed_us, ret->nonce, &sizes[0], &sizes[1],
		   &sizes[2]) != 7)
		return err_set(err, EBADMSG, "%s makes no sense", path);
	ret->boot_us = boot_us;
	ret->speed_us = speed_us;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_autofree_ char *file = path_join(dir, files[i]);
		struct stat st;

		if (stat(file, &st) < 0 || (unsigned long long)st.st_size != sizes[i])
			return err_set(err, EBADMSG, "%s is not as it was saved", file);
	}
	return 0;
}

static char *worked_path(const struct snapshot *s)
{
	return path_join(s->dir, "worked");
}

int snapshot_open(const char *key, struct snapshot *ret, struct err *err)
{
	_cleanup_(snapshot_release) struct snapshot s = SNAPSHOT_INIT;
	_autofree_ char *lock = path_of("lock", "");
	_autofree_ char *why = given_up(key), *worked = NULL;
	int r;

	snprintf(s.key, sizeof(s.key), "%s", key);
	s.dir = path_of(key, "");
	if (why)
		return err_set(err, ENOTSUP, "%s", why);
	r = take_lock(lock, LOCK_SH | LOCK_NB, &s.lock, err);
	if (r < 0)
		return r;
	if (!file_exists(s.dir))
		return err_set(err, ENOENT, "no snapshot");
	r = parse_about(s.dir, &s.about, err);
	if (r < 0)
		return -EBADMSG;
	worked = worked_path(&s);
	s.worked = is_remembered(worked);
	*ret = s;
	s = (struct snapshot)SNAPSHOT_INIT;
	return 0;
}

void snapshot_opened(struct snapshot *s)
{
	cleanup_close(&s->lock);
}

void snapshot_worked(struct snapshot *s)
{
	_autofree_ char *about = path_join(s->dir, "about");
	_autofree_ char *failed = path_of(s->key, ".failed");
	_autofree_ char *worked = worked_path(s);

	if (!s->worked)
		write_text(worked, "", NULL);
	utimensat(AT_FDCWD, about, NULL, 0);
	unlink(failed);
}

void snapshot_failed(const char *key, const char *reason)
{
	remember_failure(key, reason);
	remove_folder(key);
}

void snapshot_release(struct snapshot *s)
{
	snapshot_opened(s);
	free(s->dir);
	s->dir = NULL;
}

/* --- Saving --- */

static int need_space(const char *dir, struct err *err)
{
	struct statvfs v;

	if (statvfs(dir, &v) == 0 && (uint64_t)v.f_bavail * v.f_frsize < FREE_MIB * MIB)
		return err_set(err, ENOSPC, "less than %d MiB are free in %s", FREE_MIB, dir);
	return 0;
}

int snapshot_begin(const char *key, struct snapshot_part *ret, struct err *err)
{
	_cleanup_(snapshot_part_release) struct snapshot_part p = SNAPSHOT_PART_INIT;
	_autofree_ char *lock = path_of(key, ".lock");
	_autofree_ char *whole = path_of(key, "");
	_autofree_ char *why = given_up(key);
	int r = why ? err_set(err, ENOTSUP, "%s", why) : make_folder(err);

	if (r == 0)
		sweep_parts();
	if (r == 0)
		r = take_lock(lock, LOCK_EX | LOCK_NB, &p.lock, err);
	if (r == -EWOULDBLOCK)
		return err_set(err, EBUSY, "another run saves it");
	if (r == 0 && file_exists(whole))
		r = err_set(err, EEXIST, "%s is there", whole);
	if (r < 0)
		return r;
	snprintf(p.key, sizeof(p.key), "%s", key);
	p.dir = path_of(key, ".part");
	r = rm_rf(p.dir, err);
	if (r == 0)
		r = mkdir_p(p.dir, err);
	if (r == 0)
		r = need_space(p.dir, err);
	if (r < 0)
		return r;
	*ret = p;
	p = (struct snapshot_part)SNAPSHOT_PART_INIT;
	return 0;
}

int snapshot_commit(struct snapshot_part *p, const struct snapshot_about *about, struct err *err)
{
	_autofree_ char *file = path_join(p->dir, "about");
	_autofree_ char *whole = path_of(p->key, "");
	unsigned long long sizes[ARRAY_SIZE(files)];
	_autofree_ char *text = NULL;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_autofree_ char *path = path_join(p->dir, files[i]);
		struct stat st;

		if (stat(path, &st) < 0)
			return err_errno(err, errno, "the snapshot has no %s", path);
		sizes[i] = (unsigned long long)st.st_size;
	}
	text = xasprintf(
		"session=%08x\nboot_us=%llu\nspeed_us=%llu\nnonce=%s\nsizes=%llu %llu %llu\n",
		about->session, (unsigned long long)about->boot_us,
		(unsigned long long)about->speed_us, about->nonce, sizes[0], sizes[1], sizes[2]);
	r = write_text(file, text, err);
	if (r < 0)
		return r;
	if (rename(p->dir, whole) < 0)
		return err_errno(err, errno, "cannot rename %s", p->dir);
	trim(p->key);
	return 0;
}

void snapshot_part_release(struct snapshot_part *p)
{
	if (p->dir)
		rm_rf(p->dir, NULL);
	cleanup_close(&p->lock);
	free(p->dir);
	p->dir = NULL;
}

/* --- Hashes --- */

int snapshot_file_hash(const char *path, char ret_hex[65], struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(100);
	_autofree_ char *identity = NULL, *memo = NULL;
	char name[65];
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return err_errno(err, errno, "cannot read %s", path);
	identity = xasprintf("%s %llx-%llx %lld %lld.%09ld %lld.%09ld", path,
			     (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
			     (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			     st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	data_sha256(identity, strlen(identity), name);
	memo = path_of("hash-", name);
	if (file_exists(memo) && file_read(memo, &sb, NULL) == 0 && is_key(strbuf_str(&sb))) {
		memcpy(ret_hex, sb.buf, 65);
		return 0;
	}
	r = file_sha256(path, ret_hex, err);
	/* A memo that cannot be written costs time, nothing else. */
	if (r == 0 && make_folder(NULL) == 0)
		write_text(memo, ret_hex, NULL);
	return r;
}
