/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/tiny.h"

#ifndef SYS_execveat
#define SYS_execveat 322
#endif

static const char *program;
static int fd;

static void setup(void)
{
	program = tiny_install("program", 0755, TINY_NOTHING);
	/* Away from what tiny_exec uses. */
	fd = (int)SETUP_OK(fcntl((int)SETUP_OK(open(program, O_RDONLY)), F_DUPFD_CLOEXEC, 200));
}

static void by_descriptor(void *arg)
{
	char *const argv[] = {"by-descriptor", "x", NULL}, *const envp[] = {NULL};

	EXPECT_ERRNO(syscall(SYS_execveat, fd, "", argv, envp, 0), ENOENT);
	errno = 0;
	syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
	REQUIRE(false, "execveat: expected not to return, saw %s", errno_name(errno));
}

static void run(void)
{
	char *const argv[] = {"by-name", NULL}, *const envp[] = {NULL};
	struct tiny tiny;

	tiny_exec(&tiny, program, argv, envp, by_descriptor, NULL);
	EXPECT_EQ(tiny_number(&tiny, "ac"), 2);
	EXPECT_STR(tiny_get(&tiny, "av0"), "by-descriptor");
	EXPECT_STR(tiny_get(&tiny, "av1"), "x");
}

PROBE(.promise = "execveat with AT_EMPTY_PATH runs the program that a descriptor is open on; "
		 "dropbear starts each session so",
      .source = "man 2 execveat; man 3 fexecve", .covers = COVERS("execveat:AT_EMPTY_PATH"),
      .call = {CALL(SYS_execveat)}, .setup = setup, .run = run);
