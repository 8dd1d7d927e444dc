/* SPDX-License-Identifier: MIT */
/*
 * init of the reference kernel's initramfs: load the modules the root device
 * needs, mount it, hand over to the program named by init=. Everything here is
 * on the boot path of every test, so it does the least that works and never
 * sleeps: a device that is not there yet is awaited on the kernel's own uevent
 * socket, with a deadline.
 *
 * /modules holds one line a module: a class and a path, in load order. Class
 * "all" is always loaded, any other only when the root device's name begins
 * with it (vd, sd, nvme), or when harness.modules= names it. root=UUID=… says
 * nothing of the hardware: then every class is loaded, and each block device
 * looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROOT_WAIT_MS 10000
#define TEXT_MAX     4096
/* 60 bytes a line: room for a thousand partitions. */
#define PARTITIONS_MAX 65536

extern char **environ;

struct options {
	const char *root; /* below /dev, or UUID=… */
	const char *modules;
	const char *init;
	const char *rootfstype;
	const char *rootflags;
	unsigned long mount_flags;
};

static __attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n, fd;

	/* Priority 2 passes the console level of "quiet" as well. */
	n = snprintf(line, sizeof(line), "<2>initramfs: ");
	va_start(ap, fmt);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	line[n++] = '\n';
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, line, (size_t)n) < 0)
		(void)!write(STDERR_FILENO, line + 3, (size_t)n - 3);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Whole text of a small file as a string; what does not fit is an error, not
 * cut off. */
static void read_text(const char *path, char *buf, size_t size)
{
	size_t n = 0;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("cannot open %s: %s", path, strerror(errno));
	while (n < size && (got = read(fd, buf + n, size - n)) > 0)
		n += (size_t)got;
	close(fd);
	if (n == size)
		die("%s is longer than %zu bytes", path, size);
	buf[n] = '\0';
}

static void parse_word(char *word, struct options *o)
{
	if (!strncmp(word, "root=", 5))
		o->root = word + 5;
	else if (!strncmp(word, "harness.modules=", 16))
		o->modules = word + 16;
	else if (!strncmp(word, "init=", 5))
		o->init = word + 5;
	else if (!strncmp(word, "rootfstype=", 11))
		o->rootfstype = word + 11;
	else if (!strncmp(word, "rootflags=", 10))
		o->rootflags = word + 10;
	else if (!strcmp(word, "rw"))
		o->mount_flags &= ~(unsigned long)MS_RDONLY;
	else if (!strcmp(word, "ro"))
		o->mount_flags |= MS_RDONLY;
}

/* As the kernel does: without rw the root is read-only, and words after "--"
 * belong to init. */
static void parse_cmdline(char *text, struct options *o)
{
	char *save = NULL;

	*o = (struct options){.modules = "",
			      .init = "/sbin/init",
			      .rootfstype = "ext4",
			      .mount_flags = MS_RDONLY};
	for (char *w = strtok_r(text, " \t\n", &save); w; w = strtok_r(NULL, " \t\n", &save)) {
		if (!strcmp(w, "--"))
			break;
		parse_word(w, o);
	}
	if (!o->root)
		die("no root= on the kernel command line");
	if (strncmp(o->root, "/dev/", 5) && strncmp(o->root, "UUID=", 5))
		die("root=%s: only a name below /dev or UUID= is understood", o->root);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("cannot open module %s: %s", path, strerror(errno));
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		die("cannot load module %s: %s", path, strerror(errno));
	close(fd);
}

static void load_modules(const char *root, const char *more)
{
	static char list[TEXT_MAX];
	int anything = !strncmp(root, "UUID=", 5);
	char *save = NULL;

	read_text("/modules", list, sizeof(list));
	for (char *line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *path = strchr(line, ' ');

		if (!path)
			die("/modules: a line without a path: %s", line);
		*path++ = '\0';
		if (anything || !strcmp(line, "all") || !strcmp(line, more) ||
		    !strncmp(root + 5, line, strlen(line)))
			load_module(path);
	}
}

static int uevent_open(void)
{
	struct sockaddr_nl addr = {.nl_family = AF_NETLINK, .nl_groups = 1};
	int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		die("cannot listen for device events: %s", strerror(errno));
	return fd;
}

