/* SPDX-License-Identifier: MIT */
/*
 * doctor: what this host can do, and the one command that mends what it can't. Each check is an
 * entry in a table.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/xalloc.h"
#include "cmd/verb.h"
#include "machine/accel.h"
#include "machine/image.h"

enum grade { GOOD, LIMITED, BAD };

struct finding {
	enum grade grade;
	char text[300];
	const char *mend; /* command, NULL: nothing to do */
};

static void say(struct finding *f, enum grade grade, const char *mend, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void say(struct finding *f, enum grade grade, const char *mend, const char *fmt, ...)
{
	va_list ap;

	f->grade = grade;
	f->mend = mend;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

/* Where it is, from whatever folder doctor is asked. */
static const char *install_command(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/scripts/deps.sh", paths_data());
	return path;
}

static void check_qemu(struct loop *loop, struct finding *f)
{
	_cleanup_(strbuf_release) struct strbuf out = STRBUF_INIT(4096);
	struct proc_spec spec = PROC_SPEC_INIT;
	int status, major = 0, minor = 0;

	spec.argv = (char *[]){"qemu-system-x86_64", "--version", NULL};
	if (proc_run(loop, &spec, deadline_in(10 * SEC), &out, NULL, &status, NULL) < 0 ||
	    status != 0)
		say(f, BAD, install_command(), "qemu-system-x86_64 is not installed");
	else if (sscanf(strbuf_str(&out), "QEMU emulator version %d.%d", &major, &minor) != 2 ||
		 major * 100 + minor < 702)
		say(f, BAD, install_command(), "QEMU %d.%d is too old: 7.2 or later is needed",
		    major, minor);
	else
		say(f, GOOD, NULL, "%d.%d", major, minor);
}

static void check_accel(struct loop *loop, struct finding *f)
{
	enum machine_accel accel;
	_autofree_ char *why = NULL;
	struct err err = ERR_INIT;

	if (accel_choose(loop, ACCEL_AUTO, &accel, &why, &err) < 0)
		say(f, BAD, NULL, "%s", err.text);
	else if (accel == ACCEL_KVM)
		say(f, GOOD, NULL, "kvm: a guest ran under it to its end");
	else
		say(f, LIMITED, NULL, "tcg, about ten times slower than kvm: %s",
		    why ? why : "kvm is not there");
}

static void check_reference(struct loop *loop, struct finding *f)
{
	_cleanup_(image_kernel_release) struct image_kernel k = {0};
	struct err err = ERR_INIT;

	if (image_reference("cloud", &k, &err) < 0)
		say(f, BAD, "harness image build", "%s", err.text);
	else
		say(f, GOOD, NULL, "%s", k.kernel);
}

static void check_lane(struct finding *f, const char *lane)
{
	_autofree_ char *problem = image_lane_problem(lane);

	if (problem)
		say(f, LIMITED, "harness image build", "%s", problem);
	else
		say(f, GOOD, NULL, "built");
}

static void check_static(struct loop *loop, struct finding *f)
{
	check_lane(f, "static");
}

static void check_debian(struct loop *loop, struct finding *f)
{
	check_lane(f, "debian");
}

static void check_tools(struct loop *loop, struct finding *f)
{
	static const char *const tools[] = {"mke2fs",	"debugfs", "sfdisk", "mmdebstrap",
					    "musl-gcc", "wrk",	   "expect", "ssh",
					    "sftp",	"fakeroot"};
	_cleanup_(strbuf_release) struct strbuf missing = STRBUF_INIT(200);

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		static const char *const dirs[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin",
						   "/usr/local/bin"};
		bool there = false;

		for (size_t d = 0; d < ARRAY_SIZE(dirs) && !there; d++) {
			_autofree_ char *path = path_join(dirs[d], tools[i]);

			there = access(path, X_OK) == 0;
		}
		if (!there)
			strbuf_addf(&missing, " %s", tools[i]);
	}
	if (missing.len)
		say(f, BAD, install_command(), "missing:%s", missing.buf);
	else
		say(f, GOOD, NULL, "all there");
}

/* What `harness image build --for` needs besides. */
static void check_cloud_images(struct loop *loop, struct finding *f)
{
	static const char *const files[] = {"/usr/lib/grub/i386-pc/boot.img",
					    "/usr/bin/grub-mkimage", "/usr/bin/qemu-img",
					    "/usr/bin/mcopy", "/usr/sbin/mkfs.vfat"};
	_cleanup_(strbuf_release) struct strbuf missing = STRBUF_INIT(300);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (access(files[i], R_OK) < 0)
			strbuf_addf(&missing, " %s", files[i]);
	if (missing.len)
		say(f, LIMITED, install_command(), "missing:%s", missing.buf);
	else
		say(f, GOOD, NULL, "GRUB, qemu-img and FAT tools are there");
}

static void check_subuid(struct loop *loop, struct finding *f)
{
	_cleanup_(strbuf_release) struct strbuf text = STRBUF_INIT(1u << 20);
	struct passwd *pw = getpwuid(getuid());
	_autofree_ char *want = xasprintf("%s:", pw ? pw->pw_name : "?");

	if (getuid() == 0) {
		say(f, GOOD, NULL, "not needed: running as root");
		return;
	}
	file_read("/etc/subuid", &text, NULL);
	if (strncmp(strbuf_str(&text), want, strlen(want)) == 0 || strstr(strbuf_str(&text), want))
		say(f, GOOD, NULL, "a range for %s", pw ? pw->pw_name : "?");
	else
		say(f, LIMITED,
		    "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER",
		    "no range for this user: lane debian cannot be built");
}

static void check_namespaces(struct loop *loop, struct finding *f)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : 1);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		say(f, LIMITED, "sudo sysctl kernel.unprivileged_userns_clone=1",
		    "private user and network namespaces cannot be made: refusals and bursts are "
		    "driven "
		    "from inside the guest");
	else
		say(f, GOOD, NULL, "private user and network namespaces can be made");
}

