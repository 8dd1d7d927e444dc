/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

static const char path[] = "/proc/self/oom_score_adj";

static void expect_score(const char *text)
{
	char buf[32];

	proc_read(path, buf, sizeof(buf));
	EXPECT_STR(buf, text);
}

static void child(void *arg)
{
	expect_score("300\n");
}

static int say(const char *text)
{
	int fd = (int)REQUIRE_OK(open(path, O_WRONLY | O_CLOEXEC));

	return (int)write(fd, text, strlen(text));
}

static void run(void)
{
	REQUIRE_EQ(say("300\n"), 4);
	expect_score("300\n");
	child_end(child_start(child, NULL));
	EXPECT_ERRNO(say("1001\n"), EINVAL);
	EXPECT_ERRNO(say("nought\n"), EINVAL);
	expect_score("300\n");
}

PROBE(.promise = "oom_score_adj takes -1000 to 1000, tells it, and children have it; sshd sets its "
		 "own and resets that of each session",
      .source = "man 5 proc (/proc/pid/oom_score_adj)",
      .covers = COVERS("openat:/proc/self/oom_score_adj"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_write)}, .run = run);