/* An ext file system's UUID as text; false: there is none. */
static int read_uuid(const char *dev, char text[37])
{
	unsigned char sb[1024] = {0};
	int fd = open(dev, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, sb, sizeof(sb), 1024);
	size_t at = 0;

	if (fd >= 0)
		close(fd);
	if (n != (ssize_t)sizeof(sb) || sb[0x38] != 0x53 || sb[0x39] != 0xef)
		return 0;
	for (int i = 0; i < 16; i++)
		at += (size_t)snprintf(text + at, 37 - at, "%s%02x",
				       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
				       sb[0x68 + i]);
	return 1;
}

/* The first device whose file system has this UUID, in the order of the kernel's list. */
static int find_uuid(const char *uuid, char *dev, size_t size)
{
	static char list[PARTITIONS_MAX];
	char *save = NULL, name[64], text[37];

	read_text("/proc/partitions", list, sizeof(list));
	for (char *l = strtok_r(list, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (sscanf(l, "%*u %*u %*u %63s", name) != 1)
			continue;
		snprintf(dev, size, "/dev/%s", name);
		if (read_uuid(dev, text) && !strcasecmp(text, uuid))
			return 1;
	}
	return 0;
}

/* Is the root there? Its name below /dev goes to dev. */
static int look_for(const char *root, char *dev, size_t size)
{
	struct stat st;

	if (!strncmp(root, "UUID=", 5))
		return find_uuid(root + 5, dev, size);
	snprintf(dev, size, "%s", root);
	if (stat(dev, &st) < 0)
		return 0;
	if (!S_ISBLK(st.st_mode))
		die("root device %s is not a block device", dev);
	return 1;
}

/* Buses that look for their devices in the background are done when the node
 * appears. */
static void await_device(const char *root, char *dev, size_t size, int events)
{
	uint64_t end = now_ms() + ROOT_WAIT_MS;

	while (!look_for(root, dev, size)) {
		struct pollfd p = {.fd = events, .events = POLLIN};
		uint64_t now = now_ms();
		char buf[TEXT_MAX];

		if (now >= end)
			die("root device %s did not appear within %d s", root, ROOT_WAIT_MS / 1000);
		if (poll(&p, 1, (int)(end - now)) > 0)
			while (recv(events, buf, sizeof(buf), 0) > 0)
				;
	}
}

static void mount_or_die(const char *src, const char *dir, const char *type, unsigned long flags,
			 const char *data)
{
	if (mount(src, dir, type, flags, data) < 0)
		die("cannot mount %s on %s: %s", src, dir, strerror(errno));
}

/*
 * A console whose driver was a module (hvc0) was not there when the kernel
 * opened descriptors 0 to 2 for us. Without any console they become /dev/null:
 * the program must not meet closed ones.
 */
static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void switch_root(void)
{
	mount_or_die("/dev", "/root/dev", NULL, MS_MOVE, NULL);
	mount_or_die("/proc", "/root/proc", NULL, MS_MOVE, NULL);
	mount_or_die("sysfs", "/root/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	if (chdir("/root") < 0)
		die("cannot enter the root file system: %s", strerror(errno));
	mount_or_die(".", "/", NULL, MS_MOVE, NULL);
	if (chroot(".") < 0 || chdir("/") < 0)
		die("cannot change root: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	static char cmdline[TEXT_MAX];
	char dev[128];
	struct options opt;
	int events;

	(void)argc;
	mount_or_die("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755");
	mount_or_die("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	read_text("/proc/cmdline", cmdline, sizeof(cmdline));
	parse_cmdline(cmdline, &opt);
	events = uevent_open();
	load_modules(opt.root, opt.modules);
	await_device(opt.root, dev, sizeof(dev), events);
	close(events);
	mount_or_die(dev, "/root", opt.rootfstype, opt.mount_flags, opt.rootflags);
	open_console();
	switch_root();
	/* The kernel left init's arguments and environment to us: pass both on. */
	argv[0] = (char *)opt.init;
	execve(opt.init, argv, environ);
	die("cannot run init=%s: %s", opt.init, strerror(errno));
}
