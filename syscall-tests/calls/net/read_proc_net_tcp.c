/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/netpair.h"
#include "lib/procfile.h"

enum { LISTEN = 10 };

/* Listeners come first, so that a file of many connections may be cut. */
static char text[512 << 10];
static struct sockaddr_in addr;
static unsigned long inode;

static void setup(void)
{
	struct stat st;

	SETUP_OK(fstat(tcp_listener(4, &addr), &st));
	inode = st.st_ino;
}

static void run(void)
{
	unsigned long line_inode = 0;
	unsigned ip, port, state = 0, uid = 77;
	int found = 0;

	REQUIRE(proc_read("/proc/net/tcp", text, sizeof(text)) > 0, "/proc/net/tcp is empty");
	for (const char *line = text; line; line = strchr(line, '\n'), line += line != NULL) {
		if (sscanf(line, " %*d: %x:%x", &ip, &port) != 2 || ip != addr.sin_addr.s_addr ||
		    port != ntohs(addr.sin_port))
			continue;
		found += sscanf(line, " %*d: %*x:%*x %*x:%*x %x %*x:%*x %*x:%*x %*x %u %*d %lu",
				&state, &uid, &line_inode) == 3;
	}
	REQUIRE(found == 1, "the listener is listed %d times", found);
	EXPECT_EQ(state, LISTEN);
	EXPECT_EQ(uid, geteuid());
	EXPECT_EQ(line_inode, inode);
}

PROBE(.promise = "/proc/net/tcp lists a listening socket with its address, state, owner and the "
		 "inode that fstat tells; netstat and lsof find processes by it",
      .source = "man 5 proc (/proc/net/tcp)", .covers = COVERS("openat:/proc/net/tcp"),
      .needs = NEEDS("proc"), .call = {CALL(SYS_read)}, .setup = setup, .run = run);