static void check_room(struct loop *loop, struct finding *f)
{
	struct statvfs vfs;
	struct sysinfo si;
	unsigned long long disk = 0, mem = 0;

	mkdir_p(paths_cache(), NULL);
	if (statvfs(paths_cache(), &vfs) == 0)
		disk = (unsigned long long)vfs.f_bavail * vfs.f_frsize >> 20;
	if (sysinfo(&si) == 0)
		mem = (unsigned long long)si.totalram * si.mem_unit >> 20;
	say(f, disk < 4096 || mem < 2048 ? LIMITED : GOOD, NULL,
	    "%llu MiB of disk free for the cache (4096 wanted), %llu MiB of memory (2048 wanted)",
	    disk, mem);
}

static const struct {
	const char *name;
	void (*check)(struct loop *loop, struct finding *f);
} checks[] = {
	{"qemu", check_qemu},
	{"accelerator", check_accel},
	{"tools", check_tools},
	{"reference kernel", check_reference},
	{"lane static", check_static},
	{"lane debian", check_debian},
	{"cloud images", check_cloud_images},
	{"subuid range", check_subuid},
	{"namespaces", check_namespaces},
	{"room", check_room},
};

static int run(int argc, char **argv)
{
	static const struct argp argp = {
		.doc = "Say what this host can do, and the one command that mends "
		       "what it can't. Exit status 3 when the main job cannot run."};
	static const char *const words[] = {
		[GOOD] = "ok", [LIMITED] = "limited", [BAD] = "MISSING"};
	struct err err = ERR_INIT;
	struct loop *loop = NULL;
	enum grade worst = GOOD;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (loop_new(&loop, &err) < 0)
		return verb_fail(&err);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		struct finding f = {0};

		checks[i].check(loop, &f);
		printf("%-8s %-17s %s\n", words[f.grade], checks[i].name, f.text);
		if (f.mend)
			printf("%-8s %-17s → %s\n", "", "", f.mend);
		if (f.grade > worst)
			worst = f.grade;
	}
	loop_free(loop);
	return worst == BAD ? 3 : 0;
}

const struct verb verb_doctor = {
	.name = "doctor",
	.brief = "what this host can do, and what to do about what it can't",
	.run = run,
};
