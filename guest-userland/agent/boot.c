/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* sign: a file that shows that it is mounted already, should /proc/mounts not tell. */
static const struct facility {
	const char *fs, *dir, *options, *fallback, *sign;
	mode_t mode;
} facilities[] = {
	{"proc", "/proc", NULL, NULL, "/proc/self/stat", 0555},
	{"sysfs", "/sys", NULL, NULL, "/sys/devices", 0555},
	{"devtmpfs", "/dev", "mode=0755", NULL, "/dev/ptmx", 0755},
	{"devpts", "/dev/pts", "ptmxmode=0666,gid=5,mode=620", "", "/dev/pts/ptmx", 0755},
	{"tmpfs", "/dev/shm", "mode=1777", "", NULL, 01777},
	{"tmpfs", "/run", "mode=0755", "", NULL, 0755},
	{"tmpfs", "/tmp", "mode=1777", "", NULL, 01777},
};

/* Some kernels would put a second one on top instead of answering EBUSY. */
static bool is_mounted(const struct facility *f)
{
	static char table[8192];
	size_t n = read_file("/proc/mounts", table, sizeof(table) - 1);
	char word[64];

	table[n] = '\0';
	glue(word, sizeof(word), " ", f->dir, " ", NULL);
	return (f->sign && access(f->sign, F_OK) == 0) || strstr(table, word);
}

static void mount_one(const struct facility *f)
{
	char what[64];

	if (is_mounted(f))
		return;
	mkdir(f->dir, f->mode);
	if (mount(f->fs, f->dir, f->fs, 0, f->options) == 0 || errno == EBUSY)
		return;
	glue(what, sizeof(what), "mount ", f->fs, " on ", f->dir, NULL);
	hello_trouble(what, errno);
	if (f->fallback && mount(f->fs, f->dir, f->fs, 0, NULL) < 0 && errno != EBUSY)
		hello_trouble("the same without options", errno);
}

void boot_mounts(void)
{
	umask(022);
	for (size_t i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++)
		mount_one(&facilities[i]);
	if (sethostname("guest", 5) < 0)
		hello_trouble("sethostname", errno);
}

/* The last one counts, as for the kernel's own words. */
bool boot_word(const char *word, char *buf, size_t room)
{
	static char line[2100];
	size_t len = read_file("/proc/cmdline", line, sizeof(line) - 1), n = strlen(word);
	const char *found = getenv(word);

	line[len] = '\0';
	for (char *p = line, *end; *p; p = end) {
		p += strspn(p, " \n");
		end = p + strcspn(p, " \n");
		if (*end)
			*end++ = '\0';
		if (strncmp(p, word, n) == 0 && p[n] == '=')
			found = p + n + 1;
	}
	if (found)
		glue(buf, room, found, NULL);
	return found != NULL;
}

/* ---- network ---- */

static void set_addr(struct sockaddr *sa, in_addr_t addr)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {addr}};

	memcpy(sa, &in, sizeof(in));
}

static bool interface_up(int fd, const char *name)
{
	struct ifreq r = {0};

	glue(r.ifr_name, sizeof(r.ifr_name), name, NULL);
	if (ioctl(fd, SIOCGIFFLAGS, &r) < 0)
		return false;
	r.ifr_flags |= IFF_UP | IFF_RUNNING;
	return ioctl(fd, SIOCSIFFLAGS, &r) == 0;
}

static void set_route(int fd, in_addr_t gateway)
{
	struct rtentry rt = {.rt_flags = RTF_UP | RTF_GATEWAY};

	set_addr(&rt.rt_dst, INADDR_ANY);
	set_addr(&rt.rt_genmask, INADDR_ANY);
	set_addr(&rt.rt_gateway, gateway);
	if (ioctl(fd, SIOCADDRT, &rt) < 0 && errno != EEXIST)
		hello_trouble("default route", errno);
}

/* The address that QEMU's user network expects; one that is set already stays. */
static void set_eth0(int fd)
{
	struct ifreq r = {.ifr_name = "eth0"};

	if (!interface_up(fd, "eth0")) {
		hello_trouble("eth0 up", errno);
		return;
	}
	if (ioctl(fd, SIOCGIFADDR, &r) == 0)
		return;
	set_addr(&r.ifr_addr, inet_addr("10.0.2.15"));
	if (ioctl(fd, SIOCSIFADDR, &r) < 0) {
		hello_trouble("address of eth0", errno);
		return;
	}
	set_addr(&r.ifr_netmask, inet_addr("255.255.255.0"));
	if (ioctl(fd, SIOCSIFNETMASK, &r) < 0)
		hello_trouble("netmask of eth0", errno);
	set_route(fd, inet_addr("10.0.2.2"));
}

void boot_network(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char word[16];

	if (fd < 0) {
		hello_trouble("socket", errno);
		return;
	}
	if (!interface_up(fd, "lo"))
		hello_trouble("lo up", errno);
	if (!boot_word("harness.net", word, sizeof(word)) || strcmp(word, "none") != 0)
		set_eth0(fd);
	close(fd);
}

/* A service ends only itself: the machine is not its own. */
void boot_end(bool restart)
{
	line_drain(300);
	if (getpid() != 1)
		_exit(0);
	sync();
	reboot(restart ? RB_AUTOBOOT : RB_POWER_OFF);
	line_note("reboot(2) came back");
}
