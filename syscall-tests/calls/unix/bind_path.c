/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/unixaddr.h"

static int a, b, c;
static struct sockaddr_un addr;

static void setup(void)
{
	a = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	b = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	c = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	addr = unix_addr("socket");
}

static void run(void)
{
	const struct sockaddr *sa = (struct sockaddr *)&addr;
	struct sockaddr_un got = {0}, elsewhere = unix_addr("elsewhere");
	socklen_t len = sizeof(got);
	struct stat st = {0};

	REQUIRE_OK(bind(a, sa, sizeof(addr)));
	REQUIRE_OK(stat(addr.sun_path, &st));
	EXPECT(st.st_mode == (S_IFSOCK | 0755), "the socket's file has mode %07o, expected %07o",
	       st.st_mode, S_IFSOCK | 0755);
	EXPECT_OK(getsockname(a, (struct sockaddr *)&got, &len));
	EXPECT_STR(got.sun_path, addr.sun_path);
	EXPECT_ERRNO(bind(a, (struct sockaddr *)&elsewhere, sizeof(elsewhere)), EINVAL);
	EXPECT_ERRNO(stat(elsewhere.sun_path, &st), ENOENT);
	EXPECT_ERRNO(bind(b, sa, sizeof(addr)), EADDRINUSE);
	EXPECT_ERRNO(connect(c, sa, sizeof(addr)), ECONNREFUSED);
	SETUP_OK(listen(a, 4));
	EXPECT_OK(connect(c, sa, sizeof(addr)));
	EXPECT_OK(unlink(addr.sun_path));
	EXPECT_ERRNO(connect(b, sa, sizeof(addr)), ENOENT);
	EXPECT_OK(bind(b, sa, sizeof(addr)));
}

PROBE(.promise =
	      "Binding a unix socket makes a socket file, which must not be there before, answers "
	      "ECONNREFUSED until someone listens, and ENOENT once removed",
      .source = "man 7 unix", .covers = COVERS("bind:AF_UNIX", "connect:AF_UNIX", "unlink"),
      .call = {CALL(SYS_bind)}, .setup = setup, .run = run);
