/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "probe.h"
#include "lib/unixaddr.h"

static struct sockaddr_un nowhere, below_file, taken, longer;
static int fd;

static void setup(void)
{
	fd = (int)SETUP_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	tmp_file("file", "x", 1, 0666);
	nowhere = unix_addr("nowhere/socket");
	below_file = unix_addr("file/socket");
	taken = unix_addr("file");
	longer = unix_addr("socketx");
}

static int bind_to(const void *addr, size_t len)
{
	return bind(fd, addr, (socklen_t)len);
}

static void run(void)
{
	struct sockaddr_storage other = {.ss_family = AF_INET};
	size_t exact = offsetof(struct sockaddr_un, sun_path) + strlen(longer.sun_path) - 1;
	struct stat st;

	EXPECT_ERRNO(bind_to(&nowhere, sizeof(nowhere)), ENOENT);
	EXPECT_ERRNO(bind_to(&below_file, sizeof(below_file)), ENOTDIR);
	EXPECT_ERRNO(bind_to(&taken, sizeof(taken)), EADDRINUSE);
	EXPECT_ERRNO(bind_to(&other, sizeof(taken)), EINVAL);
	memset(&other, 'x', sizeof(other));
	other.ss_family = AF_UNIX;
	EXPECT_ERRNO(bind_to(&other, sizeof(taken) + 1), EINVAL);
	/* It is still without a name. A path need not end with a 0: the length says it all. */
	REQUIRE_OK(bind_to(&longer, exact));
	EXPECT_OK(stat(tmp_path("socket"), &st));
	EXPECT_EQ(st.st_mode & S_IFMT, S_IFSOCK);
}

PROBE(.promise = "Binding a unix socket fails with ENOENT and ENOTDIR for a folder that is none, "
		 "EADDRINUSE where any file is, EINVAL for an address of another family or too "
		 "long",
      .source = "man 2 bind; man 7 unix", .covers = COVERS("bind:AF_UNIX"),
      .call = {CALL(SYS_bind)}, .setup = setup, .run = run);
