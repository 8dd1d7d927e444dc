/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "lib/procfile.h"

static const char path[] = "/proc/self/oom_score_adj";

/* Some containers begin above 300, and only root may go down. */
static const char *score = "300\n";

static void setup(void)
{
	char buf[32];

	proc_read(path, buf, sizeof(buf));
	if (strtol(buf, NULL, 10) > 300)
		score = "1000\n";
}

static void expect_score(const char *text)
{
	char buf[32];

	proc_read(path, buf, sizeof(buf));
	EXPECT_STR(buf, text);
}

static void child(void *arg)
{
	expect_score(score);
}

static int say(const char *text)
{
	int fd = (int)REQUIRE_OK(open(path, O_WRONLY | O_CLOEXEC));

	return (int)write(fd, text, strlen(text));
}

static void run(void)
{
	REQUIRE_EQ(say(score), strlen(score));
	expect_score(score);
	child_end(child_start(child, NULL));
	EXPECT_ERRNO(say("1001\n"), EINVAL);
	EXPECT_ERRNO(say("nought\n"), EINVAL);
	expect_score(score);
}

PROBE(.promise = "oom_score_adj takes -1000 to 1000, tells it, and children have it; sshd sets its "
		 "own and resets that of each session",
      .source = "man 5 proc (/proc/pid/oom_score_adj)",
      .covers = COVERS("openat:/proc/self/oom_score_adj"), .needs = NEEDS("proc"),
      .call = {CALL(SYS_write)}, .setup = setup, .run = run);
