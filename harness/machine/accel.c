/* SPDX-License-Identifier: MIT */
#include "machine/accel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "machine/qemu_argv.h"

/* A healthy KVM needs a tenth of a second. */
#define CHECK_LIMIT (3 * SEC)
#define CACHE_NAME  "kvm-health"
#define CACHE_MAX   4096
#define ALIVE_TEXT  "fake kernel: alive"

int accel_parse(const char *word)
{
	static const char *const words[] = {
		[ACCEL_AUTO] = "auto", [ACCEL_KVM] = "kvm", [ACCEL_TCG] = "tcg"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0)
			return (int)i;
	return -1;
}

static bool find_in_path(const char *program, struct stat *ret_st)
{
	_cleanup_(strv_release) struct strv dirs = STRV_INIT;
	const char *path = getenv("PATH");

	strv_split(&dirs, path ? path : "/usr/local/bin:/usr/bin:/bin", ":");
	for (size_t i = 0; i < dirs.n; i++) {
		_autofree_ char *full = path_join(dirs.v[i], program);

		if (access(full, X_OK) == 0 && stat(full, ret_st) == 0)
			return true;
	}
	return false;
}

char *accel_host_key(void)
{
	_cleanup_(strbuf_release) struct strbuf boot = STRBUF_INIT(100);
	struct stat st;

	if (file_read("/proc/sys/kernel/random/boot_id", &boot, NULL) < 0 ||
	    !find_in_path(QEMU_PROGRAM, &st))
		return NULL;
	return xasprintf("%.36s %llx-%llx-%lld", strbuf_str(&boot), (unsigned long long)st.st_dev,
			 (unsigned long long)st.st_ino, (long long)st.st_mtime);
}

/* Two lines: the key, and "ok" or the reason. NULL: nothing cached. */
static char *cache_read(const char *path, const char *key)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(CACHE_MAX);
	size_t n = strlen(key);
	char *verdict;

	if (!file_exists(path) || file_read(path, &sb, NULL) < 0 || sb.len <= n ||
	    strncmp(sb.buf, key, n) != 0 || sb.buf[n] != '\n')
		return NULL;
	verdict = xstrdup(sb.buf + n + 1);
	verdict[strcspn(verdict, "\n")] = '\0';
	return verdict;
}

/* A cache that cannot be written costs time, nothing else. */
static void cache_write(const char *path, const char *key, const char *verdict)
{
	_autofree_ char *text = xasprintf("%s\n%s\n", key, verdict);

	if (mkdir_p(paths_cache(), NULL) == 0)
		file_write_atomic(path, text, strlen(text), 0644, NULL);
}

static char *first_line(const char *text)
{
	return xstrndup(text, strcspn(text, "\r\n"));
}

/* Why the tiny guest did not come to its end. */
static char *explain(int r, int status, const struct strbuf *out, const struct strbuf *errors)
{
	_autofree_ char *words = first_line(strbuf_str(errors));
	char how[100];

	if (r == -ETIMEDOUT)
		return xasprintf("a tiny guest did not come to its end within %llu s under KVM%s%s",
				 (unsigned long long)(CHECK_LIMIT / SEC), *words ? ": " : "",
				 words);
	if (status)
		return xasprintf("a tiny guest died under KVM: %s (%s)",
				 *words ? words : "no message",
				 proc_status_text(status, how, sizeof(how)));
	return xasprintf("a tiny guest ended under KVM without its line (%zu bytes of output)",
			 out->len);
}

/* 0 with "ok" or a reason; -errno only when the check itself could not be made. */
static int run_tiny_guest(struct loop *loop, const char *kernel, char **ret_verdict,
			  struct err *err)
{
	char *argv[] = {QEMU_PROGRAM, "-nodefaults",  "-no-user-config",
			"-display",   "none",	      "-machine",
			"q35",	      "-accel",	      "kvm",
			"-cpu",	      "host",	      "-smp",
			"2",	      "-m",	      "64",
			"-no-reboot", "-serial",      "stdio",
			"-kernel",    (char *)kernel, NULL};
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4096);
	_cleanup_(strbuf_release) struct strbuf errors = STRBUF_INIT(4096);
	struct proc_spec spec = PROC_SPEC_INIT;
	int status = 0, r;

	spec.argv = argv;
	r = proc_run(loop, &spec, deadline_in(CHECK_LIMIT), &out, &errors, &status, err);
	if (r < 0 && r != -ETIMEDOUT)
		return r;
	err_clear(err);
	if (r == 0 && status == 0 && strstr(strbuf_str(&out), ALIVE_TEXT))
		*ret_verdict = xstrdup("ok");
	else
		*ret_verdict = explain(r, status, &out, &errors);
	return 0;
}

static int check_kvm(struct loop *loop, const char *device, char **ret_verdict, struct err *err)
{
	_autofree_ char *kernel = path_join(paths_guest(), "fake/alive.elf");
	_autofree_ char *path = path_join(paths_cache(), CACHE_NAME);
	_autofree_ char *key = NULL;
	_autoclose_ int fd = open(device, O_RDWR | O_CLOEXEC);
	int r;

	if (fd < 0) {
		*ret_verdict = xasprintf("cannot open %s: %s", device, strerror(errno));
		return 0;
	}
	close(TAKE_FD(fd));
	key = accel_host_key();
	if (!key) {
		*ret_verdict = xstrdup("there is no " QEMU_PROGRAM);
		return 0;
	}
	*ret_verdict = cache_read(path, key);
	if (*ret_verdict)
		return 0;
	if (!file_exists(kernel)) {
		*ret_verdict = xasprintf("cannot check KVM's health: %s is not there", kernel);
		return 0;
	}
	r = run_tiny_guest(loop, kernel, ret_verdict, err);
	if (r == 0)
		cache_write(path, key, *ret_verdict);
	return r;
}

int accel_choose(struct loop *loop, enum machine_accel wish, enum machine_accel *ret_accel,
		 char **ret_reason, struct err *err)
{
	return accel_choose_on(loop, "/dev/kvm", wish, ret_accel, ret_reason, err);
}

int accel_choose_on(struct loop *loop, const char *device, enum machine_accel wish,
		    enum machine_accel *ret_accel, char **ret_reason, struct err *err)
{
	_autofree_ char *verdict = NULL;
	int r;

	if (ret_reason)
		*ret_reason = NULL;
	if (wish == ACCEL_TCG) {
		*ret_accel = ACCEL_TCG;
		return 0;
	}
	r = check_kvm(loop, device, &verdict, err);
	if (r < 0)
		return r;
	if (strcmp(verdict, "ok") == 0) {
		*ret_accel = ACCEL_KVM;
		return 0;
	}
	if (wish == ACCEL_KVM)
		return err_set(err, ENOTSUP, "KVM was asked for, but it is not healthy here: %s",
			       verdict);
	*ret_accel = ACCEL_TCG;
	if (ret_reason)
		*ret_reason = TAKE(verdict);
	return 0;
}
