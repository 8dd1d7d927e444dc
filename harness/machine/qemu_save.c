/* SPDX-License-Identifier: MIT */
/*
 * Saving a QEMU and waking it. QEMU migrates to a file everything but the guest's memory
 * (x-ignore-shared): some hundred KiB. The memory is a file of ours already, copied without its
 * holes. Who wakes maps that copy privately and starts from the stream: nothing is read before the
 * guest touches it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/sha256.h"
#include "base/xalloc.h"
#include "machine/accel.h"
#include "machine/qcow2.h"
#include "machine/qemu_priv.h"
#include "machine/snapshot.h"

/* Increase when a snapshot of an earlier version of this program must not be woken. */
#define SCHEMA 2
/* A guest is woken in milliseconds; a starved host may take a thousand times that. */
#define WAKE_LIMIT   (20 * SEC)
#define RESUME_LIMIT (20 * SEC)
#define KEY_MAX	     (1u << 20)

/* --- Memory and disk that can be copied --- */

static int open_in(const char *dir, const char *name, int flags, int *ret_fd, struct err *err)
{
	_autofree_ char *path = path_join(dir, name);

	*ret_fd = open(path, flags | O_CLOEXEC, 0644);
	return *ret_fd < 0 ? err_errno(err, errno, "cannot open %s", path) : 0;
}

int qemu_open_memory(struct qemu *q, const struct qemu_plan *plan, int ret_theirs[2],
		     struct err *err)
{
	const struct machine_spec *spec = plan->spec;
	off_t bytes = (off_t)qemu_memory_mib(plan) << 20;
	int r;

	if (spec->wake) {
		r = open_in(spec->wake, "ram", O_RDWR, &ret_theirs[0], err);
		return r == 0 ? open_in(spec->wake, "state", O_RDONLY, &ret_theirs[1], err) : r;
	}
	if (!spec->may_save)
		return 0;
	q->ram = memfd_create("guest-memory", MFD_CLOEXEC);
	if (q->ram < 0 || ftruncate(q->ram, bytes) < 0)
		return err_errno(err, errno, "cannot make the guest's memory");
	ret_theirs[0] = fcntl(q->ram, F_DUPFD_CLOEXEC, 3);
	if (ret_theirs[0] < 0)
		return err_errno(err, errno, "cannot make the guest's memory");
	return plan->overlay ? qcow2_create(plan->overlay, spec->disk, &q->overlay, err) : 0;
}

void qemu_forget_overlay(struct qemu *q)
{
	if (q->overlay_path)
		unlink(q->overlay_path);
	free(q->overlay_path);
	q->overlay_path = NULL;
	cleanup_close(&q->overlay);
}

/* --- Saving --- */

/* What is no hole. */
static int copy_data(int from, int to)
{
	off_t at = 0, end = lseek(from, 0, SEEK_END);

	if (end < 0 || ftruncate(to, end) < 0)
		return -errno;
	while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
		off_t stop = lseek(from, at, SEEK_HOLE);

		if (lseek(to, at, SEEK_SET) < 0)
			return -errno;
		while (at < stop) {
			ssize_t n = sendfile(to, from, &at, (size_t)(stop - at));

			if (n <= 0)
				return n < 0 ? -errno : -EIO;
		}
	}
	return errno == ENXIO ? 0 : -errno;
}

static int copy_file(int from, const char *dir, const char *name, struct err *err)
{
	_autoclose_ int to = -1;
	int r = open_in(dir, name, O_RDWR | O_CREAT | O_TRUNC, &to, err);

	if (r < 0)
		return r;
	r = copy_data(from, to);
	return r < 0 ? err_errno(err, -r, "cannot write %s/%s", dir, name) : 0;
}

static int capabilities(struct qemu *q, struct deadline d, struct err *err)
{
	int r = monitor_run_human(&q->monitor, "migrate_set_capability events on", NULL, d, err);

	return r ? r
		 : monitor_run_human(&q->monitor, "migrate_set_capability x-ignore-shared on", NULL,
				     d, err);
}

static bool has_migrated(void *arg)
{
	const struct qemu *q = arg;

	return strcmp(q->migration, "completed") == 0 || strcmp(q->migration, "failed") == 0 ||
	       q->monitor.lost;
}

/* The devices' state; the guest stands still afterwards. */
static int migrate(struct qemu *q, const char *dir, struct deadline d, struct err *err)
{
	_autoclose_ int fd = -1;
	int r = capabilities(q, d, err);

	if (r == 0)
		r = open_in(dir, "state", O_RDWR | O_CREAT | O_TRUNC, &fd, err);
	if (r == 0)
		r = monitor_give_fd(&q->monitor, "state", fd, d, err);
	if (r == 0)
		r = monitor_run_with(&q->monitor, "migrate", "uri", "fd:state", d, err);
	if (r < 0)
		return r;
	r = loop_wait(q->loop, has_migrated, q, d);
	if (r < 0)
		return err_errno(err, -r, "QEMU did not save the machine");
	if (strcmp(q->migration, "completed") != 0)
		return err_set(err, EIO, "QEMU could not save the machine");
	return 0;
}

