/* SPDX-License-Identifier: MIT */
#include "probe.h"

static void setup(void)
{
	signal_watch(SIGALRM);
}

static void run(void)
{
	/* As sshd counts its login grace. */
	EXPECT_EQ(alarm(100), 0);
	EXPECT_BETWEEN(alarm(50), 90, 100);
	EXPECT_BETWEEN(alarm(0), 40, 50);
	EXPECT_EQ(alarm(0), 0);
	EXPECT_EQ(signal_count(SIGALRM), 0);
}

PROBE(.promise = "alarm tells the seconds that were left of the one before, and 0 cancels it",
      .source = "man 2 alarm; POSIX.1-2017 alarm",
      .covers = COVERS("alarm", "setitimer:ITIMER_REAL"),
      .call = {CALL(SYS_setitimer), CALL(SYS_alarm)}, .setup = setup, .run = run);
