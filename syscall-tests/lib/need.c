/* SPDX-License-Identifier: MIT */
/* Facts a probe may need. A fact that is missing makes a skip, and the skip says which one. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
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

static const struct need {
	const char *name;
	const char *words;
	bool (*have)(void);
} needs[] = {
	{"root", "must run as root", have_root},
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

const char *need_missing(const struct probe *probe, char *ret_text, size_t len)
{
	for (const char *const *name = probe->needs; name && *name; name++) {
		const struct need *need = find(*name);

		if (need && need->have())
			continue;
		snprintf(ret_text, len, "needs %s: %s", *name, need ? need->words : "unknown fact");
		return ret_text;
	}
	return NULL;
}
