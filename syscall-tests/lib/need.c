/* SPDX-License-Identifier: MIT */
/* Facts a probe may need. A fact that is missing makes a skip, and the skip says which one. */
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "inside.h"

static bool have_root(void)
{
	return geteuid() == 0;
}

static bool have_ipv6(void)
{
	struct sockaddr_in6 sa = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	bool have = fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0;

	if (fd >= 0)
		close(fd);
	return have;
}

static bool have_proc(void)
{
	return access("/proc/self/status", R_OK) == 0;
}

static bool have_pty(void)
{
	struct stat st;

	return stat("/dev/ptmx", &st) == 0 && S_ISCHR(st.st_mode);
}

static bool have_nothing(void)
{
	return false;
}

#define LACKED "whoever started this took it from root"

static const struct need {
	const char *name;
	const char *words;
	bool (*have)(void); /* NULL: what counts is the capability */
	unsigned long capability;
} needs[] = {
	{"root", "must run as root", have_root},
	{"cap_ipc_lock", LACKED, NULL, CAP_IPC_LOCK},
	{"cap_sys_nice", LACKED, NULL, CAP_SYS_NICE},
	{"cap_sys_tty_config", LACKED, NULL, CAP_SYS_TTY_CONFIG},
	{"ipv6", "no IPv6 loopback address", have_ipv6},
	{"proc", "/proc is not mounted", have_proc},
	{"pty", "no /dev/ptmx", have_pty},
	{"impossible", "nobody has this", have_nothing},
};

static const struct need *find(const char *name)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].name, name) == 0)
			return &needs[i];
	return NULL;
}

/* A kernel that does not tell what its bounding set holds has taken nothing away. */
static bool holds(const struct need *need)
{
	return need->have ? need->have() : prctl(PR_CAPBSET_READ, need->capability, 0, 0, 0) != 0;
}

const char *need_missing(const struct probe *probe, char *ret_text, size_t len)
{
	for (const char *const *name = probe->needs; name && *name; name++) {
		const struct need *need = find(*name);

		if (need && holds(need))
			continue;
		snprintf(ret_text, len, "needs %s: %s", *name, need ? need->words : "unknown fact");
		return ret_text;
	}
	return NULL;
}