/* QEMU refuses as long as it tidies up behind a migration. On a machine that runs it does nothing.
 */
static void go_on(struct qemu *q)
{
	struct deadline d = deadline_in(RESUME_LIMIT);

	while (monitor_run(&q->monitor, "cont", NULL, d, NULL) == -EREMOTEIO && !deadline_passed(d))
		;
}

int qemu_save(struct machine *m, const char *dir, struct deadline deadline, struct err *err)
{
	struct qemu *q = to_qemu(m);
	int r;

	if (q->ram < 0)
		return err_set(err, EINVAL, "this machine was not started to be saved");
	r = migrate(q, dir, deadline, err);
	if (r == 0)
		r = copy_file(q->ram, dir, "ram", err);
	if (r == 0 && q->overlay >= 0)
		r = copy_file(q->overlay, dir, "disk.qcow2", err);
	go_on(q);
	qemu_forget_overlay(q);
	return r;
}

/* --- Waking --- */

static bool is_awake(void *arg)
{
	const struct qemu *q = arg;

	return q->resumed || q->proc.exited || q->monitor.lost;
}

static bool has_exited(void *arg)
{
	return ((const struct qemu *)arg)->proc.exited;
}

int qemu_wake(struct qemu *q, struct deadline deadline, struct err *err)
{
	char uri[16];
	int r = capabilities(q, deadline, err);

	snprintf(uri, sizeof(uri), "fd:%d", QEMU_FD_STATE);
	if (r == 0)
		r = monitor_run_with(&q->monitor, "migrate-incoming", "uri", uri, deadline, err);
	if (r == 0)
		r = loop_wait(q->loop, is_awake, q,
			      deadline_earlier(deadline, deadline_in(WAKE_LIMIT)));
	if (r == -EINTR || (r == 0 && q->resumed))
		return r;
	/* It says why and ends. */
	loop_wait(q->loop, has_exited, q, deadline_in(SEC));
	return err_set(err, EIO, "QEMU did not wake the machine");
}

/* --- Key --- */

static int add_file(struct strbuf *sb, const char *what, const char *path, struct err *err)
{
	char hex[65];
	int r = path ? snapshot_file_hash(path, hex, err) : 0;

	if (r == 0 && path)
		strbuf_addf(sb, "%s=%s\n", what, hex);
	return r;
}

/* An image is too large to be hashed each time, and made anew when what is on it changes. */
static int add_disk(struct strbuf *sb, const char *path, struct err *err)
{
	struct stat st;

	if (!path)
		return 0;
	if (stat(path, &st) < 0)
		return err_errno(err, errno, "cannot read %s", path);
	strbuf_addf(sb, "disk=%s %llx-%llx %lld %lld.%09ld\n", path, (unsigned long long)st.st_dev,
		    (unsigned long long)st.st_ino, (long long)st.st_size,
		    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return 0;
}

int qemu_snapshot_key(struct loop *loop, const struct machine_spec *spec, char ret_key[65],
		      struct err *err)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(KEY_MAX);
	_cleanup_(strv_release) struct strv argv = STRV_INIT;
	struct machine_spec plain = *spec;
	struct qemu_plan plan = {0};
	_autofree_ char *host = accel_host_key();
	_autofree_ char *cmdline = NULL;
	int r;

	plain.forward = NULL;
	plain.may_save = false;
	plain.wake = NULL;
	r = qemu_make_plan(loop, &plain, &plan, err);
	if (r < 0)
		return r;
	if (plan.profile->info.cannot_wake)
		return err_set(err, ENOTSUP, "%s", plan.profile->info.cannot_wake);
	if (!host || !spec->disk || spec->gdb)
		return err_set(err, ENOTSUP, "this machine is not one to be saved");
	cmdline = qemu_cmdline(&plan);
	qemu_argv(&plan, cmdline, &argv);
	strbuf_addf(&sb, "schema=%d\nhost=%s\n", SCHEMA, host);
	for (size_t i = 0; i < argv.n; i++)
		strbuf_addf(&sb, "%s\n", argv.v[i]);
	r = add_file(&sb, "kernel", spec->kernel, err);
	if (r == 0)
		r = add_file(&sb, "initrd", spec->initrd, err);
	if (r == 0)
		r = add_disk(&sb, spec->disk, err);
	if (r == 0)
		data_sha256(sb.buf, sb.len, ret_key);
	return r;
}
