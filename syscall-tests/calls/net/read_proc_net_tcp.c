/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/netpair.h"

/* About a line at a time: behind the listeners, which come first, a kernel walks large tables. */
enum { LISTEN = 10, CHUNK = 150 };

struct row {
	unsigned state, uid;
	unsigned long inode;
};

static char text[512 << 10];
static struct sockaddr_in addr;
static unsigned long inode;

static void setup(void)
{
	struct stat st;

	SETUP_OK(fstat(tcp_listener(4, &addr), &st));
	inode = st.st_ino;
}

/* Whether our address is on a line of its own that has ended. */
static bool listed(struct row *ret_row)
{
	unsigned ip, port;

	for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
		if (sscanf(line, " %*d: %x:%x %*x:%*x %x %*x:%*x %*x:%*x %*x %u %*d %lu", &ip,
			   &port, &ret_row->state, &ret_row->uid, &ret_row->inode) == 5 &&
		    ip == addr.sin_addr.s_addr && port == ntohs(addr.sin_port))
			return true;
	return false;
}

static void run(void)
{
	struct row row = {.uid = 77};
	int fd = open("/proc/net/tcp", O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	REQUIRE(fd >= 0, "opening /proc/net/tcp: expected success, saw %s", errno_name(errno));
	while (!listed(&row)) {
		ssize_t n = read(fd, text + len, CHUNK);

		REQUIRE(n >= 0, "reading gave %s", errno_name(errno));
		len += (size_t)n;
		REQUIRE(n > 0 && len < sizeof(text) - CHUNK,
			"the listener is not listed in %zu bytes", len);
	}
	EXPECT_EQ(row.state, LISTEN);
	EXPECT_EQ(row.uid, geteuid());
	EXPECT_EQ(row.inode, inode);
}

PROBE(.promise = "/proc/net/tcp lists a listening socket with its address, state, owner and the "
		 "inode that fstat tells; netstat and lsof find processes by it",
      .source = "man 5 proc (/proc/net/tcp)", .covers = COVERS("openat:/proc/net/tcp"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
