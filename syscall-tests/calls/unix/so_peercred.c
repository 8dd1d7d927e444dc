/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"
#include "lib/unixaddr.h"
#include "lib/user.h"

static int listener;
static struct sockaddr_un addr;

static void setup(void)
{
	listener = unix_listener("socket", 4, &addr);
}

static void client(void *arg)
{
	struct ucred cred = {0};
	socklen_t len = sizeof(cred);
	int fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	SETUP_OK(connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	mark_set(0, getpid());
	EXPECT_OK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len));
	EXPECT_EQ(cred.pid, getppid());
	EXPECT_EQ(cred.uid, 0);
	SETUP(mark_wait(1), "the server did not go on");
}

static void as_client(void *arg)
{
	become_user();
	client(arg);
}

static void run(void)
{
	pid_t pid = child_start(as_client, NULL);
	struct ucred cred = {0};
	socklen_t len = sizeof(cred);
	int fd;

	SETUP(wait_events(listener, POLLIN) & POLLIN, "no connection came");
	fd = (int)SETUP_OK(accept(listener, NULL, NULL));
	SETUP(mark_wait(0), "the client stopped half way");
	REQUIRE_OK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len));
	EXPECT_EQ(len, (long)sizeof(cred));
	EXPECT_EQ(cred.pid, mark_get(0));
	EXPECT_EQ(cred.uid, USER_UID);
	EXPECT_EQ(cred.gid, USER_GID);
	mark_set(1, 1);
	child_end(pid);
}

PROBE(.promise = "SO_PEERCRED tells either side of a unix connection who the other was when it "
		 "connected "
		 "or listened; ssh-agent admits nobody without it",
      .source = "man 7 unix", .covers = COVERS("getsockopt:SO_PEERCRED"), .needs = NEEDS("root"),
      .call = {CALL_GETSOCKOPT(SOL_SOCKET, SO_PEERCRED)}, .setup = setup, .run = run);
