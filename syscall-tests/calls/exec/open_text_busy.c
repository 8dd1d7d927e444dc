/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "probe.h"
#include "lib/tiny.h"

static const char *program;
static struct tiny tiny;
static pid_t pid;

static void setup(void)
{
	char *const argv[] = {"x", NULL}, *const envp[] = {NULL};

	program = tiny_install("program", 0755, TINY_WAITS);
	pid = tiny_start(&tiny, program, argv, envp);
}

static void run(void)
{
	char text[4] = "";
	int in, out;

	EXPECT_ERRNO(open(program, O_WRONLY | O_CLOEXEC), ETXTBSY);
	EXPECT_ERRNO(open(program, O_RDWR | O_TRUNC | O_CLOEXEC), ETXTBSY);
	in = (int)REQUIRE_OK(open(program, O_RDONLY | O_CLOEXEC));
	tiny_finish(&tiny, pid);
	/* Somebody else who looks at the process may hold it a little longer. */
	REQUIRE(EVENTUALLY((out = open(program, O_WRONLY | O_CLOEXEC)) >= 0),
		"the file of a program that has ended: %s", errno_name(errno));
	REQUIRE_EQ(pwrite(out, "new", 3, 0), 3);
	REQUIRE_EQ(pread(in, text, 3, 0), 3);
	EXPECT_STR(text, "new");
}

PROBE(.promise = "The file of a program that runs cannot be opened for writing (ETXTBSY), until it "
		 "has ended: what runs does not change below itself",
      .source = "man 2 open (ETXTBSY); POSIX.1-2017 open", .covers = COVERS("openat:ETXTBSY"),
      .call = {CALL(SYS_open), CALL(SYS_openat)}, .setup = setup, .run = run);
